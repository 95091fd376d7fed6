/* user/layout.c: maps pages of every kind, says where, and waits for Enter: something to look at from outside. (lab 2) */
#include <ouros.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define RW (PROT_READ | PROT_WRITE)

static uint32_t initialised[3 * PAGE_SIZE / 4] = { 1 }; /* in the file: shared with the archive until written */

static volatile uint32_t *at(uint32_t va)
{
	return (volatile uint32_t *)va;
}

/* Pages va.., the first `touched` of them written to. */
static void map(uint32_t va, unsigned pages, unsigned touched, const char *what)
{
	if (page_map((void *)va, pages * PAGE_SIZE, RW) < 0) {
		perror("layout: page_map");
		exit(1);
	}
	for (unsigned i = 0; i < touched; i++)
		*at(va + i * PAGE_SIZE) = va + i;
	printf("  0x%08x %4u pages, %3u touched: %s\n", va, pages, touched, what);
}

static void map_protected(uint32_t va, int prot, const char *what)
{
	map(va, 1, 1, what);
	if (page_protect((void *)va, PAGE_SIZE, prot) < 0) {
		perror("layout: page_protect");
		exit(1);
	}
}

int main(void)
{
	map(0x10000000, 5, 3, "read and write");
	map_protected(0x10008000, PROT_READ, "read-only");
	map_protected(0x10009000, PROT_READ | PROT_EXEC, "to execute");
	map_protected(0x1000a000, PROT_NONE, "out of reach, contents kept");
	map(0x10bff000, 2, 2, "the last entry of one table, the first of the next");
	for (unsigned i = 0; i < 8; i++)
		map(0x20000000 + i * (PDE_SPAN + 7 * PAGE_SIZE), 1, 1, "a table of its own");
	map(0x30000000, 300, 0, "on demand");
	map(0x40000000, 64, 64, "many");
	if (mmap((void *)0x50000000, 2 * PDE_SPAN, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		perror("layout: mmap");
	printf("  0x50000000 %4lu pages: reserved, without tables\n", 2ul * PDE_SPAN / PAGE_SIZE);
	initialised[PAGE_SIZE / 4] += initialised[0] + initialised[2 * PAGE_SIZE / 4]; /* read, written, read */
	printf("layout: ready; press Enter\n");
	getchar();
	return 0;
}
