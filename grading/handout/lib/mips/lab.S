/* lib/mips/lab.S: LAB_TODO in a program's assembler. In: a0 = the sentence, as strings. (all labs) */
	.set noreorder
	.globl lab_todo_here
	.type lab_todo_here, @function
lab_todo_here:
	addiu $t0, $zero, -16
	and $sp, $sp, $t0
	jal lab_todo_text
	addiu $sp, $sp, -32
	.size lab_todo_here, . - lab_todo_here
