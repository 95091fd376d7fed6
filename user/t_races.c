/* user/t_races.c: long calls on memory that give way to another thread, which maps, unmaps and protects the very same
 * range meanwhile: what comes out is either's, and the kernel's records agree. (lab 5)
 */
#include "test.h"
#include <probe.h>
#include <pthread.h>
#include <sys/mman.h>

#define AREA 0x20000000u
#define BYTES (2 * PDE_SPAN + PDE_SPAN / 2) /* the last table is only partly in it */
#define RW (PROT_READ | PROT_WRITE)
#define FIXED (MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED)

static void *map(uint32_t va, uint32_t bytes, int sort)
{
	return mmap((void *)va, bytes, RW, sort | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

static void touch(void)
{
	for (uint32_t va = AREA; va < AREA + BYTES; va += PAGE_SIZE)
		*(volatile uint32_t *)va = va;
}

/* What the other thread does whenever it has a turn. */
static void reserve(void) { map(AREA, 3 * PDE_SPAN, MAP_PRIVATE); }
static void reserve_shared(void) { map(AREA, 3 * PDE_SPAN, MAP_SHARED); }
static void unmap(void) { munmap((void *)AREA, 3 * PDE_SPAN); }
static void take_away(void) { mprotect((void *)AREA, BYTES, PROT_NONE); }
static void odd_pages(void) { map(AREA + 5 * PAGE_SIZE, BYTES - 9 * PAGE_SIZE, MAP_PRIVATE); }

static void (*volatile meanwhile)(void);
static volatile bool on = true;
static volatile uint32_t turns;

static void *other(void *unused)
{
	while (on) {
		if (meanwhile) {
			meanwhile();
			turns++;
		}
		yield();
	}
	return NULL;
}

/* The long calls. */
static void long_unmap(void) { munmap((void *)(AREA + PAGE_SIZE), BYTES - PAGE_SIZE); }
static void long_protect(void) { mprotect((void *)(AREA + PAGE_SIZE), BYTES - PAGE_SIZE, PROT_READ); }
static void long_map(void) { map(AREA + PAGE_SIZE, BYTES - PAGE_SIZE, MAP_PRIVATE); }
static void long_map_shared(void) { map(AREA + PAGE_SIZE, BYTES - PAGE_SIZE, MAP_SHARED); }
static void long_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	CHECK(pid > 0 && waitpid(pid, NULL, 0) == pid);
}

int main(void)
{
	void (*const calls[])(void) = { long_unmap, long_protect, long_map, long_map_shared, long_fork };
	void (*const others[])(void) = { reserve, reserve_shared, unmap, take_away, odd_pages };
	pthread_t thread;

	CHECK_IS(pthread_create(&thread, NULL, other, NULL), 0);
	for (unsigned c = 0; c < sizeof(calls) / sizeof(calls[0]); c++)
		for (unsigned o = 0; o < sizeof(others) / sizeof(others[0]); o++)
			for (int i = 0; i < 2; i++) {
				meanwhile = NULL;
				yield();
				CHECK(map(AREA, 3 * PDE_SPAN, MAP_PRIVATE) != MAP_FAILED);
				touch();
				meanwhile = others[o];
				calls[c]();
			}
	on = false;
	CHECK_IS(pthread_join(thread, NULL), 0);
	CHECK(turns > 50);
	return test_end("races");
}
