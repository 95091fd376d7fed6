/* user/fork.h: what tests of a fork have in common, the kernel's (FORK is fork) and the library's (ufork): a copy of
 * everything, of which no later store is seen on the other side. (lab 4)
 */
#ifndef USER_FORK_H
#define USER_FORK_H

#include "test.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define AREA 0x30000000u
#define PAGES 64

static int global = 1;

static int child_status(pid_t pid)
{
	int status = -1;

	CHECK_IS(waitpid(pid, &status, 0), pid);
	return status;
}

/* Each side writes; each sees its own. */
static void check_copy(void)
{
	int local = 2;
	int *heap = malloc(sizeof(int));
	pid_t parent = getpid(), pid;

	*heap = 3;
	pid = FORK();
	if (pid == 0) {
		bool same = global == 1 && local == 2 && *heap == 3 && getpid() != parent;

		global = local = *heap = 10;
		_exit(same && global + local + *heap == 30 ? 42 : 1);
	}
	CHECK(pid > 0);
	global = 4;
	CHECK_IS(child_status(pid), 42 << 8);
	CHECK_IS(global, 4);
	CHECK_IS(local, 2);
	CHECK_IS(*heap, 3);
	global = 1;
	free(heap);
}

/* Pages of each sort: written, touched only, never touched, read-only, unreachable. */
static void check_pages(void)
{
	volatile uint32_t *p = (volatile uint32_t *)AREA;
	const unsigned page = PAGE_SIZE / 4;
	pid_t pid;

	CHECK_IS(page_map((void *)AREA, PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE), 0);
	for (unsigned i = 0; i < PAGES / 2; i++)
		p[i * page] = i + 1;
	CHECK_IS(page_protect((void *)(AREA + PAGE_SIZE), PAGE_SIZE, PROT_READ), 0);
	CHECK_IS(page_protect((void *)(AREA + 2 * PAGE_SIZE), PAGE_SIZE, PROT_NONE), 0);
	pid = FORK();
	if (pid == 0) {
		unsigned wrong = p[page] != 2;

		for (unsigned i = 3; i < PAGES; i++) {
			wrong += p[i * page] != (i < PAGES / 2 ? i + 1 : 0);
			p[i * page] = 1000 + i;
			wrong += p[i * page] != 1000 + i;
		}
		wrong += page_protect((void *)(AREA + 2 * PAGE_SIZE), PAGE_SIZE, PROT_READ | PROT_WRITE) != 0;
		wrong += p[2 * page] != 3;
		p[2 * page] = 77;
		_exit(wrong);
	}
	CHECK_IS(child_status(pid), 0);
	for (unsigned i = 3; i < PAGES; i++)
		CHECK_IS(p[i * page], i < PAGES / 2 ? i + 1 : 0);
	CHECK_IS(page_protect((void *)(AREA + 2 * PAGE_SIZE), PAGE_SIZE, PROT_READ), 0);
	CHECK_IS(p[2 * page], 3);
	CHECK_IS(page_unmap((void *)AREA, PAGES * PAGE_SIZE), 0);
}

/* What the child may not write, it may not write: a read-only page stays so. */
static void check_protection(void)
{
	volatile uint32_t *p = (volatile uint32_t *)AREA;
	pid_t pid;

	CHECK_IS(page_map((void *)AREA, PAGE_SIZE, PROT_READ | PROT_WRITE), 0);
	*p = 5;
	CHECK_IS(page_protect((void *)AREA, PAGE_SIZE, PROT_READ), 0);
	pid = FORK();
	if (pid == 0) {
		*p = 6;
		_exit(0);
	}
	CHECK(WIFSIGNALED(child_status(pid)));
	CHECK_IS(*p, 5);
	CHECK_IS(page_unmap((void *)AREA, PAGE_SIZE), 0);
}

/* A chain: each forks the next, and reports how many came after it. */
static int chain(int length)
{
	int status;
	pid_t pid;

	if (length == 0)
		return 0;
	pid = FORK();
	if (pid == 0)
		_exit(chain(length - 1));
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) + 1 : 200;
}

/* Registers that a call keeps are kept in the child, too: sums over many variables at once. */
static void check_registers(void)
{
	volatile int seed = 3;
	int a = seed, b = a * 2, c = b * 3, d = c * 5, e = d * 7, f = e * 11, g = f * 13, h = g * 17;
	pid_t pid = FORK();
	int sum = a + b + c + d + e + f + g + h;

	if (pid == 0)
		_exit((unsigned)sum % 251);
	CHECK_IS(child_status(pid), ((unsigned)sum % 251) << 8);
}

static void check_many(void)
{
	for (int i = 0; i < 300; i++) {
		pid_t pid = FORK();

		if (pid == 0)
			_exit(i % 100);
		CHECK_IS(child_status(pid), (i % 100) << 8);
	}
}

/* Memory of each sort that is not touched before: a reservation of directory entries, shared and private, the heap. */
static void check_untouched(void)
{
	const size_t size = 3 * PDE_SPAN;
	volatile char *own = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	volatile char *ours = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	volatile char *heap = sbrk(2 * PAGE_SIZE);
	pid_t pid;

	CHECK(own != MAP_FAILED && ours != MAP_FAILED);
	ours[5] = 1;
	pid = FORK();
	if (pid == 0) {
		bool right = ours[5] == 1 && own[PDE_SPAN] == 0 && heap[PAGE_SIZE] == 0;

		own[PDE_SPAN] = 2;
		ours[5] = 3;
		ours[2 * PDE_SPAN] = 4;
		heap[PAGE_SIZE] = 5;
		_exit(right && sbrk(0) == heap + 2 * PAGE_SIZE ? 0 : 1);
	}
	CHECK_IS(child_status(pid), 0);
	CHECK(ours[5] == 3 && ours[2 * PDE_SPAN] == 4 && own[PDE_SPAN] == 0 && heap[PAGE_SIZE] == 0);
	munmap((void *)own, size);
	munmap((void *)ours, size);
}

/* A page copied on both sides, protected and opened again, stays each one's own. */
static void check_protect_after(void)
{
	volatile int *p = (volatile int *)AREA;
	pid_t pid;

	CHECK_IS(page_map((void *)AREA, PAGE_SIZE, PROT_READ | PROT_WRITE), 0);
	*p = 1;
	pid = FORK();
	if (pid == 0) {
		page_protect((void *)AREA, PAGE_SIZE, PROT_NONE);
		page_protect((void *)AREA, PAGE_SIZE, PROT_READ | PROT_WRITE);
		*p = 2;
		usleep(20000);
		_exit(*p);
	}
	page_protect((void *)AREA, PAGE_SIZE, PROT_READ);
	page_protect((void *)AREA, PAGE_SIZE, PROT_READ | PROT_WRITE);
	*p = 3;
	CHECK_IS(child_status(pid), STATUS_EXIT(2));
	CHECK_IS(*p, 3);
	CHECK_IS(page_unmap((void *)AREA, PAGE_SIZE), 0);
}

/* The kernel's own stores into pages that are not copied yet: results of calls, and a signal's frame on the stack. */
static void check_calls(void)
{
	static int fds[2];
	static char text[8] = "before";
	char got[8] = "";
	pid_t pid;

	CHECK_IS(pipe(fds), 0);
	pid = FORK();
	if (pid == 0) {
		int status = read(fds[0], text, 5) == 5 && strcmp(text, "writee") == 0 ? 0 : 1;
		_exit(write(fds[1], text, 6) == 6 ? status : 2);
	}
	CHECK_IS(write(fds[1], "write", 5), 5);
	CHECK_IS(child_status(pid), 0);
	CHECK_IS(read(fds[0], got, sizeof(got)), 6);
	CHECK(strcmp(got, "writee") == 0 && strcmp(text, "before") == 0);
	close(fds[0]);
	close(fds[1]);
}

static volatile int signalled;

static void count_signal(int signal)
{
	signalled++;
}

static void check_signals(void)
{
	pid_t pid;

	signal(SIGUSR1, count_signal);
	pid = FORK();
	if (pid == 0) {
		raise(SIGUSR1);
		raise(SIGUSR1);
		_exit(signalled);
	}
	raise(SIGUSR1);
	CHECK_IS(child_status(pid), STATUS_EXIT(2));
	CHECK_IS(signalled, 1);
	signalled = 0;
	signal(SIGUSR1, SIG_DFL);
}

static int check_fork(const char *what)
{
	check_copy();
	check_pages();
	check_protection();
	check_untouched();
	check_protect_after();
	check_calls();
	check_signals();
	check_registers();
	CHECK_IS(chain(20), 20);
	check_many();
	return test_end(what);
}

#endif
