/* user/bad_registers.c: forges the registers by which a careless kernel could be fooled, then faults and calls.
 * It breaks no rule: the process must live on and see the right results. (lab 3)
 *
 * MIPS: a nested miss of the refill handler is told by k0, which programs can set. i386: the segment registers.
 */
#include "bad.h"
#include <ouros.h>
#include <unistd.h>

#define PAGES 64

static volatile uint32_t area[PAGES][PAGE_SIZE / 4] __attribute__((aligned(4096))); /* all demand, at first */

static int failures;

static void check(const char *what, uint32_t forged, uint32_t got, uint32_t want)
{
	if (got == want)
		return;
	printf("FAIL: %s with 0x%08x forged gave 0x%08x, not 0x%08x\n", what, forged, got, want);
	failures++;
}

/* A first touch: alone in its pair of pages, then with a neighbour that is there. */
static void touch(uint32_t forged, unsigned page)
{
	check("first touch", forged, probe_forged_read(forged, area[page]), 0);
	area[page][0] = page;
	check("second touch", forged, probe_forged_read(forged, area[page]), page);
	check("neighbour's touch", forged, probe_forged_read(forged, area[page + 1]), 0);
	check("getpid", forged, probe_forged_getpid(forged), getpid());
}

int main(void)
{
	const uint32_t va = (uint32_t)area;
	const uint32_t forged[] = { PT_base, PD_base, PDE_self, SELFMAP_PTE_OF(PT_base, va),
		SELFMAP_PDE_OF(PT_base, va), SELFMAP_PTE_OF(PT_base, 0x30000000), APT_base, UPT_base,
		SELFMAP_PTE_OF(UPT_base, va), 0x80000000, 0xfffffffc };
	unsigned page = 0;

	for (unsigned i = 0; i < sizeof(forged) / sizeof(forged[0]); i++, page += 2)
		touch(forged[i], page);
	/* The forged value is the very address that faults, with and without a neighbour. */
	for (; page < PAGES; page += 2) {
		check("touch of itself", va, probe_forged_read((uint32_t)area[page], area[page]), 0);
		check("touch of itself", va, probe_forged_read((uint32_t)area[page + 1], area[page + 1]), 0);
	}
	if (!failures)
		puts("forged registers fooled nobody");
	return failures != 0;
}
