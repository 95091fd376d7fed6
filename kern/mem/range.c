/* kern/mem/range.c: operations over ranges of addresses: by directory entries, and by pages where tables are. (lab 4) */
#include <mem/range.h>
#include <mem/entry.h>
#include <core/core.h>

#define ABOVE 2     /* the level of the entries that name tables of pages */
#define STRETCH 512 /* pages that are changed before others may have their turn */

static struct pmap *loaded(void)
{
	return this_cpu()->pmap;
}

/* Where the part of [va, end) ends for which one entry above stands. */
static vaddr_t part_end(vaddr_t va, vaddr_t end)
{
	return MIN(ROUND_DOWN(va, PDE_SPAN) + PDE_SPAN, end); /* user addresses: no sum wraps */
}

static bool whole(vaddr_t va, vaddr_t end)
{
	return part_end(va, end) - va == PDE_SPAN;
}

/* Do all entries in [va, end), all of one table, say something, or none of them? */
static bool all_pages(vaddr_t va, vaddr_t end, bool mapped)
{
	for (; va < end; va += PAGE_SIZE)
		if (pte_empty(vpt[VPN(va)]) == mapped)
			return false;
	return true;
}

static bool all(vaddr_t va, vaddr_t end, bool mapped)
{
	for (; va < end; va = part_end(va, end)) {
		pte_t above = *entry(loaded(), ABOVE, va);
		if (!pte_present(above)) {
			if (pte_empty(above) == mapped)
				return false;
			continue;
		}
		/* A table has some entries; whether it has them all, its record says. */
		unsigned used = table_of(loaded(), 1, va)->used;
		if (mapped && used == ENTRIES)
			continue;
		if (whole(va, end) || !all_pages(va, part_end(va, end), mapped))
			return false;
	}
	return true;
}

bool range_is_free(vaddr_t va, vaddr_t end)
{
	return all(va, end, false);
}

bool range_is_mapped(vaddr_t va, vaddr_t end)
{
	return all(va, end, true);
}

/*
 * From the top down: run is how many free pages end at va. Tables are looked into only where a run may begin or end, or,
 * for less than 4 MB, where they are not full.
 */
vaddr_t range_find(vaddr_t low, vaddr_t high, uint32_t pages)
{
	vaddr_t end = high; /* the free pages [va, end) */
	for (vaddr_t va = high; va > low;) {
		vaddr_t part = ROUND_DOWN(va - 1, PDE_SPAN);
		pte_t above = *entry(loaded(), ABOVE, part);
		if (pte_present(above) && table_of(loaded(), 1, part)->used < ENTRIES) {
			va -= PAGE_SIZE;
			if (!pte_empty(vpt[VPN(va)]))
				end = va;
		} else {
			va = MAX(part, low);
			if (!pte_empty(above))
				end = va;
		}
		if ((end - va) >> PAGE_SHIFT >= pages)
			return end - (pages << PAGE_SHIFT);
	}
	return 0;
}

/* Must the entry above stand for less than it does, or for more? */
static bool needs_table(vaddr_t va, bool fill)
{
	pte_t above = *entry(loaded(), ABOVE, va);
	return !pte_present(above) && (fill || !pte_empty(above));
}

enum pmap_error range_prepare(vaddr_t va, vaddr_t end, bool fill)
{
	vaddr_t last = ROUND_DOWN(end - 1, PDE_SPAN);
	enum pmap_error error = PMAP_OK;
	if (!whole(va, end) && needs_table(va, fill))
		error = pmap_make_tables(loaded(), va);
	if (!error && last > va && end - last != PDE_SPAN && needs_table(last, fill))
		error = pmap_make_tables(loaded(), last);
	if (error)
		pmap_reap(loaded(), va);
	return error;
}

/* The entry of one page, whose table exists. A translation is in the TLB only of what was present. */
static void set_page(struct frame *table, vaddr_t va, pte_t value)
{
	volatile pte_t *pte = &vpt[VPN(va)];
	pte_t old = *pte;
	if (pte_present(old)) {
		pmap_put(loaded(), va, value);
	} else {
		*pte = value;
		if (pte_empty(value))
			table->used -= !pte_empty(old);
		else if (pte_empty(old))
			count_in(table, PTX(va));
	}
	pte_drop(old);
}

static void set_part(vaddr_t va, vaddr_t end, pte_t value)
{
	struct frame *table = table_of(loaded(), 1, va);
	for (vaddr_t at = va; at < end && (value || table->used); at += PAGE_SIZE)
		set_page(table, at, value);
	if (table->used == 0)
		pmap_reap(loaded(), va);
}

vaddr_t range_set(vaddr_t va, vaddr_t end, pte_t value)
{
	uint32_t done = 0;
	for (vaddr_t next; va < end && done < STRETCH; va = next) {
		pte_t above = *entry(loaded(), ABOVE, va);
		next = part_end(va, end);
		if (pte_present(above)) {
			done += (next - va) / PAGE_SIZE;
			bool all = whole(va, end);
			if (!pte_empty(value) && pte_kind(value) == PTE_OBJECT && !all)
				mapping_ref(pte_payload(value), (next - va) / PAGE_SIZE);
			set_part(va, next, all ? 0 : value);
			if (!all)
				continue;
			above = 0;
		}
		if (pte_empty(above) && pte_empty(value))
			continue;
		ASSERT(whole(va, end)); /* range_prepare has seen to it */
		pte_hold(value);
		pte_drop(pmap_put_above(loaded(), ABOVE, va, value));
	}
	return va;
}

static void protect_part(vaddr_t va, vaddr_t end, unsigned prot)
{
	for (; va < end; va += PAGE_SIZE) {
		pte_t old = vpt[VPN(va)];
		if (pte_present(old) || pte_kind(old) == PTE_HELD)
			pmap_put(loaded(), va, pmap_reprotected(old, prot));
		else if (!pte_empty(old))
			vpt[VPN(va)] = pmap_reprotected(old, prot);
	}
}

vaddr_t range_protect(vaddr_t va, vaddr_t end, unsigned prot)
{
	uint32_t done = 0;
	for (vaddr_t next; va < end && done < STRETCH; va = next) {
		pte_t above = *entry(loaded(), ABOVE, va);
		next = part_end(va, end);
		if (pte_present(above)) {
			protect_part(va, next, prot);
			done += (next - va) / PAGE_SIZE;
		} else if (!pte_empty(above)) {
			pmap_put_above(loaded(), ABOVE, va, pmap_reprotected(above, prot));
		}
	}
	return va;
}
