/* user/t_model.c: memory calls in random order beside a model of what they should have done: after each step, what some pages
 * hold and allow must be what the model says, for the program, for calls, and in a child. (lab 4)
 * t_model [seed] [steps]
 */
#include "test.h"
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

#define BASE 0x20000000u
#define SPANS 3 /* of 4 MB */
#define RW (PROT_READ | PROT_WRITE)

/* The pages that are looked at: at the edges of the spans and in the middle of each. */
static const uint32_t offsets[] = { 0, 1, 2, 511, 512, 1021, 1022, 1023 };
#define PER_SPAN (sizeof(offsets) / sizeof(offsets[0]))
#define COUNT (SPANS * PER_SPAN)

static struct page {
	bool mapped, shared;
	int prot;
	uint32_t value; /* of its first word */
} pages[COUNT];

static uint32_t state;
static unsigned step;
static int fds[2];

static uint32_t below(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % n;
}

static uint32_t address(unsigned i)
{
	return BASE + i / PER_SPAN * PDE_SPAN + offsets[i % PER_SPAN] * PAGE_SIZE;
}

static void wrong(unsigned i, const char *what, long is, long should)
{
	printf("FAIL: step %u, page 0x%08x: %s: %ld (0x%lx), not %ld (0x%lx)\n", step, address(i), what, is, is, should, should);
	test_failures++;
}

/* Touches that may fault. */
static sigjmp_buf home;
static volatile uint32_t fault_at, fault_access;

static void on_fault(int signal, siginfo_t *info, void *context)
{
	fault_at = (uint32_t)info->si_addr;
	fault_access = info->si_access;
	siglongjmp(home, 1);
}

/* True: it could be done. */
static bool try(unsigned i, bool write, uint32_t *value)
{
	volatile uint32_t *p = (volatile uint32_t *)address(i);

	if (sigsetjmp(home, 1) == 0) {
		if (write)
			*p = *value;
		else
			*value = *p;
		return true;
	}
	if (fault_at != (uint32_t)p || fault_access != write)
		wrong(i, "a fault at another place, or of another kind", fault_at, (uint32_t)p);
	return false;
}

/* The same by a call: it ends with EFAULT instead. */
static bool try_call(unsigned i, bool store, uint32_t *value)
{
	void *p = (void *)address(i);
	long done;

	if (store) {
		CHECK_IS(write(fds[1], value, 4), 4);
		done = read(fds[0], p, 4);
		if (done < 0) {
			uint32_t rest;

			done = errno == EFAULT ? 0 : -1;
			if (read(fds[0], &rest, 4) != 4)
				done = -2;
		}
	} else {
		done = write(fds[1], p, 4);
		if (done == 4)
			done = read(fds[0], value, 4);
		else
			done = errno == EFAULT ? 0 : -1;
	}
	if (done != 0 && done != 4)
		wrong(i, "a call's result", done, 4);
	return done == 4;
}

static void look(unsigned i)
{
	struct page *p = &pages[i];
	uint32_t value = 0;
	bool readable = p->mapped && p->prot, can = (below(2) ? try : try_call)(i, false, &value);

	if (can != readable)
		wrong(i, "readable", can, readable);
	else if (can && value != p->value)
		wrong(i, "value", value, p->value);
}

static void change(unsigned i)
{
	struct page *p = &pages[i];
	uint32_t value = below(1u << 31);
	bool writable = p->mapped && p->prot & PROT_WRITE, can = (below(2) ? try : try_call)(i, true, &value);

	if (can != writable)
		wrong(i, "writable", can, writable);
	else if (can)
		p->value = value;
}

static void look_at_all(void)
{
	for (unsigned i = 0; i < COUNT; i++)
		look(i);
}

/* A random range, as a number of bytes from BASE on: of pages, of whole spans, or between two of the pages looked at. */
static void choose_range(uint32_t *from, uint32_t *to)
{
	uint32_t a = below(3) ? address(below(COUNT)) - BASE : below(SPANS) * PDE_SPAN;
	uint32_t b = below(3) ? address(below(COUNT)) - BASE + PAGE_SIZE : (1 + below(SPANS)) * PDE_SPAN;

	*from = a < b ? a : b - PAGE_SIZE;
	*to = a < b ? b : a + PAGE_SIZE;
}

static int any_prot(void)
{
	static const int prots[] = { PROT_NONE, PROT_READ, RW, RW, RW | PROT_EXEC, PROT_READ | PROT_EXEC };

	return prots[below(sizeof(prots) / sizeof(prots[0]))];
}

#define FOR_PAGES(i, from, to) \
	for (unsigned i = 0; i < COUNT; i++) \
		if (address(i) - BASE >= (from) && address(i) - BASE < (to))

static void do_map(uint32_t from, uint32_t to)
{
	int prot = any_prot(), sort = below(3) ? MAP_PRIVATE : MAP_SHARED;
	void *at = (void *)(BASE + from);

	CHECK(mmap(at, to - from, prot, sort | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == at);
	FOR_PAGES(i, from, to)
		pages[i] = (struct page){ true, sort == MAP_SHARED, prot, 0 };
}

static void do_unmap(uint32_t from, uint32_t to)
{
	CHECK_IS(munmap((void *)(BASE + from), to - from), 0);
	FOR_PAGES(i, from, to)
		pages[i] = (struct page){ false };
}

/* What mprotect needs: no hole in it. The kernel knows; the model knows of its own pages only. */
static void do_protect(uint32_t from, uint32_t to)
{
	int prot = any_prot();
	bool holes = false;
	int result = mprotect((void *)(BASE + from), to - from, prot);

	FOR_PAGES(i, from, to) {
		holes |= !pages[i].mapped;
		if (result == 0)
			pages[i].prot = prot;
	}
	if (result == 0 && holes)
		printf("FAIL: step %u: mprotect of a range with holes\n", step), test_failures++;
	if (result < 0 && errno != ENOMEM && errno != ENOENT)
		CHECK_IS(errno, ENOMEM);
}

static void do_touch(uint32_t from, uint32_t to)
{
	FOR_PAGES(i, from, to)
		if (below(2))
			change(i);
}

/* What a child sees, and changes; what of that the parent sees afterwards. */
static void do_fork(uint32_t from, uint32_t to)
{
	int back[2], status = -1;
	struct page seen[COUNT];

	CHECK_IS(pipe(back), 0);
	pid_t pid = below(4) ? fork() : ufork();
	if (pid == 0) {
		close(fds[0]);
		close(fds[1]);
		CHECK_IS(pipe(fds), 0); /* what the parent writes to its own is not for the child */
		look_at_all();
		do_touch(from, to);
		look_at_all();
		write(back[1], pages, sizeof(pages));
		_exit(test_failures);
	}
	CHECK(pid > 0);
	FOR_PAGES(i, from, to)
		if (!pages[i].shared && below(4) == 0) /* both at once */
			change(i);
	CHECK_IS(read(back[0], seen, sizeof(seen)), sizeof(seen));
	CHECK_IS(waitpid(pid, &status, 0), pid);
	CHECK_IS(status, 0);
	for (unsigned i = 0; i < COUNT; i++)
		if (pages[i].shared)
			pages[i].value = seen[i].value;
	close(back[0]);
	close(back[1]);
}

static void one_step(void)
{
	uint32_t from, to;

	choose_range(&from, &to);
	switch (below(8)) {
	case 0: case 1: do_map(from, to); break;
	case 2: do_unmap(from, to); break;
	case 3: case 4: do_protect(from, to); break;
	case 5: do_fork(from, to); break;
	default: do_touch(from, to); break;
	}
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER };
	uint32_t seed = argc > 1 ? strtoul(argv[1], NULL, 0) : 1;
	unsigned steps = argc > 2 ? strtoul(argv[2], NULL, 0) : 150;

	state = seed * 2654435761u | 1;
	sigaction(SIGSEGV, &action, NULL);
	CHECK_IS(pipe(fds), 0);
	for (step = 0; step < steps && !test_failures; step++) {
		one_step();
		look_at_all();
	}
	if (test_failures)
		printf("t_model: with seed %u\n", seed);
	return test_end("memory as the model has it");
}
