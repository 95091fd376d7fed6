/* lib/mips/setjmp.S: setjmp and longjmp: s0-s7, gp, sp, fp, ra, f20-f31. (lab 3)
 * The last make their caller a user of the floating-point unit: on a CPU without one it can't have setjmp.
 */
#define FLOATS 48
	.section .text.setjmp, "ax", @progbits
	.globl setjmp, longjmp
	.set noreorder
setjmp:
	.irp r, 16, 17, 18, 19, 20, 21, 22, 23
	sw $\r, (\r - 16) * 4($4)
	.endr
	.irp r, 28, 29, 30, 31
	sw $\r, (\r - 20) * 4($4)
	.endr
	.irp r, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	swc1 $f\r, FLOATS + (\r - 20) * 4($4)
	.endr
	jr $31
	 move $2, $0

longjmp:
	.irp r, 16, 17, 18, 19, 20, 21, 22, 23
	lw $\r, (\r - 16) * 4($4)
	.endr
	.irp r, 28, 29, 30, 31
	lw $\r, (\r - 20) * 4($4)
	.endr
	.irp r, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	lwc1 $f\r, FLOATS + (\r - 20) * 4($4)
	.endr
	bnez $5, 1f
	 move $2, $5
	li $2, 1
1:	jr $31
	 nop
