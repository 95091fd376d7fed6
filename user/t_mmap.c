/* user/t_mmap.c: tests mmap, munmap, mprotect, brk and sbrk: where things go, what stays, what is refused. (lab 4) */
#include "test.h"
#include <sys/mman.h>

#define AREA 0x20000000u
#define RW (PROT_READ | PROT_WRITE)
#define PRIVATE (MAP_PRIVATE | MAP_ANONYMOUS)
#define P(va) ((char *)(uintptr_t)(va))

static char *map(void *hint, size_t bytes, int prot, int flags)
{
	return mmap(hint, bytes, prot, flags, -1, 0);
}

static uint32_t entry(const volatile void *p)
{
	return entry_present(uvpd[PDX(p)]) ? uvpt[VPN(p)] : uvpd[PDX(p)];
}

static void check_places(void)
{
	char *first = map(NULL, 3 * PAGE_SIZE, RW, PRIVATE), *second = map(NULL, 1, RW, PRIVATE);

	CHECK(first != MAP_FAILED && second != MAP_FAILED && (uint32_t)first % PAGE_SIZE == 0);
	CHECK(second + PAGE_SIZE <= first || second >= first + 3 * PAGE_SIZE);
	first[3 * PAGE_SIZE - 1] = 1;
	CHECK_IS(munmap(first + PAGE_SIZE, PAGE_SIZE), 0);
	CHECK_IS(entry(first + PAGE_SIZE), 0);
	CHECK_IS(first[3 * PAGE_SIZE - 1], 1);
	CHECK(map(NULL, PAGE_SIZE, RW, PRIVATE) == first + PAGE_SIZE); /* the hole just fits */
	CHECK_IS(munmap(first, 3 * PAGE_SIZE), 0);
	CHECK_IS(munmap(first, 3 * PAGE_SIZE), 0); /* holes are no error */
	CHECK_IS(munmap(second, 1), 0);
	CHECK(map(P(AREA + 123), PAGE_SIZE, RW, PRIVATE) == P(AREA)); /* a hint that is free */
	CHECK(map(P(AREA), PAGE_SIZE, RW, PRIVATE) != P(AREA));       /* and one that is taken */
	P(AREA)[0] = 7;
	CHECK(map(P(AREA), PAGE_SIZE, RW, PRIVATE | MAP_FIXED) == P(AREA));
	CHECK_IS(P(AREA)[0], 0);
	CHECK_IS(munmap(P(AREA), PAGE_SIZE), 0);
}

static void check_refused(void)
{
	const int fixed = PRIVATE | MAP_FIXED;

	CHECK_ERROR(map(NULL, 0, RW, PRIVATE), EINVAL);
	CHECK_ERROR(map(NULL, PAGE_SIZE, 8, PRIVATE), EINVAL);
	CHECK_ERROR(map(NULL, PAGE_SIZE, RW, MAP_ANONYMOUS), EINVAL);
	CHECK_ERROR(map(NULL, PAGE_SIZE, RW, PRIVATE | MAP_SHARED), EINVAL);
	CHECK_ERROR(map(NULL, PAGE_SIZE, RW, MAP_PRIVATE), EINVAL);
	CHECK_ERROR(map(NULL, PAGE_SIZE, RW, PRIVATE | 4), EINVAL);
	CHECK_ERROR(map(NULL, 0x7fffffff, RW, PRIVATE), ENOMEM);
	CHECK_ERROR(map(NULL, 0xffffffff, RW, PRIVATE), ENOMEM);
	CHECK_ERROR(map(NULL, 0, RW, fixed), EINVAL);
	CHECK_ERROR(map(P(AREA + 1), PAGE_SIZE, RW, fixed), EINVAL);
	CHECK_ERROR(map(P(UTOP), PAGE_SIZE, RW, fixed), EINVAL);
	CHECK_ERROR(map(P(UTOP - PAGE_SIZE), 2 * PAGE_SIZE, RW, fixed), EINVAL);
	CHECK_ERROR(map(P(PT_base), PAGE_SIZE, RW, fixed), EINVAL);
	CHECK_ERROR(munmap(P(AREA + 1), PAGE_SIZE), EINVAL);
	CHECK_ERROR(munmap(P(AREA), 0), EINVAL);
	CHECK_ERROR(munmap(P(0), PAGE_SIZE), EINVAL);
	CHECK_ERROR(munmap(P(AREA), 0xfffff000), EINVAL);
	CHECK_ERROR(mprotect(P(AREA), PAGE_SIZE, RW), ENOMEM);
	CHECK_ERROR(mprotect(P(AREA + 1), PAGE_SIZE, RW), EINVAL);
}

/* Present, demand and held pages in one range. */
static void check_protect(void)
{
	char *p = map(P(AREA), 4 * PAGE_SIZE, RW, PRIVATE);

	p[0] = 1;
	p[PAGE_SIZE] = 2;
	CHECK_IS(mprotect(p + PAGE_SIZE, PAGE_SIZE, PROT_NONE), 0);
	CHECK_IS(entry_kind(entry(p + PAGE_SIZE)), 4);
	CHECK_IS(mprotect(p, 4 * PAGE_SIZE, PROT_READ), 0);
	CHECK_IS(p[0] + p[PAGE_SIZE] * 10 + p[2 * PAGE_SIZE] * 100, 21);
	CHECK(!entry_stores(entry(p)) && !entry_stores(entry(p + PAGE_SIZE)));
	CHECK_IS(mprotect(p, 4 * PAGE_SIZE, PROT_NONE), 0);
	CHECK_IS(mprotect(p, 4 * PAGE_SIZE, RW), 0);
	p[3 * PAGE_SIZE] = 4;
	p[PAGE_SIZE]++;
	CHECK_IS(p[0] + p[PAGE_SIZE] * 10 + p[2 * PAGE_SIZE] * 100 + p[3 * PAGE_SIZE] * 1000, 4031);
	CHECK_IS(munmap(p, 4 * PAGE_SIZE), 0);
}

/* What was held over a fork is private still. */
static void check_held_over_fork(void)
{
	char *p = map(NULL, PAGE_SIZE, RW, PRIVATE);

	p[0] = 1;
	CHECK_IS(mprotect(p, PAGE_SIZE, PROT_NONE), 0);
	pid_t pid = fork();
	if (pid == 0) {
		mprotect(p, PAGE_SIZE, RW);
		p[0]++;
		_exit(p[0]);
	}
	int status;
	CHECK_IS(waitpid(pid, &status, 0), pid);
	CHECK_IS(status, STATUS_EXIT(2));
	CHECK_IS(mprotect(p, PAGE_SIZE, RW), 0);
	CHECK_IS(p[0], 1);
	CHECK_IS(munmap(p, PAGE_SIZE), 0);
}

static void check_brk(void)
{
	char *start = sbrk(0);

	CHECK(sbrk(100) == start && sbrk(0) == start + 100);
	start[99] = 1;
	CHECK_IS(brk(start + 3 * PAGE_SIZE), 0);
	start[3 * PAGE_SIZE - 1] = 2;
	CHECK_IS(start[99], 1);
	CHECK_IS(brk(start + 50), 0);
	CHECK_IS(entry(start + 2 * PAGE_SIZE), 0);
	CHECK(sbrk(3 * PAGE_SIZE) == start + 50);
	CHECK_IS(start[2 * PAGE_SIZE + 100], 0); /* fresh */
	CHECK_ERROR(brk(P(UTEXT)), EINVAL);
	CHECK_ERROR(brk(P(0)), EINVAL);
	CHECK_ERROR(brk(P(UTOP)), ENOMEM);
	CHECK_ERROR(brk(P(0xfffffff0)), ENOMEM);
	char *wall = (char *)(((uint32_t)sbrk(0) + 4 * PAGE_SIZE) & -PAGE_SIZE);
	CHECK(map(wall, PAGE_SIZE, RW, PRIVATE | MAP_FIXED) == wall);
	CHECK_ERROR(brk(wall + 1), ENOMEM);
	CHECK_IS(brk(wall), 0);
	CHECK_IS(munmap(wall, PAGE_SIZE), 0);
	CHECK_IS(brk(start), 0);
	CHECK(sbrk(0) == start);
	char *block = malloc(100);
	CHECK(block != NULL && sbrk(PAGE_SIZE + 3) != (void *)-1); /* somebody else takes some, and leaves it crooked */
	char *other = malloc(100000);
	CHECK(other != NULL && (uint32_t)other % 8 == 0);
	memset(other, 1, 100000);
	free(block);
	free(other);
}

int main(void)
{
	check_brk();
	check_places();
	check_refused();
	check_protect();
	check_held_over_fork();
	return test_end("mmap");
}
