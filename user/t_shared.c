/* user/t_shared.c: tests shared memory: mapped, forked, then touched: one page for all. (lab 4) */
#include "test.h"
#include <sys/mman.h>

#define RW (PROT_READ | PROT_WRITE)
#define SHARED (MAP_SHARED | MAP_ANONYMOUS)
#define BIG (64u << 20) /* more than there is */

static volatile uint32_t *share(size_t bytes)
{
	void *p = mmap(NULL, bytes, RW, SHARED, -1, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

static void join(pid_t pid)
{
	int status = -1;

	CHECK_IS(waitpid(pid, &status, 0), pid);
	CHECK_IS(status, 0);
}

#define IN_CHILD(...)                    \
	do {                             \
		pid_t pid_ = fork();     \
		if (pid_ == 0) {         \
			__VA_ARGS__;     \
			_exit(test_failures); \
		}                        \
		join(pid_);              \
	} while (0)

/* The child touches it first, the parent, both, neither; through a grandchild, too. */
static void check_touch_after_fork(void)
{
	volatile uint32_t *p = share(5 * PAGE_SIZE);
	const unsigned page = PAGE_SIZE / 4;

	p[page] = 1; /* before */
	IN_CHILD(p[0] = 42; p[page]++; CHECK_IS(p[2 * page], 0); IN_CHILD(p[3 * page] = 9));
	CHECK_IS(p[0], 42);
	CHECK_IS(p[page], 2);
	CHECK_IS(p[2 * page], 0);
	CHECK_IS(p[3 * page], 9);
	IN_CHILD(CHECK_IS(p[0], 42); CHECK_IS(p[4 * page], 0); p[4 * page] = 5);
	CHECK_IS(p[4 * page], 5);
	CHECK_IS(munmap((void *)p, 5 * PAGE_SIZE), 0);
}

/* Both at once, on the same word, unmapped by one in between. */
static void check_unmap_and_protect(void)
{
	volatile uint32_t *p = share(3 * PAGE_SIZE);
	const unsigned page = PAGE_SIZE / 4;

	IN_CHILD(p[0] = 1; munmap((void *)p, 3 * PAGE_SIZE));
	CHECK_IS(p[0], 1);
	IN_CHILD(CHECK_IS(p[0], 1); munmap((void *)(p + page), PAGE_SIZE); p[2 * page] = 3);
	CHECK_IS(p[2 * page], 3);
	CHECK_IS(mprotect((void *)p, 3 * PAGE_SIZE, PROT_NONE), 0);
	IN_CHILD(CHECK_IS(mprotect((void *)p, 3 * PAGE_SIZE, RW), 0); p[0]++; p[page] = 7);
	CHECK_IS(mprotect((void *)p, 3 * PAGE_SIZE, PROT_READ), 0);
	CHECK_IS(p[0], 2);
	CHECK_IS(p[page], 7);
	IN_CHILD(CHECK_IS(mprotect((void *)p, PAGE_SIZE, RW), 0); p[0]++);
	CHECK_IS(p[0], 3);
	CHECK_IS(munmap((void *)p, 3 * PAGE_SIZE), 0);
}

/* A large object, whole entries of the directory; few pages of it are touched. */
static void check_large(void)
{
	volatile uint32_t *p = share(BIG);

	for (uint32_t at = 0; at < BIG / 4; at += 5 * PDE_SPAN / 4 + 1024)
		IN_CHILD(CHECK_IS(p[at], 0); p[at] = at + 1);
	for (uint32_t at = 0; at < BIG / 4; at += 5 * PDE_SPAN / 4 + 1024)
		CHECK_IS(p[at], at + 1);
	CHECK_IS(munmap((void *)(p + 1024), BIG - 2 * PAGE_SIZE), 0);
	IN_CHILD(p[BIG / 4 - 1] = 4);
	CHECK_IS(p[BIG / 4 - 1], 4);
	CHECK_IS(munmap((void *)p, BIG), 0);
}

/* Two objects at once are two. A private page beside them stays private. */
static void check_apart(void)
{
	volatile uint32_t *a = share(PAGE_SIZE), *b = share(PAGE_SIZE), *c = mmap(NULL, PAGE_SIZE, RW,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	IN_CHILD(a[0] = 1; b[0] = 2; c[0] = 3);
	CHECK_IS(a[0], 1);
	CHECK_IS(b[0], 2);
	CHECK_IS(c[0], 0);
	munmap((void *)a, PAGE_SIZE);
	munmap((void *)b, PAGE_SIZE);
	munmap((void *)c, PAGE_SIZE);
}

/* Calls reach what nobody has touched, as a source and as a target. */
static void check_calls(void)
{
	char *p = (char *)share(2 * PAGE_SIZE);

	IN_CHILD(CHECK(program_name(0, p + PAGE_SIZE - 3, 32) > 3));
	CHECK(p[PAGE_SIZE - 1] != 0 && p[PAGE_SIZE] != 0);
	CHECK_IS(munmap(p, 2 * PAGE_SIZE), 0);
}

/* Objects come and go by the thousand; so do mappings that nobody touches. */
static void check_many(void)
{
	for (int turn = 0; turn < 3; turn++) {
		volatile uint32_t *p[64];

		for (unsigned i = 0; i < 64; i++)
			p[i] = share(PAGE_SIZE * (i % 3 + 1));
		IN_CHILD(for (unsigned i = 0; i < 64; i += 2) p[i][0] = i);
		for (unsigned i = 0; i < 64; i++) {
			CHECK_IS(p[i][0], i % 2 ? 0 : i);
			CHECK_IS(munmap((void *)p[i], PAGE_SIZE * (i % 3 + 1)), 0);
		}
	}
	for (int i = 0; i < 5000; i++)
		CHECK_IS(munmap((void *)share(PAGE_SIZE), PAGE_SIZE), 0);
}

#define AREA_PAGES 5000u

/* One word of each page that check_crowded looks at; seed is its area's. */
static void each_page(volatile uint32_t *area, uint32_t seed, bool write)
{
	static const uint32_t pages[] = { 0, 1, 1614, 1615, 1616, 2480, 2481, 2482, 4095, 4096, 4097 };

	for (unsigned i = 0; i < sizeof(pages) / sizeof(*pages); i++)
		if (write)
			area[pages[i] * (PAGE_SIZE / 4)] = seed + i;
		else
			CHECK_IS(area[pages[i] * (PAGE_SIZE / 4)], seed + i);
}

/* Pages that the kernel's table keeps in one place: far apart in one area, and of two areas. All are found by a process
 * that was there before them, and those of one area outlive the other.
 */
static void check_crowded(void)
{
	volatile uint32_t *a = share(AREA_PAGES * PAGE_SIZE), *b = share(AREA_PAGES * PAGE_SIZE);
	volatile uint32_t *turn = share(PAGE_SIZE);
	pid_t pid = fork();

	if (pid == 0) {
		while (!*turn)
			yield();
		each_page(a, 100, false);
		CHECK_IS(munmap((void *)a, AREA_PAGES * PAGE_SIZE), 0);
		*turn = 2;
		while (*turn == 2)
			yield();
		each_page(b, 200, false);
		_exit(test_failures);
	}
	each_page(a, 100, true);
	each_page(b, 200, true);
	*turn = 1;
	while (*turn == 1)
		yield();
	CHECK_IS(munmap((void *)a, AREA_PAGES * PAGE_SIZE), 0);
	*turn = 3;
	join(pid);
	each_page(b, 200, false);
	CHECK_IS(munmap((void *)b, AREA_PAGES * PAGE_SIZE), 0);
	CHECK_IS(munmap((void *)turn, PAGE_SIZE), 0);
}

int main(void)
{
	check_crowded();
	check_touch_after_fork();
	check_unmap_and_protect();
	check_large();
	check_apart();
	check_calls();
	check_many();
	return test_end("shared");
}
