/* kern/mem/entry.h: where an entry shows, and the doors through which entries change: for kern/mem, and
 * for pages that change hands (kern/proc/carry.c). (lab 2)
 *
 * The loaded pmap shows in the window at PT_base, one other in the window at APT_base. Every entry changes in one of
 * two doors: pmap_put for a page's entry, pmap_put_above for those above. Each stores, counts and flushes together, for
 * a store without its flush is the bug that shows weeks later. Those who rewrite a whole table at once (fork.c,
 * range.c, the end of an address space) say how they see to it.
 */
#ifndef KERN_MEM_ENTRY_H
#define KERN_MEM_ENTRY_H

#include <mem/pmap.h>
#include <mem/shared.h>

/* [helpers of lab 2] Your own functions for this file. */
/* [end of helpers] */

/* The window in which this pmap's entries show. */
static inline vaddr_t window(struct pmap *pmap)
{
	if (pmap == this_cpu()->pmap || !guard(16))
		return PT_base;
	if (pmap != this_cpu()->alt)
		panic("pmap %p: neither loaded nor open in the second window", pmap);
	return APT_base;
}

/* The entry that va's walk reads at this level: 1 is the page's, MMU_LEVELS the directory's. */
static inline volatile pte_t *entry(struct pmap *pmap, unsigned level, vaddr_t va)
{
	/*
	 * [lab 2.1, 3 points] With entry_of(), for any number of levels. A table is a page, too, and what names it is
	 * its page-table entry, seen as data: that is the whole of the self-map. window(pmap) is where the page's own
	 * entry shows. Mind the levels above, when that is the second window: its tables are pages of which address
	 * space, and in which window do their entries show?
	 */
	vaddr_t at = entry_of(window(pmap), va);
	while (--level > 0)
		at = entry_of(PT_base, at);
	return (volatile pte_t *)at;
	/* [end of lab 2.1] */
}

/* The frame of the table (or the directory) in which that entry stands. */
static inline struct frame *table_of(struct pmap *pmap, unsigned level, vaddr_t va)
{
	return frame_of(level == MMU_LEVELS ? pmap->directory : pte_addr(*entry(pmap, level + 1, va)));
}

static inline unsigned index_of(unsigned level, vaddr_t va)
{
	return va >> (PAGE_SHIFT + (level - 1) * MMU_INDEX_BITS) & (ENTRIES - 1);
}

static inline pte_t exchange(volatile pte_t *entry, pte_t value)
{
	return pte_exchange(entry, value);
}

/* An entry's record in its table's (or directory's) frame: how many say something, and where they stand. */
static inline void count_in(struct frame *table, unsigned index)
{
	if (table->used++ == 0) {
		table->low = table->high = index;
		return;
	}
	if (index < table->low)
		table->low = index;
	if (index > table->high)
		table->high = index;
}

/* Bytes that an entry at this level stands for. */
static inline uint32_t span_of(unsigned level)
{
	return 1u << (PAGE_SHIFT + (level - 1) * MMU_INDEX_BITS);
}

/*
 * What holds a reference: a page's frame, or the mapping that an entry of kind object names. One more entry says the
 * same (false: of a frame, and too many do); or one that said so is gone, and flushed.
 */
static inline bool pte_hold(pte_t e)
{
	if (pte_present(e) || pte_kind(e) == PTE_HELD)
		return frame_ref(pte_addr(e));
	if (pte_kind(e) == PTE_OBJECT)
		mapping_ref(pte_payload(e), 1);
	return true;
}
static inline void pte_drop(pte_t e)
{
	if (pte_present(e) || pte_kind(e) == PTE_HELD)
		frame_unref(pte_addr(e));
	else if (pte_kind(e) == PTE_OBJECT)
		mapping_unref(pte_payload(e), 1);
}

/*
 * What the tables say of va's page: its entry or, where the walk ends above it, the entry there: an absent one above
 * stands for all pages below it. User pages only.
 */
pte_t pmap_says(struct pmap *pmap, vaddr_t va);

/* The doors. What va's tables are, they must be: pmap_put needs the table. Each returns what stood there. */
pte_t pmap_put(struct pmap *pmap, vaddr_t va, pte_t value);
pte_t pmap_put_above(struct pmap *pmap, unsigned level, vaddr_t va, pte_t value);
/*
 * Give va's walk its tables, down to the page's. An absent entry that stood for many pages is handed on to each of
 * theirs. PMAP_ENOMEM: nothing has changed.
 */
enum pmap_error pmap_make_tables(struct pmap *pmap, vaddr_t va);
/* For one that is known to be empty: a table of the level below. False: no frame. */
bool pmap_make_table(struct pmap *pmap, unsigned level, vaddr_t va);
/* Empty the table that the entry at this level names, without flushing its pages, and free it. */
void pmap_empty_table(struct pmap *pmap, unsigned level, vaddr_t va);
/* The entry that says the same as old, under another protection. */
pte_t pmap_reprotected(pte_t old, unsigned prot);

#endif
