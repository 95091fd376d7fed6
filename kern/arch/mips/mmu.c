/* kern/arch/mips/mmu.c: the hardware's side of page tables: the TLB, its one wired pair, address space numbers. (lab 2)
 *
 * The refill handler (refill.S) reads the pair of entries that it wants in the window at PT_base. That window's own
 * pages are translated by the same handler, one level up; the directory's page by the wired pair, which is the self
 * entry and its neighbour PDE[t^1]. The wired pair is global, so that a probe under another ASID can't recurse without
 * end; hence it is written anew whenever another directory is loaded or PDE[t^1] changes.
 */
#include <mem/pmap.h>
#include <proc/proc.h>
#include <core/core.h>

#define PAIR (2 * PAGE_SIZE) /* what one TLB entry translates */
#define ASID_MASK 0xffu
#define WIRED 1

static pde_t boot_directory[ENTRIES] __attribute__((section(".bss.page"), aligned(PAGE_SIZE)));
static pte_t kernel_slot[ENTRIES] __attribute__((section(".bss.page"), aligned(PAGE_SIZE)));

static uint32_t last_asid; /* the last one given out, 1 to 255 */
uint32_t asid_rounds;      /* how often they have started again */
static unsigned high_tables;
unsigned tlb_entries;

#define TLBWI() __asm__ volatile("tlbwi\n\tehb" : : : "memory")
#define TLBWR() __asm__ volatile("tlbwr\n\tehb" : : : "memory")

/* [helpers of lab 2] Your own functions for this file. */
/* [end of helpers] */

/* What the next write to the TLB takes along. */
static inline void set_pair(uint32_t hi, pte_t even, pte_t odd)
{
	cp0_write(10, 0, hi);
	cp0_write(2, 0, even);
	cp0_write(3, 0, odd);
	cp0_barrier();
}

/* EntryHi holds the loaded pmap's ASID at all times but inside these functions. */
static void set_asid(uint32_t asid)
{
	cp0_write(10, 0, asid & ASID_MASK);
	cp0_barrier();
}

/* The entry that translates va, which Index names now, too; or below zero. */
static inline int32_t probe(vaddr_t va, uint32_t asid)
{
	cp0_write(10, 0, ROUND_DOWN(va, PAIR) | asid);
	cp0_barrier();
	__asm__ volatile("tlbp; ehb" : : : "memory");
	return cp0_read(0, 0);
}

static void forget_from(unsigned index, uint32_t asid)
{
	for (; index < tlb_entries; index++) {
		cp0_write(0, 0, index);
		set_pair(TLB_NOWHERE(index), 0, 0);
		TLBWI();
	}
	set_asid(asid);
}

/*
 * A number under which the TLB holds nothing. When all 255 have been used, the TLB is emptied, and they start again: each
 * pmap gets a new one when it is loaded next.
 */
static void take_asid(struct pmap *pmap)
{
	if (last_asid++ == ASID_MASK) {
		for (struct pmap *p = pmap_next(NULL); p; p = pmap_next(p))
			p->asid = 0;
		kernel_pmap.asid = 0;
		asid_rounds++;
		last_asid = 1;
		forget_from(WIRED, last_asid);
	}
	pmap->asid = PD_PAIR | last_asid;
	pmap->self = pmap->directory >> 6 | MIPS_CACHED | MIPS_D | MIPS_V | MIPS_G;
}

/* Make pmap's directory the one that the refill handler finds. */
static void wire(struct pmap *pmap)
{
	/*
	 * [lab 2.7, 3 points] TLB entry 0 (Index, register 0) is the wired one. It maps the pair of pages in which the
	 * directory shows: its EntryHi is ready in pmap->asid; the halves are the directory's entries for PT_base and
	 * APT_base, in ascending order, global. pmap need not be what the window shows now: reach its directory by
	 * frame_ptr().
	 */
	const volatile pde_t *pd = frame_ptr(pmap->directory);
	unsigned even = PDX(PT_base) & ~1u;

	cp0_write(0, 0, 0);
	set_pair(pmap->asid, pd[even] | MIPS_G, pd[even + 1] | MIPS_G);
	TLBWI();
	/* [end of lab 2.7] */
}

void mmu_load(struct pmap *pmap)
{
	if (!pmap->asid)
		take_asid(pmap);
	mmu_switch(pmap->directory, pmap->asid, pmap->self);
}

void mmu_open_alt(struct pmap *loaded)
{
	/*
	 * [lab 2.6, 1 point] The wired pair holds PDE[t^1], too: wire() it anew. And translations of what the second
	 * window showed last time may still be in the TLB, under the address space number of that time: which of the
	 * functions above makes them harmless, in a few instructions?
	 */
	if (guard(19))
		take_asid(loaded);
	wire(loaded);
	/* [end of lab 2.6] */
}

void mmu_close_alt(struct pmap *loaded)
{
	wire(loaded);
}

void mmu_release(struct pmap *pmap)
{
	pmap->asid = 0;
}

void mmu_flush_all(void)
{
	take_asid(this_cpu()->pmap);
	set_asid(this_cpu()->pmap->asid);
}

void mmu_flush(struct pmap *pmap, vaddr_t va)
{
	if (pmap == this_cpu()->pmap)
		mmu_forget(pmap->asid, va);
}

/* What the k-th page of the user window shows: a table below UTOP; in the window's own place, the directory. */
static pte_t user_view(unsigned k)
{
	/*
	 * [lab 2.3, 2 points] The entry that shows that page to programs, or 0, if it shows none. MIPS takes the right
	 * to store (D) from the one entry in its TLB, and the directory's entries have it: a program that got it with
	 * them would rewrite its tables.
	 */
	pde_t pde = k == PDX(UPT_base) ? vpd[PDX(PT_base)] : k < PDX(UPT_base) ? vpd[k] : 0;
	return pte_present(pde) ? pde & ~(guard(6) ? MIPS_D : 0) : 0;
	/* [end of lab 2.3] */
}

bool mmu_user_window(vaddr_t va)
{
	unsigned k = (va - UPT_base) >> PAGE_SHIFT;
	pte_t even = user_view(k & ~1u), odd = user_view(k | 1);
	uint32_t asid = this_cpu()->pmap->asid & ASID_MASK;

	if (!pte_present(k & 1 ? odd : even))
		return false;
	/* The invalid pair that the refill handler entered is still there: it is replaced, not joined. (hazard 20) */
	int32_t index = probe(va, asid);
	set_pair(ROUND_DOWN(va, PAIR) | asid, even, odd);
	if (index < 0 || !guard(20))
		TLBWR();
	else
		TLBWI();
	set_asid(asid);
	return true;
}

/* The kernel's half: a table for the kernel's slot, and those of the high RAM. kseg0 and kseg1 need none. */
void mmu_kernel_half(pde_t *directory)
{
	/*
	 * [lab 2.3, 2 points] What every address space has in common: in the place of KSLOT_base the table kernel_slot;
	 * from RAM_HIGH_BASE on as many entries as there are high_tables, from boot_directory. No more: the windows are
	 * each directory's own.
	 */
	directory[PDX(KSLOT_base)] = pde_table(frame_addr(kernel_slot));
	for (unsigned k = PDX(RAM_HIGH_BASE); k < PDX(RAM_HIGH_BASE) + high_tables; k++)
		directory[k] = boot_directory[k];
	/* [end of lab 2.3] */
}

/* Tables that show the high RAM at RAM_HIGH_BASE, the same in every address space. */
static void map_high(void)
{
	for (uint32_t n = RAM_LOW_END >> PAGE_SHIFT; n < frame_count; n += ENTRIES) {
		paddr_t table = frame_alloc(FRAME_KERNEL);
		if (!table)
			panic("too little memory: no room for the tables of the RAM past 256 MB");
		pte_t *entries = frame_ptr(table);
		for (uint32_t i = 0; i < ENTRIES; i++)
			entries[i] = n + i >= frame_count ? PTE_EMPTY_KERNEL :
				pte_kernel(frame_at(n + i), PROT_READ | PROT_WRITE);
		boot_directory[PDX(RAM_HIGH_BASE) + high_tables++] = pde_table(table);
	}
}

void mmu_init(void)
{
	for (unsigned i = 0; i < ENTRIES; i++)
		kernel_slot[i] = PTE_EMPTY_KERNEL;
	kernel_pmap.directory = frame_addr(boot_directory);
	boot_directory[PDX(PT_base)] = pde_window(kernel_pmap.directory);
	map_high();
	mmu_kernel_half(boot_directory);

	cp0_write(4, 0, PT_base << 1); /* Context: with the page pair's number << 4 below, twice the entries' address */
	cp0_write(5, 0, 0);            /* PageMask: 4 KB */
	cp0_write(6, 0, WIRED);
	tlb_entries = (cp0_read(16, 1) >> 25 & 63) + 1; /* Config1 */
	forget_from(0, 0);
	mmu_load(&kernel_pmap);
}
