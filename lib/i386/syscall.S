/* lib/i386/syscall.S: one stub for each system call. Number in eax, arguments in ebx, ecx, edx. (lab 3)
 * Only ebx belongs to the caller; it is saved where a call has arguments. No call so far has more than three.
 */
#include <syscall.h>

.macro stub number, name
	.section .text.sys_\name, "ax", @progbits
	.globl sys_\name
	.type sys_\name, @function
sys_\name:
	mov $\number, %eax
	int $SYSCALL_VECTOR
	ret
	.size sys_\name, . - sys_\name
.endm

.macro stub_args number, name
	.section .text.sys_\name, "ax", @progbits
	.globl sys_\name
	.type sys_\name, @function
sys_\name:
	push %ebx
	mov 8(%esp), %ebx
	mov 12(%esp), %ecx
	mov 16(%esp), %edx
	mov $\number, %eax
	int $SYSCALL_VECTOR
	pop %ebx
	ret
	.size sys_\name, . - sys_\name
.endm

.macro choose number, name
	.ifc \name, getpid
	stub \number, \name
	.else
	.ifc \name, yield
	stub \number, \name
	.else
	.ifc \name, fork
	stub \number, \name
	.else
	stub_args \number, \name
	.endif
	.endif
	.endif
.endm

#define S(number, name) choose number, name;
SYSCALL_LIST(S)
#undef S
