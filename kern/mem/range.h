/* kern/mem/range.h: operations over ranges of addresses: one step for each 4 MB that have no table. (lab 4)
 *
 * [va, end) are user pages of the loaded pmap. 4 MB on a directory entry's border that say the same throughout take the
 * directory's entry only, and no table: see pmap_put_above.
 */
#ifndef KERN_MEM_RANGE_H
#define KERN_MEM_RANGE_H

#include <mem/pmap.h>

bool range_is_free(vaddr_t va, vaddr_t end);   /* is no page mapped? */
bool range_is_mapped(vaddr_t va, vaddr_t end); /* is every page? */
/* The highest free range of so many bytes, whole pages, in [low, high), at a multiple of align. 0: there is none. */
vaddr_t range_find(vaddr_t low, vaddr_t high, uint32_t bytes, uint32_t align);

/*
 * Make [va, end) separable from what lies around it, and, when it is to be filled, give its ends tables. After that the
 * next two need no memory. PMAP_ENOMEM: nothing has changed.
 */
enum pmap_error range_prepare(vaddr_t va, vaddr_t end, bool fill);
/*
 * Let every page say value: nothing, demand, or a mapping (to which each entry adds a reference). What was there goes.
 * Both stop early when they have done enough for one stretch: the result is where; go on from there.
 */
vaddr_t range_set(vaddr_t va, vaddr_t end, pte_t value);
vaddr_t range_protect(vaddr_t va, vaddr_t end, unsigned prot); /* of the pages that are mapped */

#endif
