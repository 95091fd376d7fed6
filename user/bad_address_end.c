/* user/bad_address_end.c: reads the last word of the address space. The process must end. (lab 3) */
#include "bad.h"

int main(void)
{
	return read_word(0xfffffffc);
}
