/* user/bad_jump_kernel.c: jumps into the kernel. The process must end. (lab 3) */
#include "bad.h"

int main(void)
{
	return jump_to(KERNEL_BASE + 0x00100000);
}
