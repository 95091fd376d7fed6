/* inc/selfmap.h: where entries show, for programs and the kernel. Pure functions of unsigned 32-bit numbers, so the
 * host's unit tests run the very same code over all 1024 slots. (lab 2)
 *
 * A two-level table has a directory of 1024 entries, each naming a table of 1024 entries, each naming a page. Let one
 * directory entry, number t, name the directory itself. Then the 4 MB at PT_base = t << 22 show all tables side by
 * side: 2^20 entries in one array, indexed by page number. The directory, being "table t", stands in that array too.
 */
#ifndef INC_SELFMAP_H
#define INC_SELFMAP_H

#include <stdint.h>

#define PAGE_SHIFT 12
#define PAGE_SIZE (1u << PAGE_SHIFT)
#define PDE_SHIFT 22
#define PDE_SPAN (1u << PDE_SHIFT) /* bytes that one directory entry covers: 4 MB */
#define ENTRIES 1024u              /* entries in a table, and in the directory */

#define PDX(va) ((uint32_t)(va) >> PDE_SHIFT)
#define PTX(va) (((uint32_t)(va) >> PAGE_SHIFT) & (ENTRIES - 1))
#define VPN(va) ((uint32_t)(va) >> PAGE_SHIFT)

/* The slot: number of the directory entry that names the directory. */
#define SELFMAP_SLOT(pt_base) ((uint32_t)(pt_base) >> PDE_SHIFT)

/*
 * Addresses in the window, put together from what the hardware takes them apart into: index in the directory, index in
 * the table, offset in the page. The window shows table k at (slot)(k), and the directory is table number slot. (How the
 * kernel computes the same numbers, with shifts and sums only: kern/mem/formulas.h.)
 */
#define SELFMAP_ADDRESS(directory, table, offset) \
	((uint32_t)(directory) << PDE_SHIFT | (uint32_t)(table) << PAGE_SHIFT | (uint32_t)(offset))
/* Where the k-th page table shows. */
#define SELFMAP_TABLE(pt_base, k) SELFMAP_ADDRESS(SELFMAP_SLOT(pt_base), k, 0)
/* Where the directory shows. */
#define SELFMAP_PD_BASE(pt_base) SELFMAP_TABLE(pt_base, SELFMAP_SLOT(pt_base))
/* Where the page-table entry (PTE) of va shows, and its directory entry (PDE). */
#define SELFMAP_PTE_OF(pt_base, va) SELFMAP_ADDRESS(SELFMAP_SLOT(pt_base), PDX(va), 4 * PTX(va))
#define SELFMAP_PDE_OF(pt_base, va) SELFMAP_ADDRESS(SELFMAP_SLOT(pt_base), SELFMAP_SLOT(pt_base), 4 * PDX(va))
/* Where the self entry shows: the one address that is its own entry's address. */
#define SELFMAP_PDE_SELF(pt_base) SELFMAP_PDE_OF(pt_base, pt_base)
/* The page whose PTE shows at address pte: the last two digits, one place up. */
#define SELFMAP_PAGE_OF(pt_base, pte) \
	SELFMAP_ADDRESS(((uint32_t)(pte) - (uint32_t)(pt_base)) >> PAGE_SHIFT, ((uint32_t)(pte) & (PAGE_SIZE - 1)) >> 2, 0)

#endif
