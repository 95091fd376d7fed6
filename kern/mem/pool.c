/* kern/mem/pool.c: small kernel objects of one size, carved out of frames. (lab 3) */
#include <mem/pool.h>
#include <mem/frame.h>
#include <core/core.h>
#include <core/list.h>
#include <string.h>

struct pool_object {
	struct pool_object *next;
};

struct pool_page { /* the start of each frame; objects follow */
	struct pool_page *next, **link; /* in the pool's list of pages with free objects; link is NULL for a full page */
	struct pool_object *free;
	uint32_t used;
};

static struct pool_page *new_page(struct pool *pool)
{
	paddr_t pa = frame_alloc(FRAME_KERNEL);
	if (!pa)
		return NULL;
	struct pool_page *page = frame_ptr(pa);
	page->free = NULL;
	page->used = 0;
	uint32_t first = ROUND_UP(sizeof(*page), 8);
	for (uint32_t at = first; at + pool->size <= PAGE_SIZE; at += pool->size) {
		struct pool_object *object = (struct pool_object *)((char *)page + at);
		object->next = page->free;
		page->free = object;
	}
	LIST_INSERT(&pool->partial, page, next, link);
	return page;
}

void *pool_alloc(struct pool *pool)
{
	struct pool_page *page = pool->partial ? pool->partial : new_page(pool);
	if (!page)
		return NULL;
	struct pool_object *object = page->free;
	page->free = object->next;
	page->used++;
	if (!page->free)
		LIST_REMOVE(page, next, link);
	return memset(object, 0, pool->size);
}

void pool_free(struct pool *pool, void *p)
{
	struct pool_page *page = (struct pool_page *)ROUND_DOWN((uintptr_t)p, PAGE_SIZE);
	struct pool_object *object = p;

	ASSERT(page->used > 0);
	object->next = page->free;
	page->free = object;
	if (!page->link)
		LIST_INSERT(&pool->partial, page, next, link);
	if (--page->used == 0) {
		LIST_REMOVE(page, next, link);
		frame_unref(frame_addr(page));
	}
}
