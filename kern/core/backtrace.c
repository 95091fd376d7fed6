/* kern/core/backtrace.c: who called whom, one line a frame. (lab 1) */
#include <arch/port.h>
#include <core/core.h>

#define DEPTH_MAX 32 /* a broken chain may be a ring */

/* A return address may be the start of the next function, after a call that never returns: look just before it. */
static void print_frame(unsigned n, uint32_t pc, bool is_return)
{
	struct symbol s;

	printf("  #%u 0x%08x", n, pc);
	if (!symbol_lookup(pc - is_return, &s)) {
		printf(pc < ULIM ? " (the program)\n" : " (not in the kernel)\n");
		return;
	}
	printf(" %s+0x%x", s.name, pc - s.start);
	if (s.line)
		printf(" (%s:%u)", s.file, s.line);
	printf("\n");
}

static void print_chain(struct stack_frame *f, bool is_return)
{
	unsigned n = 0;

	do {
		print_frame(n, f->pc, is_return || n);
	} while (++n < DEPTH_MAX && backtrace_next(f));
	if (n == DEPTH_MAX)
		printf("  ... (no more than %u are shown)\n", DEPTH_MAX);
}

void backtrace(void)
{
	struct stack_frame f;

	backtrace_start_here(&f);
	if (backtrace_next(&f)) /* this function itself is no news */
		print_chain(&f, true);
}

void backtrace_trap(const struct trapframe *tf)
{
	struct stack_frame f;

	backtrace_start_trap(&f, tf);
	print_chain(&f, false);
}
