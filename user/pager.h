/* user/pager.h: for the t_pager_* programs: a region whose pages the program itself brings in, at their first touch. (lab 4) */
#ifndef USER_PAGER_H
#define USER_PAGER_H

#include "test.h"

#define LAZY 0x60000000u
#define LAZY_PAGES 16
#define RW (PROT_READ | PROT_WRITE)

static char lazy_stack[4 * PAGE_SIZE];
static char lazy_store[LAZY_PAGES][PAGE_SIZE]; /* what the pages will hold */
static volatile int faults;                    /* so many have been brought in, or asked for */
static volatile bool mend = true;

static void bring_in(siginfo_t *fault, struct context *context)
{
	uint32_t page = (uint32_t)fault->si_addr & ~(PAGE_SIZE - 1), n = (page - LAZY) / PAGE_SIZE;

	if (n >= LAZY_PAGES)
		return;
	faults++;
	if (!mend)
		return;
	page_map((void *)page, PAGE_SIZE, RW);
	memcpy((void *)page, lazy_store[n], PAGE_SIZE);
}

/* All pages are gone again. */
static inline void forget(void)
{
	for (uint32_t va = LAZY; va < LAZY + LAZY_PAGES * PAGE_SIZE; va += PAGE_SIZE)
		if (entry_present(uvpd[PDX(va)]) && (entry_present(uvpt[VPN(va)]) || entry_kind(uvpt[VPN(va)])))
			page_unmap((void *)va, PAGE_SIZE);
	faults = 0;
}

/* n bytes like these, in the region: the first half at one page's end, the rest on the next, none of them there yet. */
static inline void *lazy(const void *bytes, size_t n)
{
	uint32_t offset = (PAGE_SIZE - (n + 1) / 2) & ~3u;

	forget();
	memset(lazy_store, 0, sizeof(lazy_store));
	if (bytes)
		memcpy(lazy_store[0] + offset, bytes, n);
	return (void *)(LAZY + offset);
}

#endif
