/* inc/selfmap.h: the self-map's arithmetic, and nothing else. Pure functions of unsigned 32-bit numbers, so the
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
/* Where the directory shows. The parentheses matter: in C, + binds tighter than >>. */
#define SELFMAP_PD_BASE(pt_base) ((uint32_t)(pt_base) + ((uint32_t)(pt_base) >> 10))
/* Where the self entry shows: the one address that is its own entry's address. */
#define SELFMAP_PDE_SELF(pt_base) \
	((uint32_t)(pt_base) + ((uint32_t)(pt_base) >> 10) + ((uint32_t)(pt_base) >> 20))
/* Where the page-table entry (PTE) of va shows. */
#define SELFMAP_PTE_OF(pt_base, va) ((uint32_t)(pt_base) + (VPN(va) << 2))
/* Where the directory entry (PDE) of va shows. */
#define SELFMAP_PDE_OF(pt_base, va) (SELFMAP_PD_BASE(pt_base) + (PDX(va) << 2))
/* Where the k-th page table shows. */
#define SELFMAP_TABLE(pt_base, k) ((uint32_t)(pt_base) + ((uint32_t)(k) << PAGE_SHIFT))
/* The page whose PTE shows at address pte. */
#define SELFMAP_PAGE_OF(pt_base, pte) ((((uint32_t)(pte) - (uint32_t)(pt_base)) >> 2) << PAGE_SHIFT)

#endif
