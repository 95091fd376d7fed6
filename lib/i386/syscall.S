/* lib/i386/syscall.S: one stub for each system call. Number in eax, arguments in ebx, ecx, edx, esi. (lab 3)
 * Only ebx and esi belong to the caller; they are saved where a call has arguments for them.
 */
#include <syscall.h>

.macro stub number, name, args
	.section .text.sys_\name, "ax", @progbits
	.globl sys_\name
	.type sys_\name, @function
sys_\name:
	.if \args
	push %ebx
	mov 8(%esp), %ebx
	.if \args > 1
	mov 12(%esp), %ecx
	.endif
	.if \args > 2
	mov 16(%esp), %edx
	.endif
	.if \args > 3
	push %esi
	mov 24(%esp), %esi
	.endif
	.endif
	mov $\number, %eax
	int $SYSCALL_VECTOR
	.if \args > 3
	pop %esi
	.endif
	.if \args
	pop %ebx
	.endif
	ret
	.size sys_\name, . - sys_\name
.endm

#define S(number, name, args) stub number, name, args;
SYSCALL_LIST(S)
#undef S
