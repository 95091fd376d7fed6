/* user/bad_jump_null.c: calls a null function pointer. The process must end. (lab 3) */
#include "bad.h"

int main(void)
{
	return jump_to(0);
}
