/* kern/mem/range.c: operations over ranges of addresses: by directory entries, and by pages where tables are. (lab 4) */
#include <mem/range.h>
#include <mem/entry.h>
#include <core/core.h>

#define ABOVE 2     /* the level of the entries that name tables of pages */

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

/* The lowest page of the free ones right below va, all of its table; a full table has none. */
static vaddr_t free_below(vaddr_t va, vaddr_t part)
{
	if (table_of(loaded(), 1, part)->used == ENTRIES)
		return va;
	while (va > part && pte_empty(vpt[VPN(va) - 1]))
		va -= PAGE_SIZE;
	return va;
}

/* From the top down: [va, end) is free. Whole entries of the directory at a time, and pages where tables are. */
vaddr_t range_find(vaddr_t low, vaddr_t high, uint32_t bytes, uint32_t align)
{
	vaddr_t end = high;
	for (vaddr_t va = high; va > low;) {
		vaddr_t part = ROUND_DOWN(va - 1, PDE_SPAN);
		pte_t above = *entry(loaded(), ABOVE, part);
		bool taken = !pte_empty(above);
		va = pte_present(above) ? free_below(va, part) : taken ? va : MAX(part, low);
		if (end - va >= bytes && ROUND_DOWN(end - bytes, align) >= va)
			return ROUND_DOWN(end - bytes, align);
		if (!taken || va == part)
			continue;
		/* On below what is taken: that one page, or all that the entry above stands for. */
		bool full = !pte_present(above) || table_of(loaded(), 1, part)->used == ENTRIES;
		end = va = full ? part : va - PAGE_SIZE;
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

/*
 * The entries in [va, end), all of one table, which is freed if nothing is left in it. Their number and bounds are put
 * right at the end. A translation can be in the TLB only of what was present.
 */
static void set_part(vaddr_t va, vaddr_t end, pte_t value)
{
	struct frame *table = table_of(loaded(), 1, va);
	unsigned first = PTX(va), used = table->used;
	volatile pte_t *pte = &vpt[VPN(va)];
	for (vaddr_t at = va; at < end && (value || used); at += PAGE_SIZE, pte++) {
		pte_t old = exchange(pte, value);
		if (pte_empty(old)) {
			used += !pte_empty(value);
			continue;
		}
		used -= pte_empty(value);
		if (pte_present(old))
			mmu_flush(loaded(), at);
		pte_drop(old);
	}
	if (!pte_empty(value)) {
		table->low = table->used ? MIN(table->low, first) : first;
		table->high = MAX(table->used ? table->high : 0, PTX(end - PAGE_SIZE));
	}
	table->used = used;
	if (used == 0)
		pmap_reap(loaded(), va);
}

/* What of [va, end) is done next: as far as one entry above goes; where a table is, no more than the rest of a stretch. */
static vaddr_t next_part(vaddr_t va, vaddr_t end, uint32_t *done)
{
	vaddr_t next = part_end(va, end);
	if (pte_present(*entry(loaded(), ABOVE, va))) {
		next = MIN(next, va + (PMAP_STRETCH - *done) * PAGE_SIZE);
		*done += (next - va) / PAGE_SIZE;
	}
	return next;
}

vaddr_t range_set(vaddr_t va, vaddr_t end, pte_t value)
{
	uint32_t done = 0;
	for (vaddr_t next; va < end && done < PMAP_STRETCH; va = next) {
		pte_t above = *entry(loaded(), ABOVE, va);
		next = pte_empty(value) ? next_part(va, end, &done) : part_end(va, end);
		if (!pte_present(above)) {
			if (pte_empty(above) && pte_empty(value))
				continue;
			ASSERT(whole(va, end)); /* range_prepare has seen to it */
			pte_hold(value);
			pte_drop(pmap_put_above(loaded(), ABOVE, va, value));
			continue;
		}
		if (!pte_empty(value) && pte_kind(value) == PTE_OBJECT)
			mapping_ref(pte_payload(value), (next - va) / PAGE_SIZE);
		set_part(va, next, value);
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
	for (vaddr_t next; va < end && done < PMAP_STRETCH; va = next) {
		pte_t above = *entry(loaded(), ABOVE, va);
		next = next_part(va, end, &done);
		if (pte_present(above)) {
			protect_part(va, next, prot);
		} else if (!pte_empty(above)) {
			pmap_put_above(loaded(), ABOVE, va, pmap_reprotected(above, prot));
		}
	}
	return va;
}
