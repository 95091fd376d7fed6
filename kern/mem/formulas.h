/* kern/mem/formulas.h: the self-map's four formulas: where entries show, computed with shifts and sums. (lab 2)
 *
 * All numbers are unsigned and have 32 bits. base is where a window begins: a multiple of 4 MB. The host's unit tests
 * compare these functions with inc/selfmap.h, and with walks by hand, in all 1024 slots.
 */
#ifndef KERN_MEM_FORMULAS_H
#define KERN_MEM_FORMULAS_H

#include <selfmap.h>

/* [helpers of lab 2] Your own functions for this file. */
/* [end of helpers] */

/* Where the page-table entry (PTE) of va shows in the window at base. f(va) in the text of the lab. */
static inline uint32_t entry_of(uint32_t base, uint32_t va)
{
	/*
	 * [lab 2.1, 2 points] The window is one array of 4-byte entries, indexed by page number, in ascending order. va
	 * may lie anywhere in its page; the result is a multiple of 4.
	 */
	return base + (va >> PAGE_SHIFT << 2);
	/* [end of lab 2.1] */
}

/* Where the directory shows in the window at base: the PTEs of the window's own pages. */
static inline uint32_t directory_of(uint32_t base)
{
	/*
	 * [lab 2.1, 2 points] PD_base. The directory is the table whose pages are the tables: entry_of() of what?
	 * Simplify it until one sum and one shift are left.
	 */
	return base + (base >> 10);
	/* [end of lab 2.1] */
}

/* Where the directory's entry for itself shows in the window at base. */
static inline uint32_t self_entry_of(uint32_t base)
{
	/*
	 * [lab 2.1, 1 point] PDE_self: the one address whose entry shows at that very address. One term more than the
	 * directory's.
	 */
	return base + (base >> 10) + (base >> 20);
	/* [end of lab 2.1] */
}

/* The page whose PTE shows at the address at, in the window at base. */
static inline uint32_t page_of(uint32_t base, uint32_t at)
{
	/*
	 * [lab 2.1, 1 point] The inverse of entry_of(): the address of a page's first byte. at may point to any byte of
	 * the entry.
	 */
	return (at - base) >> 2 << PAGE_SHIFT;
	/* [end of lab 2.1] */
}

#endif
