/* user/t_demand.c: tests demand-zero pages: nothing is there before the first touch, zeros at it. (lab 4) */
#include "test.h"

#define AREA 0x20000000u
#define PAGES 4096 /* 16 MB, of which few are touched */

static char bss[8 * PAGE_SIZE];

static uint32_t entry(const volatile void *p)
{
	return entry_present(uvpd[PDX(p)]) ? uvpt[VPN(p)] : uvpd[PDX(p)]; /* which may stand for all 4 MB */
}

static void check_touch(volatile uint32_t *p, bool write)
{
	CHECK(!entry_present(entry(p)));
	CHECK_IS(entry_kind(entry(p)), 1);
	CHECK_IS(entry_prot(entry(p)), PROT_READ | PROT_WRITE);
	if (write)
		*p = 7;
	CHECK_IS(*p, write ? 7 : 0);
	CHECK(entry_present(entry(p)));
	CHECK(entry_frame(entry(p)) != 0);
	for (unsigned i = write; i < PAGE_SIZE / 4; i++)
		if (p[i]) {
			printf("FAIL: word %u of a fresh page is 0x%08x\n", i, p[i]);
			test_failures++;
			break;
		}
}

/* Dirty pages go back and come again: each fresh one must have been cleared. */
static void check_reuse(void)
{
	for (int turn = 0; turn < 10; turn++) {
		volatile uint32_t *p = (volatile uint32_t *)AREA;

		CHECK_IS(page_map((void *)AREA, 16 * PAGE_SIZE, PROT_READ | PROT_WRITE), 0);
		for (unsigned i = 0; i < 16 * PAGE_SIZE / 4; i++) {
			if (p[i]) {
				CHECK_IS(p[i], 0);
				return;
			}
			p[i] = 0xdeadbeef;
		}
		CHECK_IS(page_unmap((void *)AREA, 16 * PAGE_SIZE), 0);
	}
}

/* A call may be the first to touch a page, as a source and as a target. */
static void check_through_calls(void)
{
	char *p = (char *)AREA;

	CHECK_IS(page_map(p, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE), 0);
	CHECK(program_name(0, p + PAGE_SIZE - 3, 32) > 0); /* lies across two pages */
	CHECK(p[PAGE_SIZE - 3] != 0);
	CHECK_IS(page_unmap(p, 2 * PAGE_SIZE), 0);
	CHECK_IS(page_map(p, PAGE_SIZE, PROT_READ), 0);
	CHECK_ERROR(spawn(p, NULL), ENOENT); /* reads an empty name off a page nobody has touched */
	CHECK_ERROR(program_name(0, p, 32), EFAULT);
	CHECK_IS(page_unmap(p, PAGE_SIZE), 0);
}

int main(void)
{
	volatile char deep[5 * PAGE_SIZE]; /* most of the stack */

	CHECK_IS(page_map((void *)AREA, PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE), 0);
	for (unsigned page = 0; page < PAGES; page += 97)
		check_touch((volatile uint32_t *)(AREA + page * PAGE_SIZE), page % 2);
	CHECK(!entry_present(entry((void *)(AREA + PAGE_SIZE)))); /* neighbours have not come along */
	CHECK_IS(page_unmap((void *)AREA, PAGES * PAGE_SIZE), 0);
	check_touch((volatile uint32_t *)(((uint32_t)bss + PAGE_SIZE - 1) & -PAGE_SIZE), false);
	deep[0] = 1;
	CHECK_IS(deep[0], 1);
	check_reuse();
	check_through_calls();
	return test_end("demand");
}
