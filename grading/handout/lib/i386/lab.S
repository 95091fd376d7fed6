/* lib/i386/lab.S: LAB_TODO in a program's assembler. In: esi = the sentence, as strings. (all labs) */
	.globl lab_todo_here
	.type lab_todo_here, @function
lab_todo_here:
	and $-16, %esp
	sub $12, %esp
	push %esi
	call lab_todo_text
	.size lab_todo_here, . - lab_todo_here
