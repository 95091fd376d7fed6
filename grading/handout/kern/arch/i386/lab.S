/* kern/arch/i386/lab.S: LAB_TODO in assembler: from anywhere, with or without a stack and paging, to C. (all labs)
 * In: esi = linked address of the exercise and, behind it, the rest of the sentence: strings.
 */
#include <memlayout.h>
#include "mmu.h"

#define COM1 0x3f8
#define LSR_ROOM 0x20

	.globl lab_todo_here
	.type lab_todo_here, @function
lab_todo_here:
	cli
	cld
	mov %cr0, %eax
	test %eax, %eax
	jns low
	mov $lab_stack_end, %esp
	xor %ebp, %ebp /* a backtrace ends here */
	mov %esi, %eax
	call lab_todo_text

/* Paging is off (bit 31 of cr0): no C, and no stack. ebp counts strings: "lab ", the lab, ", exercise ", exercise, rest, end. */
low:
	sub $KERNEL_BASE, %esi
	mov %esi, %edi
	mov $6, %ebp
	mov $(lab_text - KERNEL_BASE), %esi
1:	lodsb
	test %al, %al
	jz 4f
	cmp $5, %ebp
	jne 2f
	cmp $'.', %al /* "2.4" belongs to lab 2 */
	je 4f
2:	mov %al, %cl
	mov $(COM1 + 5), %dx
	mov $100000, %ebx
3:	dec %ebx
	jz 1b
	in %dx, %al
	test $LSR_ROOM, %al
	jz 3b
	mov $COM1, %dx
	mov %cl, %al
	out %al, %dx
	jmp 1b
4:	dec %ebp
	jz 5f
	cmp $2, %ebp
	je 1b /* the rest stands right behind the exercise */
	mov %edi, %esi
	cmp $4, %ebp
	jne 6f
	mov $(lab_text_exercise - KERNEL_BASE), %esi
6:	cmp $1, %ebp
	jne 1b
	mov $(lab_text_end - KERNEL_BASE), %esi
	jmp 1b
5:	hlt
	jmp 5b
	.size lab_todo_here, . - lab_todo_here

	.section .rodata
lab_text:
	.asciz "\r\nlab "
lab_text_exercise:
	.asciz ", exercise "
lab_text_end:
	.asciz "\r\n"

	.section .bss
	.balign 16
	.skip 8192
lab_stack_end:
