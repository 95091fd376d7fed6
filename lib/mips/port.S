/* lib/mips/port.S: message calls: the words of a struct message go and come in registers. (lab 4)
 * a1, the message, is kept where o32 has room for it: the caller's place for this function's arguments.
 */
#include <syscall.h>

	.set noreorder

.macro begin name
	.section .text.\name, "ax", @progbits
	.globl \name
	.type \name, @function
\name:
.endm

.macro words
	lw $7, 12($5)
	lw $6, 8($5)
	lw $5, 4($5)
.endm

/* With the badge, or (an answer has none) without. */
.macro receive name, number, badge
	syscall
	bltz $2, 1f
	 lw $8, 4($29)
	.if \badge
	sw $4, 0($8)
	.endif
	sw $5, 4($8)
	sw $6, 8($8)
	jr $31
	 sw $7, 12($8)
1:	j port_failed
	 move $4, $2
	.size \name, . - \name
.endm

.macro finish name
	syscall
	bltz $2, 1f
	 nop
	jr $31
	 nop
1:	j port_failed
	 move $4, $2
	.size \name, . - \name
.endm

	begin port_call
	sw $5, 4($29)
	words
	li $2, 51
	receive port_call, 51, 0

	begin port_reply_receive
	sw $5, 4($29)
	words
	li $2, 52
	receive port_reply_receive, 52, 1

	begin port_receive
	sw $5, 4($29)
	move $5, $6
	li $2, 50
	receive port_receive, 50, 1

	begin port_send
	words
	li $2, 49
	finish port_send

	begin port_reply
	ori $4, $4, PORT_NONE
	words
	li $2, 52
	finish port_reply
