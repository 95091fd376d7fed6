/* kern/arch/mips/ktest_tlb.c: looks for what must never be in the TLB. (lab 2) */
#include <mem/pmap.h>
#include <core/core.h>

#define TLB_MAX 64
#define ASID_MASK 0xffu

struct tlb_entry {
	uint32_t hi;
	pte_t even, odd;
};

static void read_entry(unsigned index, struct tlb_entry *e)
{
	cp0_write(0, 0, index);
	cp0_barrier();
	__asm__ volatile("tlbr\n\tehb");
	e->hi = cp0_read(10, 0);
	e->even = cp0_read(2, 0);
	e->odd = cp0_read(3, 0);
}

/* Both match the same address. The emulator does not mind; real hardware stops at the first. */
static bool overlap(const struct tlb_entry *a, const struct tlb_entry *b)
{
	if (a->hi >> 13 != b->hi >> 13 || mmu_unmapped(a->hi))
		return false;
	return !((a->hi ^ b->hi) & ASID_MASK) || (a->even & a->odd & MIPS_G) || (b->even & b->odd & MIPS_G);
}

static bool any_overlap(const struct tlb_entry *e)
{
	for (unsigned i = 0; i < tlb_entries; i++)
		for (unsigned j = 0; j < i; j++)
			if (overlap(&e[i], &e[j]))
				return true;
	return false;
}

const char *mmu_wrong(void)
{
	static struct tlb_entry entries[TLB_MAX];
	const struct pmap *pmap = this_cpu()->pmap;
	uint32_t hi = cp0_read(10, 0);
	for (unsigned i = 0; i < tlb_entries; i++)
		read_entry(i, &entries[i]);
	cp0_write(10, 0, hi);
	cp0_barrier();
	if ((hi ^ pmap->asid) & ASID_MASK)
		return "EntryHi has another address space's number";
	pte_t self = PDX(PT_base) % 2 ? entries[0].odd : entries[0].even;
	if (ROUND_DOWN(PD_base ^ entries[0].hi, 2 * PAGE_SIZE) || !pte_present(self) || pte_addr(self) != pmap->directory)
		return "the wired pair does not show the directory";
	return any_overlap(entries) ? "two TLB entries match one address" : NULL;
}
