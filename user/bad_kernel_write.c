/* user/bad_kernel_write.c: writes to the kernel's memory. The process must end. (lab 3) */
#include "bad.h"

int main(void)
{
	return write_word(KERNEL_BASE + 0x00100000);
}
