/* kern/arch/i386/mmu.c: the hardware's side of page tables: CR3, the TLB, and the kernel's half of a directory. (lab 2) */
#include <mem/pmap.h>
#include <proc/proc.h>
#include <core/core.h>
#include "shared.h"

extern pde_t boot_directory[ENTRIES]; /* boot/i386/entry.S: the direct map and the kernel's slot are in it */

static uint32_t direct_entries; /* 4 MB pages that the direct map has */

/* [helpers of lab 2] Your own functions for this file. */
/* [end of helpers] */

/* Forget everything, global pages too: they go when PGE is turned off (SDM vol. 3, 4.10.4.1). */
static void flush_global(void)
{
	uint32_t cr4;

	asm volatile("mov %%cr4, %0" : "=r"(cr4));
	asm volatile("mov %0, %%cr4; mov %1, %%cr4" : : "r"(cr4 & ~CR4_PGE), "r"(cr4) : "memory");
}

/* One past the last byte of RAM that the direct map can show. */
static uint32_t direct_end(void)
{
	uint64_t end = 0;

	for (unsigned i = 0; i < bootinfo.range_count; i++)
		if (bootinfo.ranges[i].kind == BOOT_USABLE)
			end = MAX(end, bootinfo.ranges[i].end);
	return MIN(end, DIRECT_MAX);
}

/* The boot directory serves on as the kernel's own, less what only booting needed: low addresses, memory that isn't. */
void mmu_init(void)
{
	direct_entries = ROUND_UP(direct_end(), PDE_SPAN) >> PDE_SHIFT;
	for (unsigned i = direct_entries; i < DIRECT_MAX >> PDE_SHIFT; i++)
		boot_directory[PDX(KERNEL_BASE) + i] = 0;
	boot_directory[0] = 0;
	kernel_pmap.directory = frame_addr(boot_directory);
	boot_directory[PDX(PT_base)] = pde_window(kernel_pmap.directory);
	boot_directory[PDX(UPT_base)] = pde_user_window(kernel_pmap.directory);
	flush_global();
}

/* Where the direct map ends is the same in all directories, so the entries past it stay zero. */
void mmu_kernel_half(pde_t *directory)
{
	/*
	 * [lab 2.3, 2 points] What every address space has in common, copied from the boot directory: the
	 * direct_entries large pages from KERNEL_BASE on, and the one table of the kernel's slot at KSLOT_base. No
	 * more: the windows are each directory's own.
	 */
	for (unsigned i = 0; i < direct_entries; i++)
		directory[PDX(KERNEL_BASE) + i] = boot_directory[PDX(KERNEL_BASE) + i];
	directory[PDX(KSLOT_base)] = boot_directory[PDX(KSLOT_base)];
	/* [end of lab 2.3] */
}

void mmu_flush(struct pmap *pmap, vaddr_t va)
{
	if (pmap == this_cpu()->pmap || pmap == &kernel_pmap)
		tlb_forget(va);
}

void mmu_load(struct pmap *pmap)
{
	mmu_switch(pmap->directory, pmap->asid, pmap->self);
}

void mmu_flush_all(void)
{
	mmu_load(this_cpu()->pmap);
}

void mmu_open_alt(struct pmap *loaded)
{
	/*
	 * [lab 2.6, 1 point] The window at APT_base may show a million translations of the address space that was open
	 * last. What makes the processor forget them all at once?
	 */
	if (guard(19))
		mmu_load(loaded);
	/* [end of lab 2.6] */
}

/* A CPU that walks ahead must not find, cached, a directory that may be freed next: any invlpg drops cached PDEs. */
void mmu_close_alt(struct pmap *loaded)
{
	mmu_flush(loaded, APT_base);
}

void mmu_release(struct pmap *pmap) {} /* nothing is kept */

const char *mmu_wrong(void)
{
	paddr_t directory;

	asm volatile("mov %%cr3, %0" : "=r"(directory));
	return directory == this_cpu()->pmap->directory ? NULL : "CR3 names another directory";
}
