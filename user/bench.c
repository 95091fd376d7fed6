/* user/bench.c: how many instructions the basic operations take. One line each: bench KEY NUMBER. (lab 5)
 * The numbers mean instructions only when the emulator counts them: qemu -icount shift=0, as `make bench` does.
 */
#include <ouros.h>
#include <probe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define AREA 0x20000000u
#define RW (PROT_READ | PROT_WRITE)
#define CALIBRATE 5000000u /* instructions */

static uint32_t calibrated; /* counts for CALIBRATE instructions */

static uint32_t instructions(uint32_t counts)
{
	return (uint64_t)counts * CALIBRATE / calibrated;
}

static void calibrate(void)
{
	uint32_t start = cycles();

	probe_loop(CALIBRATE / 2);
	calibrated = cycles() - start;
}

/* Tenths: a refill takes few instructions. */
static void report(const char *key, uint32_t counts, uint32_t operations)
{
	uint32_t tenths = ((uint64_t)instructions(counts) * 10 + operations / 2) / operations;

	printf("bench %s %u.%u\n", key, tenths / 10, tenths % 10);
}

static void bench_boot(uint32_t counts)
{
	uint32_t thousands = instructions(counts) / 1000;

	printf("bench boot_minsn %u.%03u\n", thousands / 1000, thousands % 1000);
}

static void bench_null_syscall(void)
{
	const unsigned n = 10000;
	uint32_t start = cycles();

	for (unsigned i = 0; i < n; i++)
		getpid();
	report("null_syscall", cycles() - start, n);
}

/* The partner gives way until it is ended by its count, which is higher than ours. */
#define YIELDS 5000

static int be_partner(void)
{
	for (unsigned i = 0; i < YIELDS + 100; i++)
		yield();
	return 0;
}

static void bench_yield(const char *key)
{
	pid_t pid = spawn("bench", (char *[]){ "bench", "partner", NULL });
	uint32_t start;

	for (int i = 0; i < 10; i++)
		yield();
	start = cycles();
	for (unsigned i = 0; i < YIELDS; i++)
		yield();
	report(key, cycles() - start, YIELDS);
	waitpid(pid, NULL, 0);
}

/* The same beside 200 other processes: half of them wait, half are ready to run, with a lower priority. */
static void bench_yield_in_a_crowd(void)
{
	static pid_t pids[200];
	const unsigned n = sizeof(pids) / sizeof(pids[0]);

	for (unsigned i = 0; i < n; i++) {
		pids[i] = fork();
		if (pids[i] < 0)
			exit(1);
		if (pids[i] == 0) {
			if (i % 2)
				sleep(1000000);
			set_priority(0, 6, 0);
			for (;;)
				probe_loop(1000);
		}
	}
	usleep(300000); /* all have come to where they stay */
	bench_yield("yield_pair_200");
	for (unsigned i = 0; i < n; i++)
		kill(pids[i], SIGKILL);
	for (unsigned i = 0; i < n; i++)
		waitpid(pids[i], NULL, 0);
}

/* One word of each page; so many turns. */
static uint32_t touch(uint32_t va, unsigned pages, unsigned stride, unsigned turns)
{
	uint32_t start;

	stride = OPAQUE(stride); /* the same loop for all: no constant is folded into it */
	start = cycles();
	for (unsigned t = 0; t < turns; t++)
		for (unsigned i = 0; i < pages; i++)
			(void)*(volatile uint32_t *)(va + i * stride);
	return cycles() - start;
}

static uint32_t touch_for_writing(unsigned pages)
{
	uint32_t start = cycles();

	for (unsigned i = 0; i < pages; i++)
		*(volatile uint32_t *)(AREA + i * PAGE_SIZE) = i;
	return cycles() - start;
}

static void bench_fresh_page(void)
{
	const unsigned pages = 256;
	uint32_t first, second;

	if (page_map((void *)AREA, pages * PAGE_SIZE, RW) < 0)
		exit(1);
	first = touch(AREA, pages, PAGE_SIZE, 1);
	second = touch(AREA, pages, PAGE_SIZE, 1);
	report("fresh_page", first - second, pages);
	page_unmap((void *)AREA, pages * PAGE_SIZE);
}

/* A page at every stride. */
static void map_pages(uint32_t va, unsigned pages, unsigned stride)
{
	for (unsigned i = 0; i < pages; i++)
		if (page_map((void *)(va + i * stride), PAGE_SIZE, RW) < 0)
			exit(1);
}

static void unmap_pages(uint32_t va, unsigned pages, unsigned stride)
{
	for (unsigned i = 0; i < pages; i++)
		page_unmap((void *)(va + i * stride), PAGE_SIZE);
}

/*
 * The same touches twice: of many more pages than the TLB holds, in turn, so that every one of them misses; and of one
 * page only. QEMU keeps the first 112 entries that drop out of the TLB after a switch or a fault, as if the TLB were
 * larger: junk takes these places.
 */
static void bench_refills(const char *key, unsigned pages, unsigned stride)
{
	const unsigned junk_pages = 250, turns = 40, pair = 2 * PAGE_SIZE;
	const uint32_t junk = AREA + PDE_SPAN / 2;
	uint32_t missing, hitting;

	map_pages(AREA, pages, stride);
	map_pages(junk, junk_pages, pair);
	touch(AREA, pages, stride, 1); /* brings them in */
	touch(junk, junk_pages, pair, 1);
	touch(junk, junk_pages, pair, 1);
	missing = touch(AREA, pages, stride, turns);
	hitting = touch(AREA, pages, 0, turns);
	report(key, missing - hitting, pages * turns);
	unmap_pages(AREA, pages, stride);
	unmap_pages(junk, junk_pages, pair);
}

/*
 * Junk and pages out of one table: the table's own page is among what QEMU keeps, and each miss is one run of the
 * handler. Each page out of another table: the handler's loads miss in turn, each time.
 */
static void bench_tlb_refill(void)
{
	bench_refills("tlb_refill", 256, 2 * PAGE_SIZE);
	bench_refills("tlb_refill_nested", 64, 2 * PDE_SPAN);
}

static void bench_spawn_wait(void)
{
	const unsigned n = 100;
	char *argv[] = { "true", NULL };
	uint32_t start = cycles();

	for (unsigned i = 0; i < n; i++)
		if (waitpid(spawn("true", argv), NULL, 0) < 0)
			exit(1);
	report("spawn_wait", cycles() - start, n);
}

static void bench_fork(void)
{
	const unsigned n = 100;
	uint32_t start = cycles();

	for (unsigned i = 0; i < n; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
	report("fork_exit_wait", cycles() - start, n);
}

static void bench_cow_fault(void)
{
	const unsigned pages = 128;
	uint32_t first, second;

	if (page_map((void *)AREA, pages * PAGE_SIZE, RW) < 0)
		exit(1);
	touch_for_writing(pages);
	pid_t pid = fork();
	if (pid == 0) {
		first = touch_for_writing(pages);
		second = touch_for_writing(pages);
		report("cow_fault", first - second, pages);
		exit(0);
	}
	waitpid(pid, NULL, 0);
	page_unmap((void *)AREA, pages * PAGE_SIZE);
}

/*
 * A server that answers each word with the next one, until that is 0; of a page, it gives back what it was given. The
 * client's page and the server's window are in tables that have other pages, too.
 */
#define CALLS 2000

static void be_server(int port)
{
	struct message m = { 0 };
	int kind = port_receive(port, &m, 0);

	while (kind >= 0 && ++m.word[0] != 0)
		kind = port_reply_receive(port | (kind & PORT_PAGES), &m);
	port_reply(0, &m);
}

/* Calls; word 2 comes back as it was. How long they take, or 0 when an answer is wrong. */
static uint32_t call_server(int right, int carries, uint32_t word)
{
	struct message m = { .word = { 7, 0, word } };
	uint32_t start = cycles();

	right |= carries;
	for (unsigned i = 0; i < CALLS; i++)
		if (port_call(right, &m) < 0)
			return 0;
	return m.word[0] == 7 + CALLS ? cycles() - start : 0;
}

static void bench_ports(void)
{
	int port = port_create(0), right = port_right(port, 1);
	uint32_t *page = (uint32_t *)AREA;
	pid_t pid;

	if (page_map(page, 2 * PAGE_SIZE, RW) < 0 || port_window(page, 1, 0) < 0 || (pid = fork()) < 0)
		exit(1);
	if (pid == 0) {
		port_window(page, 1, 0);
		be_server(port);
		exit(0);
	}
	*page = 0x900d;
	call_server(right, 0, 1);
	report("ipc_roundtrip", call_server(right, 0, 1), CALLS);
	report("ipc_page_roundtrip", call_server(right, PORT_PAGES, (uint32_t)page), CALLS);
	if (*page != 0x900d || port_call(right, &(struct message){ .word = { -1 } }) < 0)
		exit(1);
	page_unmap(page, 2 * PAGE_SIZE);
	waitpid(pid, NULL, 0);
}

/* One byte to a child and back, through two pipes; it ends when we close ours. */
static void bench_pipe_roundtrip(void)
{
	const unsigned n = 2000;
	int there[2], back[2];
	char byte = 1;
	uint32_t start = 0;

	if (pipe(there) < 0 || pipe(back) < 0)
		exit(1);
	if (fork() == 0) {
		close(there[1]);
		while (read(there[0], &byte, 1) == 1)
			write(back[1], &byte, 1);
		_exit(0);
	}
	for (unsigned i = 0; i < n + 10; i++) {
		if (i == 10)
			start = cycles(); /* all pages are there */
		write(there[1], &byte, 1);
		read(back[0], &byte, 1);
	}
	report("pipe_roundtrip", cycles() - start, n);
	for (int i = 0; i < 2; i++)
		close(there[i]), close(back[i]);
	wait(NULL);
}

/* A child writes 64 KB at a time, we read as much as comes. Both buffers stand at the beginning of a page. */
static void bench_pipe_bytes(void)
{
	const unsigned size = 64 * 1024, turns = 32;
	int fds[2];
	uint32_t start, bytes = 0;
	ssize_t got;

	if (page_map((void *)AREA, size, RW) < 0 || pipe(fds) < 0)
		exit(1);
	touch_for_writing(size / PAGE_SIZE);
	if (fork() == 0) {
		close(fds[0]);
		for (unsigned i = 0; i < turns; i++)
			write(fds[1], (void *)AREA, size);
		_exit(0);
	}
	close(fds[1]);
	touch_for_writing(size / PAGE_SIZE);
	start = cycles();
	while ((got = read(fds[0], (void *)AREA, size)) > 0)
		bytes += got;
	uint32_t thousands = instructions(cycles() - start) / 1000;
	close(fds[0]);
	wait(NULL);
	printf("bench pipe_bytes_per_kinsn %u\n", bytes == size * turns ? bytes / thousands : 0);
	page_unmap((void *)AREA, size);
}

int main(int argc, char **argv)
{
	uint32_t boot = cycles();

	if (argc > 1 && strcmp(argv[1], "partner") == 0)
		return be_partner();
	calibrate();
	bench_boot(boot);
	bench_fresh_page(); /* first: the tables of processes that have ended come back clean, and need no clearing */
	bench_null_syscall();
	bench_yield("yield_pair");
	bench_yield_in_a_crowd();
	bench_spawn_wait();
	bench_fork();
	bench_cow_fault();
	bench_ports();
	bench_pipe_roundtrip();
	bench_pipe_bytes();
	if (MACHINE_REFILLS_TLB)
		bench_tlb_refill();
	return 0;
}
