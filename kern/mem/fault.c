/* kern/mem/fault.c: what a page fault of a program means: zero-filled pages and copy-on-write. (lab 4) */
#include <mem/entry.h>
#include <mem/range.h>
#include <core/core.h>

#define NEAR (4 * PAGE_SIZE) /* so far from the stack pointer a touch may be that is still the stack's */

/* [helpers of lab 4] Your own functions for this file. */
/* [end of helpers] */

/* What can be read can be executed: no machine here can forbid it by page. */
static bool allowed(pte_t e, enum access access)
{
	return pte_prot(e) & (access == ACCESS_WRITE ? PROT_WRITE : PROT_READ);
}

/* First touch of a demand page: a frame, all zero. */
static bool fill_demand(vaddr_t page, pte_t e)
{
	paddr_t pa = frame_alloc_zero(FRAME_USER);
	if (!pa)
		return false;
	pmap_resolve(page, pte_filled(e, pa));
	return true;
}

/* First touch of a shared page by this process: the object's frame, which somebody else may have touched before. */
static __attribute__((noinline)) bool fill_shared(vaddr_t page, pte_t e)
{
	/*
	 * [lab 4.2, 5 points] e is of kind object: its payload is the number of a mapping (shared.h), which knows the page's frame,
	 * or makes one. Let page's entry name that. The entry named the mapping before, and holds a reference to it no more.
	 */
	uint32_t mapping = pte_payload(e);
	paddr_t pa = mapping_frame(mapping, page);
	if (!pa)
		return false;
	const pte_t filled = pte_filled(e, pa);
	pmap_resolve(page, filled);
	mapping_unref(mapping, 1);
	return true;
	/* [end of lab 4.2] */
}

/* Nothing is mapped at page: does the stack begin above it? Its lowest page then, else 0. */
static vaddr_t stack_above(vaddr_t page)
{
	/*
	 * [lab 4.2, 3 points] The first stack has the USTACK_MAX bytes below UTOP to grow in, and no more: memlayout.h. Where it
	 * begins now is nowhere written down, but the entries tell (entry.h: pmap_says, where there may be no table).
	 * [until then] return 0;
	 */
	if (page - (UTOP - USTACK_MAX) >= USTACK_MAX)
		return 0;
	while (page < UTOP && pte_empty(pmap_says(this_cpu()->pmap, page)))
		page += PAGE_SIZE;
	return page < UTOP ? page : 0;
	/* [end of lab 4.2] */
}

#define STACK_PAGE pte_absent(PTE_DEMAND, 0, PROT_READ | PROT_WRITE)

/*
 * A touch below the stack: all pages from there up to the stack are on demand now, so it is one piece again. False: not
 * below a stack, or no frame for a table.
 */
static __attribute__((noinline)) bool grow_stack(vaddr_t page)
{
	/*
	 * [lab 4.2, 5 points] Fill the gap from page to the stack with STACK_PAGE, whatever tables that takes: range.h has two calls
	 * for it. Whoever called this looks at page's entry next: after true there must be a table for it.
	 * [until then] return false;
	 */
	vaddr_t end = stack_above(page);
	if (!end || range_prepare(page, end, true))
		return false;
	for (vaddr_t va = page; va < end;)
		va = range_set(va, end, STACK_PAGE);
	return !pmap_make_tables(this_cpu()->pmap, page);
	/* [end of lab 4.2] */
}

/* No table is there. One entry above may stand for the page and its neighbours: each gets its own. */
static __attribute__((noinline)) bool enter_table(vaddr_t page, enum access access)
{
	pte_t above = pmap_says(this_cpu()->pmap, page);
	if (pte_empty(above))
		return grow_stack(page);
	return allowed(above, access) && !pmap_make_tables(this_cpu()->pmap, page);
}

/* First write to a page that others may hold too: a copy, or, for the last holder, the page itself. */
static bool copy_on_write(vaddr_t page, pte_t e)
{
	/*
	 * [lab 4.2, 9 points] e, present and copy-on-write, is page's entry, and the program stores there. When you return true, it
	 * may, and no other holder of the frame sees it: that is a new frame with the same contents; or this very frame, if nobody
	 * else holds it any more and it is a program's (FRAME_USER: a page of the kernel's image is never anybody's own). Everybody
	 * who holds a frame is counted in it. False: there is no memory, and nothing has changed.
	 */
	paddr_t old = pte_addr(e);
	struct frame *f = frame_of(old);
	if (f->refs == 1 && f->kind == FRAME_USER) {
		pmap_resolve(page, pte_owned(e, old));
		return true;
	}
	paddr_t copy = frame_alloc(FRAME_USER);
	if (!copy)
		return false;
	page_copy(frame_ptr(copy), frame_ptr(old));
	pmap_resolve(page, pte_owned(e, copy));
	f->refs--; /* the others keep it */
	return true;
	/* [end of lab 4.2] */
}

bool fault_lacks_memory(vaddr_t va, enum access access)
{
	pte_t e = pmap_entry(va);
	if (!pmap_user_page(ROUND_DOWN(va, PAGE_SIZE)))
		return false;
	if (pte_present(e))
		return access == ACCESS_WRITE && (pte_prot(e) & (PTE_COW | PTE_SHARED)) == PTE_COW;
	if (pte_empty(e))
		return stack_above(ROUND_DOWN(va, PAGE_SIZE));
	return (pte_kind(e) == PTE_DEMAND || pte_kind(e) == PTE_OBJECT) && allowed(e, access);
}

/* The first stack's guard has nothing in it; that of a thread is mapped, and nobody may touch it. */
bool fault_overflows_stack(vaddr_t va, vaddr_t sp)
{
	pte_t e = pmap_entry(va);
	if (va - (UTOP - USTACK_MAX - USTACK_GUARD) < USTACK_GUARD)
		return pte_empty(e);
	return va < UTOP && !pte_present(e) && !pte_empty(e) && pte_prot(e) == PROT_NONE && va - (sp - NEAR) < 2 * NEAR;
}

bool fault_resolve(vaddr_t va, enum access access)
{
	vaddr_t page = ROUND_DOWN(va, PAGE_SIZE);
	if (!pmap_user_page(page) || (!pte_present(vpd[PDX(page)]) && !enter_table(page, access)))
		return false;
	pte_t e = *pte_at(page);
	if (pte_present(e)) {
		/*
		 * [lab 4.2, 3 points] A store to a page that is to be copied then: copy_on_write knows what to do. Not so when the page
		 * is one that its program has marked for itself (pmap.h: pmap_share): whose business is that?
		 * [until then] if (pte_prot(e) & PTE_COW)
		 * LAB_TODO(4.2);
		 */
		if (access == ACCESS_WRITE && (pte_prot(e) & (PTE_COW | PTE_SHARED)) == PTE_COW)
			return copy_on_write(page, e);
		/* [end of lab 4.2] */
		/* Allowed, and yet a fault: the hardware held an older entry. Flush, and let it try again. */
		if (!allowed(e, access))
			return false;
		mmu_flush(this_cpu()->pmap, page);
		return true;
	}
	switch (pte_kind(e)) {
	case PTE_DEMAND: return allowed(e, access) && fill_demand(page, e);
	case PTE_OBJECT: return allowed(e, access) && fill_shared(page, e);
	case PTE_NONE: return grow_stack(page) && fill_demand(page, STACK_PAGE);
	default: return false;
	}
}
