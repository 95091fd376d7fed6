/* lib/i386/port.S: message calls: the words of a struct message go and come in registers. (lab 4) */
#include <syscall.h>

/* ebx: the first argument, edi: the second, a message. */
.macro begin name
	.section .text.\name, "ax", @progbits
	.globl \name
	.type \name, @function
\name:
	push %ebx
	push %esi
	push %edi
	mov 16(%esp), %ebx
	mov 20(%esp), %edi
.endm

.macro words
	mov 4(%edi), %ecx
	mov 8(%edi), %edx
	mov 12(%edi), %esi
.endm

/* With the badge, or (an answer has none) without. */
.macro receive number, badge
	mov $\number, %eax
	int $SYSCALL_VECTOR
	test %eax, %eax
	js 1f
	.if \badge
	mov %ebx, (%edi)
	.endif
	mov %ecx, 4(%edi)
	mov %edx, 8(%edi)
	mov %esi, 12(%edi)
.endm

.macro finish name
1:	pop %edi
	pop %esi
	pop %ebx
	test %eax, %eax
	js 2f
	ret
2:	push %eax
	call port_failed
	pop %ecx
	ret
	.size \name, . - \name
.endm

	begin port_call
	words
	receive 51, 0
	finish port_call

	begin port_reply_receive
	words
	receive 52, 1
	finish port_reply_receive

	begin port_receive
	mov 24(%esp), %ecx
	receive 50, 1
	finish port_receive

	begin port_send
	words
	mov $49, %eax
	int $SYSCALL_VECTOR
	finish port_send

	begin port_reply
	or $PORT_NONE, %ebx
	words
	mov $52, %eax
	int $SYSCALL_VECTOR
	finish port_reply
