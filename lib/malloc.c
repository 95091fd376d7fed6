/* lib/malloc.c: the heap. First fit in a list of free blocks, sorted by address, neighbours joined. (lab 3)
 * The heap grows at the process' end of memory (sbrk), which others may move, too; it never shrinks.
 */
#include "lock.h"
#include <errno.h>
#include <memlayout.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <types.h>
#include <unistd.h>

/* Stands before every block, used or free. */
struct block {
	size_t size;        /* bytes, this header included; a multiple of UNIT */
	struct block *next; /* free: the next free block by address */
} __attribute__((aligned(8)));

#define UNIT sizeof(struct block)
#define GROW (16 * PAGE_SIZE) /* pages cost nothing before they are touched */

static struct block *free_list;
struct lock __heap_lock;

static char *block_end(struct block *b)
{
	return (char *)b + b->size;
}

static void insert(struct block *b)
{
	struct block **link = &free_list, *before = NULL;

	while (*link && *link < b) {
		before = *link;
		link = &before->next;
	}
	b->next = *link;
	*link = b;
	if (b->next && block_end(b) == (char *)b->next) {
		b->size += b->next->size;
		b->next = b->next->next;
	}
	if (before && block_end(before) == (char *)b) {
		before->size += b->size;
		before->next = b->next;
	}
}

static bool grow(size_t size)
{
	size_t bytes = ROUND_UP(size, GROW);
	uintptr_t top = (uintptr_t)sbrk(0), start = ROUND_UP(top, UNIT); /* whoever moved it may have left it anywhere */
	struct block *b = (struct block *)start;

	if (bytes < size || (intptr_t)bytes < 0 || sbrk(start - top + bytes) == (void *)-1)
		return false;
	b->size = bytes;
	insert(b);
	return true;
}

/*
 * Takes a free block out of the list; of a larger one the first size bytes: what is left then lies below the heap's end
 * and joins with the next growth, so that a program which only allocates has a list of one block.
 */
static struct block *take(size_t size)
{
	for (struct block **link = &free_list; *link; link = &(*link)->next) {
		struct block *b = *link;

		if (b->size < size)
			continue;
		*link = b->next;
		if (b->size > size) {
			struct block *rest = (struct block *)((char *)b + size);

			*rest = (struct block){ b->size - size, b->next };
			*link = rest;
			b->size = size;
		}
		return b;
	}
	return NULL;
}

void *malloc(size_t bytes)
{
	size_t size = ROUND_UP(bytes, UNIT) + UNIT;
	struct block *b = NULL;

	lock(&__heap_lock);
	if (size > bytes && !(b = take(size)) && grow(size))
		b = take(size);
	unlock(&__heap_lock);
	if (b)
		return b + 1;
	errno = ENOMEM;
	return NULL;
}

void free(void *p)
{
	if (!p)
		return;
	lock(&__heap_lock);
	insert((struct block *)p - 1);
	unlock(&__heap_lock);
}

void *calloc(size_t n, size_t bytes)
{
	size_t total;
	void *p;

	if (__builtin_mul_overflow(n, bytes, &total)) {
		errno = ENOMEM;
		return NULL;
	}
	p = malloc(total);
	return p ? memset(p, 0, total) : NULL;
}

void *realloc(void *p, size_t bytes)
{
	size_t had = p ? ((struct block *)p - 1)->size - UNIT : 0;
	void *to;

	if (p && bytes <= had && bytes >= had / 2)
		return p;
	to = malloc(bytes);
	if (!to)
		return NULL;
	memcpy(to, p, MIN(had, bytes));
	free(p);
	return to;
}

void *reallocarray(void *p, size_t n, size_t bytes)
{
	size_t total;

	if (__builtin_mul_overflow(n, bytes, &total)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(p, total);
}
