/* boot/i386/entry.S: the kernel's first instructions on a PC, from the Multiboot entry to kernel_init. (lab 1)
 * In: eax = MULTIBOOT_LOADED, ebx = physical address of the boot information; flat segments, no paging, no stack.
 * Linked to run at KERNEL_BASE and up, but it starts at physical addresses: PHYS() until paging is on.
 */
#include "multiboot.h"
#include "mmu.h"
#include "shared.h"

#define PHYS(symbol) (symbol - KERNEL_BASE)
#define FEATURES 0x0000a018 /* cpuid 1, edx: CMOV, PGE, TSC, PSE */
#define EFLAGS_ID 0x00200000
#define KSLOT_index (KSLOT_base >> 22)
#define KSTACK_index (KSTACK_bottom >> 12 & 1023)
#define DIRECT_index (KERNEL_BASE >> 22)
#define DIRECT_count (DIRECT_MAX >> 22)

	.section .boot, "ax"
	.balign 4
	.long MULTIBOOT_HEADER, MULTIBOOT_PAGE_ALIGN | MULTIBOOT_NEED_MEMORY
	.long -(MULTIBOOT_HEADER + (MULTIBOOT_PAGE_ALIGN | MULTIBOOT_NEED_MEMORY))

	.globl start
start: /* a virtual address, which GRUB, QEMU and our loader turn into the physical one by the segment's two addresses */
	cli
	cld
	mov $PHYS(boot_stack_end), %esp
	mov %eax, %edi
	mov %ebx, %esi

	/* A CPU that lets EFLAGS.ID change has cpuid. */
	pushfl
	pop %eax
	mov %eax, %ecx
	xor $EFLAGS_ID, %eax
	push %eax
	popfl
	pushfl
	pop %eax
	cmp %eax, %ecx
	je too_old
	mov $1, %eax
	cpuid
	and $FEATURES, %edx
	cmp $FEATURES, %edx
	jne too_old

	mov %cr4, %eax
	or $(CR4_PSE | CR4_PGE), %eax
	mov %eax, %cr4
	mov $PHYS(boot_directory), %eax
	mov %eax, %cr3
	mov %cr0, %eax
	or $(CR0_PG | CR0_WP | CR0_NE | CR0_EM), %eax
	mov %eax, %cr0
	mov $high, %eax
	jmp *%eax /* from the identity map up to where it was linked */
high:
	mov $KSTACK_top, %esp
	xor %ebp, %ebp /* a backtrace ends here */
	mov %edi, %eax
	mov %esi, %edx
	call boot_info
	call kernel_init
	ud2

/* Paging is off: one line, to the screen's last row and the first serial port, and that is all. */
too_old:
	mov $PHYS(too_old_text), %esi
	mov $(0xb8000 + 24 * 80 * 2), %edi
1:	lodsb
	test %al, %al
	jz 3f
	mov $0x07, %ah
	stosw
	mov %al, %cl
	mov $0x3fd, %dx
	mov $100000, %ebx
2:	dec %ebx
	jz 1b
	in %dx, %al
	test $0x20, %al
	jz 2b
	mov $0x3f8, %dx
	mov %cl, %al
	out %al, %dx
	jmp 1b
3:	hlt
	jmp 3b
too_old_text:
	.asciz "OurOS needs a Pentium Pro or newer: a CPU with 4 MB pages, global pages, CMOV and a time stamp counter\r\n"

/*
 * The boot directory, written out. Entry 0 maps low addresses to themselves, for the steps around turning paging on;
 * then all of the direct map, whether or not there is memory behind it; then the kernel's slot, with the stack.
 * mmu_init makes it the kernel's own.
 */
	.data
	.balign 4096
	.globl boot_directory
boot_directory:
	.long PTE_P | PTE_W | PTE_PS
	.fill DIRECT_index - 1, 4, 0
	.set entry, 0
	.rept DIRECT_count
	.long (entry << 22) + (PTE_P | PTE_W | PTE_PS | PTE_G)
	.set entry, entry + 1
	.endr
	.fill KSLOT_index - DIRECT_index - DIRECT_count, 4, 0
	.long PHYS(kslot_table) + (PTE_P | PTE_W)
	.fill 1023 - KSLOT_index, 4, 0

kslot_table:
	.fill KSTACK_index, 4, 0
	.set entry, 0
	.rept KSTACK_PAGES
	.long PHYS(boot_stack) + (entry << 12) + (PTE_P | PTE_W)
	.set entry, entry + 1
	.endr
	.fill 1024 - KSTACK_index - KSTACK_PAGES, 4, 0

/* The kernel stack's frames. */
	.section .bss.page, "aw", @nobits
	.balign 4096
boot_stack:
	.skip KSTACK_PAGES << 12
boot_stack_end:
