/* lib/mips/syscall.S: one stub for each system call. Number in v0; the arguments are in a0-a3 already. (lab 3)
 */
#include <syscall.h>

.macro stub number, name
	.section .text.sys_\name, "ax", @progbits
	.globl sys_\name
	.type sys_\name, @function
	.set noreorder
sys_\name:
	li $2, \number
	syscall
	jr $31
	 nop
	.set reorder
	.size sys_\name, . - sys_\name
.endm

#define S(number, name, args) stub number, name;
SYSCALL_LIST(S)
#undef S
