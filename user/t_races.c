/* user/t_races.c: long calls on memory that give way to another thread, which maps, unmaps and protects the very same
 * range meanwhile: what comes out is either's, and the kernel's records agree; and one that comes to no end. (lab 5)
 */
#include "test.h"
#include <probe.h>
#include <pthread.h>
#include <signal.h>
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

/* Ended in the middle of its fork, a process takes with it what is not a child yet. It gives way after so many pages. */
static void check_ended(unsigned turns_before)
{
	struct thread_info info;
	int ready[2];
	char c;

	CHECK_IS(pipe(ready), 0);
	pid_t pid = fork();
	if (pid == 0) {
		map(AREA, BYTES, MAP_PRIVATE);
		touch();
		write(ready[1], "x", 1);
		for (;;)
			long_fork();
	}
	CHECK_IS(read(ready[0], &c, 1), 1);
	for (unsigned i = 0; i < turns_before; i++)
		yield();
	CHECK_IS(kill(pid, SIGKILL), 0);
	CHECK_IS(waitpid(pid, NULL, 0), pid);
	close(ready[0]);
	close(ready[1]);
	usleep(30000); /* a child that was finished ends by itself */
	for (int tid = 0; (tid = thread_info(tid, &info)) > 0;)
		CHECK(info.pid <= getpid());
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
	for (unsigned i = 0; i < 8; i++)
		check_ended(i);
	return test_end("races");
}
