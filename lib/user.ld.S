/* lib/user.ld.S: the link map of a program, preprocessed. (lab 3)
 * The file is laid out as memory is: headers, text and constants fill the first pages, read-only, so that the kernel
 * can map them from where the archive holds them; what is written starts on a page of its own.
 */
#include <memlayout.h>

ENTRY(_start)
PHDRS
{
	text PT_LOAD FILEHDR PHDRS FLAGS(5);
	data PT_LOAD FLAGS(6);
}
SECTIONS
{
	. = UTEXT + SIZEOF_HEADERS;
	.text : { *(.text .text.*) } :text
	.rodata : { *(.rodata .rodata.*) } :text
	.got : { *(.got .got.*) } :text /* lld makes an empty one on MIPS; nothing uses it */
	. = ALIGN(4096);
	.data : { *(.data .data.*) } :data
	.bss : {
		*(.bss .bss.* COMMON)
		. = ALIGN(4);
	} :data
	end = .;
	/DISCARD/ : {
		*(.MIPS.abiflags) *(.MIPS.options) *(.reginfo) *(.pdr) *(.gnu.attributes) *(.note*) *(.comment) *(.eh_frame*)
	}
}
