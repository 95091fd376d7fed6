/* boot/i386/boot.S: the boot sector: fetches the loader from the disk and jumps to it. (lab 1)
 *
 * The BIOS loads these 512 bytes to 0x7C00 and jumps here in 16-bit real mode, with the drive's number in dl. An
 * address is segment * 16 + offset; we set all segments to 0, so that an offset is the address. At most 446 bytes
 * are ours: the linker script, boot.ld, says so when they don't suffice.
 */
#include "image.h"

	.code16
	.text
	.globl boot_start
boot_start:
	cli
	cld
	xorw %ax, %ax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss
	movw $STACK_TOP, %sp
	ljmp $0, $flat		/* some BIOSes jump to 0x07C0:0000, the same place by another name */
flat:
	sti
	movb %dl, drive
	movw $0x00E3, %ax	/* int 14h, ah=0: serial port dx at 9600 baud, 8 bits, no parity */
	xorw %dx, %dx
	int $0x14

	/* Does the BIOS read disks by sector number (EDD)? Without that, we would have to know its geometry. */
	movb $0x41, %ah
	movw $0x55AA, %bx
	movb drive, %dl
	int $0x13
	movw $no_edd, %si
	jc fail
	cmpw $0xAA55, %bx
	jne fail
	testb $1, %cl
	jz fail

	movw $3, %di		/* a disk may need to be asked more than once */
read:
	movw $packet, %si
	movw $HEAD_SECTOR, packet + 2 /* a read that fails puts the number of good sectors here */
	movb $0x42, %ah		/* extended read, as the packet at ds:si says */
	movb drive, %dl
	int $0x13
	jnc loaded
	movb %ah, status
	movb $0, %ah		/* reset the disk */
	movb drive, %dl
	int $0x13
	decw %di
	jnz read
	movb status, %al
	jmp disk_error

loaded:
	movw $no_loader, %si
	cmpl $HEAD_MAGIC_WORD, HEAD_ADDRESS
	jne fail
	movb drive, %dl
	jmp LOADER_ADDRESS

/* al: the BIOS' error number, which goes into the message as two hexadecimal digits. */
disk_error:
	movw $hex, %bx
	movb %al, %ah
	shrb $4, %al
	xlatb
	movb %al, digits
	movb %ah, %al
	andb $15, %al
	xlatb
	movb %al, digits + 1
	movw $bad_read, %si

/* si: why. Say it on the screen and on the serial line, and stop. */
fail:
	pushw %si
	movw $prefix, %si
	call print
	popw %si
	call print
	movw $newline, %si
	call print
halt:
	cli
	hlt
	jmp halt

print:
	lodsb
	testb %al, %al
	jz 1f
	movw $0x0007, %bx
	movb $0x0E, %ah		/* int 10h, ah=0Eh: al to the screen */
	int $0x10
	movb $0x01, %ah		/* int 14h, ah=1: al to serial port dx */
	xorw %dx, %dx
	int $0x14
	jmp print
1:	ret

prefix:		.asciz "OurOS boot: "
no_edd:		.asciz "no long disk reads (EDD): start from a hard disk, not a floppy"
no_loader:	.asciz "sectors 1 to 63 hold no loader: write the disk again with mkimage"
bad_read:	.ascii "disk error 0x"
digits:		.asciz "00 reading sectors 1 to 63"
newline:	.asciz "\r\n"
hex:		.ascii "0123456789abcdef"
drive:		.byte 0
status:		.byte 0

	.balign 4
packet:				/* how many sectors from where on the disk to where in memory */
	.byte 16, 0
	.word HEAD_SECTOR
	.word LOADER_ADDRESS, 0	/* offset, segment */
	.long LOADER_SECTOR, 0

	.section .mbr, "a"
	.fill 64, 1, 0		/* four partition entries, all empty */
	.word 0xAA55		/* by this the BIOS knows a boot sector */
