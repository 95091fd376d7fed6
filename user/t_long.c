/* user/t_long.c: tests that long calls give way: for how many instructions at most does one keep the CPU from a process
 * that is ready all the time? (lab 5)
 */
#include "test.h"
#include <probe.h>
#include <signal.h>
#include <sys/mman.h>

#define AREA 0x20000000u
#define BYTES (16u << 20) /* touched, all of it */
#define RW (PROT_READ | PROT_WRITE)
#define PRIVATE (MAP_PRIVATE | MAP_ANONYMOUS)
#define CALIBRATE 1000000u
#define LIMIT 200000u /* instructions: 1024 pages, as many as a table has, and some */

/* The two processes' blackboard. */
static struct board {
	volatile uint32_t again; /* measure anew */
	volatile uint32_t gap;   /* the longest time that the watcher did not run */
} *board;

static uint32_t calibrated;
static bool exact; /* time is counted in instructions (qemu -icount): else the host's turns are in it, too */

static uint32_t measure(void)
{
	uint32_t start = cycles();

	probe_loop(CALIBRATE / 2);
	return cycles() - start;
}

static void calibrate(void)
{
	yield(); /* a whole turn lies ahead */
	calibrated = measure();
	uint32_t again = measure();
	exact = again - calibrated + calibrated / 500 < calibrated / 250;
}

static void watch(void)
{
	uint32_t last = cycles();

	for (;;) {
		uint32_t now = cycles();

		if (board->again) {
			now = cycles(); /* it may have waited since the last look */
			board->gap = 0;
			board->again = 0;
		} else if (now - last > board->gap)
			board->gap = now - last;
		last = now;
	}
}

static void begin(void)
{
	board->again = 1;
	while (board->again)
		yield();
}

static void end(const char *what)
{
	yield();
	uint32_t instructions = (uint64_t)board->gap * CALIBRATE / calibrated;
	printf("%-24s %7u instructions at a stretch\n", what, instructions);
	CHECK(!exact || instructions < LIMIT || strcmp(what, "nothing") == 0);
}

/* A kernel that checks itself takes its time now and then, though nothing long goes on: it is not measured. */
static void see_what_is_usual(void)
{
	begin();
	for (int i = 0; i < 300; i++)
		yield();
	end("nothing");
	exact = exact && (uint64_t)board->gap * CALIBRATE / calibrated < LIMIT / 10;
}

static void touch(void)
{
	for (uint32_t va = AREA; va < AREA + BYTES; va += PAGE_SIZE)
		*(volatile uint32_t *)va = va;
}

static void map(void)
{
	CHECK_IS(page_map((void *)AREA, BYTES, RW), 0);
	touch();
}

static void exit_with_much(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		map();
		begin();
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	end("exit");
}

/* A fault's line, too, waits for nothing: the process goes in stretches as well. */
static void fork_with_much(void)
{
	begin();
	pid_t pid = fork();
	if (pid == 0)
		_exit(*(volatile uint32_t *)(AREA + BYTES - PAGE_SIZE) != AREA + BYTES - PAGE_SIZE);
	end("fork");
	int status;
	CHECK_IS(waitpid(pid, &status, 0), pid);
	CHECK_IS(status, 0);
}

static void map_much(void)
{
	char *where;

	begin();
	where = mmap(NULL, 1u << 30, RW, PRIVATE, -1, 0);
	end("mmap of 1 GB");
	CHECK(where != MAP_FAILED);
	begin();
	CHECK_IS(munmap(where, 1u << 30), 0);
	end("munmap of 1 GB");
}

int main(void)
{
	calibrate();
	board = mmap(NULL, PAGE_SIZE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t watcher = fork();
	if (watcher == 0)
		watch();
	see_what_is_usual();
	map_much();
	map();
	fork_with_much();
	touch();
	begin();
	CHECK_IS(page_protect((void *)AREA, BYTES, PROT_READ), 0);
	end("page_protect");
	CHECK_IS(*(volatile uint32_t *)(AREA + BYTES / 2), AREA + BYTES / 2);
	begin();
	CHECK(mmap((void *)AREA, BYTES, RW, PRIVATE | MAP_FIXED, -1, 0) == (void *)AREA);
	end("mmap over it");
	touch();
	begin();
	CHECK_IS(munmap((void *)AREA, BYTES), 0);
	end("munmap");
	CHECK_IS(uvpd[PDX(AREA)], 0);
	exit_with_much();
	kill(watcher, SIGKILL);
	waitpid(watcher, NULL, 0);
	return test_end("long");
}
