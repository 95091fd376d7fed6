/* user/t_fork.c: tests fork: a copy of everything, of which no later store is seen on the other side. (lab 4) */
#include "test.h"
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
	pid = fork();
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
	pid = fork();
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
	pid = fork();
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
	pid = fork();
	if (pid == 0)
		_exit(chain(length - 1));
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) + 1 : 200;
}

/* Registers that a call keeps are kept in the child, too: sums over many variables at once. */
static void check_registers(void)
{
	volatile int seed = 3;
	int a = seed, b = a * 2, c = b * 3, d = c * 5, e = d * 7, f = e * 11, g = f * 13, h = g * 17;
	pid_t pid = fork();
	int sum = a + b + c + d + e + f + g + h;

	if (pid == 0)
		_exit((unsigned)sum % 251);
	CHECK_IS(child_status(pid), ((unsigned)sum % 251) << 8);
}

static void check_many(void)
{
	for (int i = 0; i < 300; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(i % 100);
		CHECK_IS(child_status(pid), (i % 100) << 8);
	}
}

int main(void)
{
	check_copy();
	check_pages();
	check_protection();
	check_registers();
	CHECK_IS(chain(20), 20);
	check_many();
	return test_end("fork");
}
