/* user/bad_kernel_read.c: reads the kernel's memory. The process must end. (lab 3) */
#include "bad.h"

int main(void)
{
	return read_word(KERNEL_BASE + 0x00100000);
}
