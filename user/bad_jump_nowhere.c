/* user/bad_jump_nowhere.c: jumps to an address where nothing is. The process must end. (lab 3) */
#include "bad.h"

int main(void)
{
	return jump_to(0x10000000);
}
