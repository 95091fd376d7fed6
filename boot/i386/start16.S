/* boot/i386/start16.S: the loader's 16-bit side: the way into protected mode, and back for calls to the BIOS. (lab 1)
 *
 * 16-bit real mode is what the BIOS runs in; 32-bit protected mode is what C is compiled for and what reaches memory
 * past 1 MB. Both see the same stack and the same addresses below 0x10000.
 */
#include "image.h"

#define CODE32 0x08
#define DATA32 0x10
#define CODE16 0x18
#define DATA16 0x20
#define CR0_PE 1

	.section .start16, "ax"
	.code16
	.globl loader_start
loader_start:			/* from boot.S: dl is the drive we came from, all segments are 0 */
	movb %dl, drive
	cli
	lgdt gdt_register
	movl %cr0, %eax
	orl $CR0_PE, %eax
	movl %eax, %cr0
	ljmp $CODE32, $first32

	.code32
first32:
	movw $DATA32, %ax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss
	movl $STACK_TOP, %esp
	movl $loader_bss, %edi
	movl $loader_bss_end, %ecx
	subl %edi, %ecx
	shrl $2, %ecx
	xorl %eax, %eax
	rep stosl
	movzbl drive, %eax
	pushl %eax
	call loader_main	/* does not return */

/*
 * bool bios_call(unsigned vector, struct bios_registers *registers): int vector, in real mode, interrupts on.
 * The registers structure must lie below 0x10000 (the stack does). True: the BIOS set the carry flag (an error).
 */
	.globl bios_call
bios_call:
	pushl %ebp
	pushl %ebx
	pushl %esi
	pushl %edi
	movl 20(%esp), %eax
	movl (, %eax, 4), %eax	/* the interrupt table stands at address 0: offset, segment of each handler */
	movl %eax, bios_handler
	movl 24(%esp), %eax
	movl %eax, bios_registers
	ljmp $CODE16, $1f
	.code16
1:	movw $DATA16, %ax	/* segments with 16-bit limits, or real mode would keep the large ones */
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss
	movl %cr0, %eax
	andl $~CR0_PE, %eax
	movl %eax, %cr0
	ljmp $0, $2f
2:	xorw %ax, %ax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss
	lidt real_mode_idt

	movw bios_registers, %si
	movl 0(%si), %eax
	movl 4(%si), %ebx
	movl 8(%si), %ecx
	movl 12(%si), %edx
	movl 20(%si), %edi
	movl 16(%si), %esi
	sti
	pushw %ds
	pushfw			/* what an int instruction does, with a vector that was not known before */
	cli
	lcall *bios_handler
	cli			/* this and the moves below leave the carry flag as the BIOS set it */
	popw %ds
	pushl %esi
	movw bios_registers, %si
	movl %eax, 0(%si)
	movl %ebx, 4(%si)
	movl %ecx, 8(%si)
	movl %edx, 12(%si)
	movl %edi, 20(%si)
	popl 16(%si)
	setc bios_carry
	cld

	lgdt gdt_register
	movl %cr0, %eax
	orl $CR0_PE, %eax
	movl %eax, %cr0
	ljmp $CODE32, $3f
	.code32
3:	movw $DATA32, %ax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss
	movzbl bios_carry, %eax
	popl %edi
	popl %esi
	popl %ebx
	popl %ebp
	ret

	.balign 8
gdt:
	.quad 0
	.quad 0x00CF9A000000FFFF /* CODE32: all 4 GB */
	.quad 0x00CF92000000FFFF /* DATA32 */
	.quad 0x00009A000000FFFF /* CODE16: the first 64 KB */
	.quad 0x000092000000FFFF /* DATA16 */
gdt_register:
	.word gdt_register - gdt - 1
	.long gdt
real_mode_idt:
	.word 0x3FF
	.long 0
	.balign 4
bios_handler:	.long 0		/* offset, segment */
bios_registers:	.long 0
drive:		.byte 0
bios_carry:	.byte 0
