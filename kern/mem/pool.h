/* kern/mem/pool.h: small kernel objects of one size, carved out of frames. (lab 3) */
#ifndef KERN_MEM_POOL_H
#define KERN_MEM_POOL_H

#include <types.h>

struct pool_page;

struct pool {
	uint32_t size;             /* bytes of one object, a multiple of 8 */
	struct pool_page *partial; /* pages with free objects */
};

void *pool_alloc(struct pool *pool);           /* zeroed; NULL when there is no frame. O(1) */
void pool_free(struct pool *pool, void *object); /* a page whose objects are all free goes back to the frames */

#endif
