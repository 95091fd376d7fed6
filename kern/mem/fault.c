/* kern/mem/fault.c: what a page fault of a program means: zero-filled pages and copy-on-write. (lab 4) */
#include <mem/pmap.h>
#include <core/core.h>

static bool allowed(unsigned prot, enum access access)
{
	switch (access) {
	case ACCESS_WRITE: return prot & PROT_WRITE;
	case ACCESS_EXEC: return prot & (PROT_EXEC | PROT_READ); /* no machine here can forbid it by page */
	default: return prot != PROT_NONE;
	}
}

/* First touch of a demand page: a frame, all zero. */
static bool fill_demand(vaddr_t page, unsigned prot)
{
	paddr_t pa = frame_alloc_zero(FRAME_USER);
	if (!pa)
		return false;
	pmap_resolve(page, pte_leaf(pa, prot));
	return true;
}

/* First write to a page that others may hold too: a copy, or, for the last holder, the page itself. */
static bool copy_on_write(vaddr_t page, paddr_t old, unsigned prot)
{
	prot = (prot & ~PTE_COW) | PROT_WRITE;
	struct frame *f = frame_of(old);
	if (f->refs == 1 && f->kind == FRAME_USER) {
		pmap_resolve(page, pte_leaf(old, prot));
		return true;
	}
	paddr_t pa = frame_alloc(FRAME_USER);
	if (!pa)
		return false;
	page_copy(frame_ptr(pa), frame_ptr(old));
	pmap_resolve(page, pte_leaf(pa, prot));
	f->refs--; /* the others keep it */
	return true;
}

bool fault_lacks_memory(vaddr_t va, enum access access)
{
	pte_t e = pmap_entry(va);
	unsigned prot = pte_prot(e);
	if (!pmap_user_page(ROUND_DOWN(va, PAGE_SIZE)))
		return false;
	if (pte_present(e))
		return access == ACCESS_WRITE && (prot & PTE_COW) && !(prot & PTE_SHARED);
	return pte_kind(e) == PTE_DEMAND && allowed(prot, access);
}

bool fault_resolve(vaddr_t va, enum access access)
{
	vaddr_t page = ROUND_DOWN(va, PAGE_SIZE);
	if (!pmap_user_page(page) || !pte_present(vpd[PDX(page)]))
		return false;
	pte_t e = vpt[VPN(page)];
	unsigned prot = pte_prot(e);
	if (pte_present(e)) {
		if (access == ACCESS_WRITE && (prot & (PTE_COW | PTE_SHARED)) == PTE_COW)
			return copy_on_write(page, pte_addr(e), prot);
		/* Allowed, and yet a fault: the hardware held an older entry. Flush, and let it try again. */
		if (!allowed(prot, access))
			return false;
		mmu_flush(this_cpu()->pmap, page);
		return true;
	}
	if (pte_kind(e) == PTE_DEMAND && allowed(prot, access))
		return fill_demand(page, prot);
	return false;
}
