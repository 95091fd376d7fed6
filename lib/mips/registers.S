/* lib/mips/registers.S: registers that the kernel must keep. (lab 3) */
#include <syscall.h>

#define FRAME 64
#define PATTERN 0x01234567 /* times the register's number */

.macro enter
	addiu $29, $29, -FRAME
	.irp r, 16, 17, 18, 19, 20, 21, 22, 23
	sw $\r, (\r - 16) * 4 + 16($29)
	.endr
	sw $28, 48($29)
	sw $30, 52($29)
	sw $31, 56($29)
.endm

.macro fill registers:vararg
	.irp r, \registers
	li $\r, PATTERN * \r
	.endr
.endm

/* a0 is free for the comparison. v0: what to return when it fails. */
.macro check_kept registers:vararg
	.irp r, \registers
	li $4, PATTERN * \r
	bne $4, $\r, done
	 li $4, \r + 1
	.endr
.endm

	.section .text.probe_registers, "ax", @progbits
	.globl probe_registers_spin, probe_registers_call
	.set noreorder
	.set noat
probe_registers_spin:
	enter
	fill 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 28, 30, 31
	mthi $1
	mtlo $2
1:	bnez $4, 1b
	 addiu $4, $4, -1
	check_kept 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 28, 30, 31
	mfhi $4
	bne $4, $1, done
	 li $4, 33
	mflo $4
	bne $4, $2, done
	 li $4, 34
	li $4, 0
done:
	move $2, $4
	.irp r, 16, 17, 18, 19, 20, 21, 22, 23
	lw $\r, (\r - 16) * 4 + 16($29)
	.endr
	lw $28, 48($29)
	lw $30, 52($29)
	lw $31, 56($29)
	jr $31
	 addiu $29, $29, FRAME

/* s0-s8, gp, sp, ra are kept; of the rest nothing of the kernel's may come out. */
probe_registers_call:
	enter
	fill 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 28, 30, 31
	li $2, 1 /* getpid */
	syscall
	/* a0 first: from then on the delay slots write to it. */
	.irp r, 4, 1, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25
	bnez $\r, done
	 li $4, \r + 1
	.endr
	check_kept 16, 17, 18, 19, 20, 21, 22, 23, 28, 30, 31
	b done
	 li $4, 0

	.section .text.probe_loop, "ax", @progbits
	.globl probe_loop
probe_loop:
1:	bnez $4, 1b
	 addiu $4, $4, -1
	jr $31
	 nop
