/* boot/i386/test_shim.S: a boot sector that makes the BIOS older or flakier, then runs the real boot sector. (lab 1)
 *
 * test_boot.py puts it into sector 0 of an image, the real boot sector into the last one, and fills in the two words
 * after the jump: what shall go wrong, and where the real boot sector is. It stays at 0x90000, behind the BIOS calls.
 */
#define HIDE_EDD 1	/* int 13h, ah=41h: unknown */
#define HIDE_MAP 2	/* int 15h, eax=E820h: unknown */
#define A20_OFF 4	/* line 20 off, int 15h, ax=2401h: unknown */
#define FLAKY_DISK 8	/* two of three reads fail */
#define MAP_HOLE 16	/* the memory map has one entry more: 2 MB to 3 MB are reserved */
#define HOLE_LAST 0x484F4C45 /* ebx between that entry and the BIOS' own */

#define SHIM_SEGMENT 0x9000

	.code16
	.text
	.globl shim_start
shim_start:
	jmp 1f
	.balign 4
faults:	.long 0
sector:	.long 0
1:	cli
	cld
	xorw %ax, %ax
	movw %ax, %ds
	movw %ax, %ss
	movw $0x7C00, %sp
	movw $0x7C00, %si
	movw $SHIM_SEGMENT, %ax
	movw %ax, %es
	xorw %di, %di
	movw $256, %cx
	rep movsw
	ljmp $SHIM_SEGMENT, $moved
moved:
	movw %ax, %ds
	movl sector, %eax
	movl %eax, packet + 8
	movw $packet, %si
	movb $0x42, %ah
	int $0x13

	xorw %ax, %ax
	movw %ax, %es
	movl %es:0x13 * 4, %eax
	movl %eax, old13
	movl %es:0x15 * 4, %eax
	movl %eax, old15
	movw $new13, %es:0x13 * 4
	movw $SHIM_SEGMENT, %es:0x13 * 4 + 2
	movw $new15, %es:0x15 * 4
	movw $SHIM_SEGMENT, %es:0x15 * 4 + 2

	testb $A20_OFF, faults
	jz 2f
	inb $0x92, %al
	andb $0xFC, %al
	outb %al, $0x92
2:	sti
	ljmp $0, $0x7C00

new13:
	testb $HIDE_EDD, %cs:faults
	jz 3f
	cmpb $0x41, %ah
	je refuse
3:	testb $FLAKY_DISK, %cs:faults
	jz 4f
	cmpb $0x42, %ah
	jne 4f
	incb %cs:reads
	cmpb $3, %cs:reads
	jne refuse
	movb $0, %cs:reads
4:	ljmp *%cs:old13

new15:
	testb $HIDE_MAP, %cs:faults
	jz 5f
	cmpl $0xE820, %eax
	je refuse
5:	testb $A20_OFF, %cs:faults
	jz 6f
	cmpw $0x2401, %ax
	je refuse
6:	testb $MAP_HOLE, %cs:faults
	jz 8f
	cmpl $0xE820, %eax
	jne 8f
	cmpl $HOLE_LAST, %ebx
	je 7f
	testl %ebx, %ebx
	jnz 8f
	movl $0x200000, %es:0(%di)
	movl $0x000000, %es:4(%di)
	movl $0x100000, %es:8(%di)
	movl $0x000000, %es:12(%di)
	movl $2, %es:16(%di)
	movl $0x534D4150, %eax
	movl $HOLE_LAST, %ebx
	movl $20, %ecx
	pushw %bp
	movw %sp, %bp
	andw $~1, 6(%bp)
	popw %bp
	iret
7:	xorl %ebx, %ebx
8:	ljmp *%cs:old15

refuse:
	movb $0x86, %ah
	pushw %bp
	movw %sp, %bp
	orw $1, 6(%bp)		/* the carry flag that iret restores */
	popw %bp
	iret

	.balign 4
old13:	.long 0
old15:	.long 0
packet:	.byte 16, 0
	.word 1, 0x7C00, 0
	.long 0, 0
reads:	.byte 0
	.org 510
	.word 0xAA55
