/* user/t_pages.c: tests page_map, page_unmap, page_protect: what they do, what they refuse, and that a failure changes
 * nothing. (lab 4) */
#include "test.h"

#define AREA 0x20000000u
#define RW (PROT_READ | PROT_WRITE)
#define P(va) ((void *)(uintptr_t)(va))

static volatile uint32_t *word(uint32_t va)
{
	return P(va);
}

static bool all_zero(uint32_t va, size_t bytes)
{
	for (size_t i = 0; i < bytes; i += 4)
		if (*word(va + i) != 0)
			return false;
	return true;
}

static void check_use(uint32_t va, size_t bytes)
{
	CHECK_IS(page_map(P(va), bytes, RW), 0);
	CHECK(all_zero(va, bytes));
	for (size_t i = 0; i < bytes; i += PAGE_SIZE)
		*word(va + i) = i + 1;
	for (size_t i = 0; i < bytes; i += PAGE_SIZE)
		CHECK_IS(*word(va + i), i + 1);
	CHECK_IS(page_unmap(P(va), bytes), 0);
	CHECK_IS(page_map(P(va), bytes, RW), 0);
	CHECK(all_zero(va, bytes)); /* new pages, not the old ones */
	CHECK_IS(page_unmap(P(va), bytes), 0);
}

static void check_refused(int (*call)(void *va, size_t bytes, int prot))
{
	static const struct {
		uint32_t va, bytes;
	} bad[] = {
		{ 0, PAGE_SIZE }, { AREA + 1, PAGE_SIZE }, { AREA + 2048, PAGE_SIZE }, { AREA, 0 }, { UTOP, PAGE_SIZE },
		{ UPT_base, PAGE_SIZE }, { UPD_base, PAGE_SIZE }, { UTOP - PAGE_SIZE, 2 * PAGE_SIZE },
		{ ULIM, PAGE_SIZE }, { KERNEL_BASE + 0x100000, PAGE_SIZE }, { PT_base, PAGE_SIZE },
		{ PD_base, PAGE_SIZE }, { APT_base, PAGE_SIZE },
		{ 0xfffff000, PAGE_SIZE }, { 0xfffff000, 2 * PAGE_SIZE }, { AREA, 0xfffff000 }, { AREA, 0x80000000 },
	};

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		errno = 0;
		if (call(P(bad[i].va), bad[i].bytes, RW) == -1 && errno == EINVAL)
			continue;
		printf("FAIL: 0x%08x, 0x%x bytes: %s, not EINVAL\n", bad[i].va, bad[i].bytes, strerror(errno));
		test_failures++;
	}
}

static int unmap(void *va, size_t bytes, int prot)
{
	return page_unmap(va, bytes);
}

/* The third page of five is in the way, or missing. */
static void check_all_or_nothing(void)
{
	CHECK_IS(page_map(P(AREA + 2 * PAGE_SIZE), PAGE_SIZE, RW), 0);
	*word(AREA + 2 * PAGE_SIZE) = 99;
	CHECK_ERROR(page_map(P(AREA), 5 * PAGE_SIZE, RW), EEXIST);
	CHECK_IS(*word(AREA + 2 * PAGE_SIZE), 99);
	CHECK_ERROR(page_unmap(P(AREA), PAGE_SIZE), ENOENT); /* what was mapped before the failure has gone again */
	CHECK_ERROR(page_unmap(P(AREA + PAGE_SIZE), 2 * PAGE_SIZE), ENOENT);
	CHECK_ERROR(page_unmap(P(AREA + 2 * PAGE_SIZE), 2 * PAGE_SIZE), ENOENT);
	CHECK_ERROR(page_protect(P(AREA + 2 * PAGE_SIZE), 2 * PAGE_SIZE, PROT_READ), ENOENT);
	*word(AREA + 2 * PAGE_SIZE) = 100; /* still there, still writable */
	CHECK_IS(page_unmap(P(AREA + 2 * PAGE_SIZE), PAGE_SIZE), 0);
	CHECK_ERROR(page_protect(P(AREA), PAGE_SIZE, RW), ENOENT);
	CHECK_ERROR(page_map(P(AREA), PAGE_SIZE, 8), EINVAL);
	CHECK_ERROR(page_map(P(UTEXT), PAGE_SIZE, RW), EEXIST);
}

static void check_protect(void)
{
	CHECK_IS(page_map(P(AREA), 2 * PAGE_SIZE, RW), 0);
	*word(AREA) = 5;
	CHECK_IS(page_protect(P(AREA), 2 * PAGE_SIZE, PROT_READ), 0); /* one page touched, one not */
	CHECK_IS(*word(AREA), 5);
	CHECK_IS(*word(AREA + PAGE_SIZE), 0);
	CHECK_IS(page_protect(P(AREA), PAGE_SIZE, PROT_NONE), 0);
	CHECK_IS(page_protect(P(AREA), PAGE_SIZE, RW), 0);
	CHECK_IS(*word(AREA), 5); /* the page has been kept */
	*word(AREA) = 6;
	CHECK_IS(page_unmap(P(AREA), 2 * PAGE_SIZE), 0);
}

/* Given to another address to be written there, a page that a child still shares on paper becomes the parent's own first. */
static void check_share_after_fork(void)
{
	int ends[2], status = -1;
	char c;

	CHECK_IS(page_map(P(AREA), PAGE_SIZE, RW), 0);
	*word(AREA) = 5;
	CHECK_IS(pipe(ends), 0);
	pid_t pid = fork();
	if (pid == 0) {
		CHECK_IS(read(ends[0], &c, 1), 1);
		_exit(*word(AREA) == 5 && test_failures == 0 ? 0 : 1);
	}
	CHECK_IS(page_share(0, P(AREA + PDE_SPAN), P(AREA), RW), 0);
	*word(AREA + PDE_SPAN) = 6;
	CHECK_IS(*word(AREA), 6);
	*word(AREA) = 7;
	CHECK_IS(*word(AREA + PDE_SPAN), 7);
	CHECK_IS(write(ends[1], "", 1), 1);
	CHECK_IS(waitpid(pid, &status, 0), pid);
	CHECK_IS(status, 0);
	close(ends[0]);
	close(ends[1]);
	CHECK_IS(page_unmap(P(AREA), PAGE_SIZE), 0);
	CHECK_IS(page_unmap(P(AREA + PDE_SPAN), PAGE_SIZE), 0);
}

/* What must end the process, each tried by a child of ours. */
static int die(int how)
{
	CHECK_IS(page_map(P(AREA), 2 * PAGE_SIZE, how == 4 ? PROT_READ : how == 5 ? PROT_NONE : RW), 0);
	switch (how) {
	case 0: *word(AREA) = 1; page_unmap(P(AREA), PAGE_SIZE); return *word(AREA);
	case 1: *word(AREA) = 1; page_protect(P(AREA), PAGE_SIZE, PROT_READ); *word(AREA) = 2; return 0;
	case 2: *word(AREA) = 1; page_protect(P(AREA), PAGE_SIZE, PROT_NONE); return *word(AREA);
	case 3: page_protect(P(AREA), PAGE_SIZE, PROT_READ); *word(AREA) = 2; return 0;
	case 4: *word(AREA) = 1; return 0;
	case 5: return *word(AREA);
	case 6: return *word(AREA + 2 * PAGE_SIZE);
	case 7: return *word(AREA - 4);
	case 8: page_unmap(P(UTOP - PAGE_SIZE), PAGE_SIZE); return 0; /* its own stack */
	default: return 0;
	}
}

static void check_deaths(void)
{
	for (int how = 0; how <= 8; how++) {
		char number[12];

		snprintf(number, sizeof(number), "%d", how);
		if (test_run("t_pages", number, NULL) != STATUS_KILLED) {
			printf("FAIL: case %d of die() did not end the process\n", how);
			test_failures++;
		}
	}
	CHECK_IS(test_run("t_pages", "9", NULL), 0); /* and without a mistake it lives */
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return die(atoi(argv[1]));
	check_use(AREA, PAGE_SIZE);
	check_use(AREA, 40 * PAGE_SIZE);
	check_use(AREA + PDE_SPAN - PAGE_SIZE, 2 * PAGE_SIZE); /* across two tables */
	check_use(AREA - PAGE_SIZE, 3 * PAGE_SIZE);
	check_use(PAGE_SIZE, PAGE_SIZE); /* the first page there is */
	check_use(UTOP - 100 * PAGE_SIZE, PAGE_SIZE);
	check_refused(page_map);
	check_refused(unmap);
	check_refused(page_protect);
	check_all_or_nothing();
	check_protect();
	check_share_after_fork();
	check_deaths();
	return test_end("pages");
}
