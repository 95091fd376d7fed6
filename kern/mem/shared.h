/* kern/mem/shared.h: memory that several address spaces share: an object, whose pages are found by their number. (lab 4)
 *
 * An entry of kind object names a mapping; the mapping says which page of its object a virtual page is. Nothing here
 * knows who maps what: a mapping only counts the entries that name it. An entry that has got its page names the frame
 * instead. So when no entry names the mapping any more, nobody can ask for a page by its number, and the object ends;
 * those who have its pages keep them.
 */
#ifndef KERN_MEM_SHARED_H
#define KERN_MEM_SHARED_H

#include <arch/port.h>

/* A new object, whose page 0 is at va. The mapping's number, with one reference: the caller's. 0: no memory. */
uint32_t mapping_create(vaddr_t va);
void mapping_ref(uint32_t number, uint32_t entries);
void mapping_unref(uint32_t number, uint32_t entries);
/* The frame of va's page, all zero at first, with a reference for the caller. 0: no memory. */
paddr_t mapping_frame(uint32_t number, vaddr_t va);

/* For the audit. */
bool mapping_count_entry(uint32_t number); /* one entry names it. False: there is no such mapping */
unsigned mapping_audit(void (*count_page)(paddr_t pa, vaddr_t va)); /* calls for each frame held; how many are wrong. */

#endif
