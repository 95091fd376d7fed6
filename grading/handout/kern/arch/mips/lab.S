/* kern/arch/mips/lab.S: LAB_TODO in assembler: from anywhere, with or without a stack, to C. (all labs)
 * In: a0 = address of the exercise and, behind it, the rest of the sentence: strings.
 * In an exception handler EXL is set: a TLB miss would come to the wrong place. So Status is cleared first, as it is while
 * C runs: kernel mode, no interrupts, our vectors.
 */
	.set noreorder

	.globl lab_todo_here
	.type lab_todo_here, @function
lab_todo_here:
	mtc0 $zero, $12
	ehb
	lui $sp, %hi(lab_stack_top)
	addiu $sp, $sp, %lo(lab_stack_top)
	move $k0, $zero /* what the refill code has left there could look like a nested miss */
	move $fp, $zero
	jal lab_todo_text
	move $ra, $zero
1:	b 1b
	nop
	.size lab_todo_here, . - lab_todo_here

	.section .bss
	.balign 16
	.space 8192
lab_stack_top:
	.space 32 /* for the arguments of the first C function, which it may store there */
