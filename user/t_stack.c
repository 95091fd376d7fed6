/* user/t_stack.c: tests that the stack grows where it is touched, up to its limit, and not past it. (lab 4) */
#include "test.h"
#include <probe.h>

#define LIMIT (UTOP - USTACK_MAX)

static uint32_t entry(uint32_t va)
{
	return entry_present(uvpd[PDX(va)]) ? uvpt[VPN(va)] : uvpd[PDX(va)];
}

/* So many KB of stack, a KB a call. */
static int deep(unsigned depth, volatile char *outer)
{
	volatile char frame[1024];

	frame[0] = outer[0] + 1;
	return depth == 0 ? frame[0] : deep(depth - 1, frame) + (frame[0] & 0);
}

static void check_far(void)
{
	CHECK_IS(entry(LIMIT), 0);
	*OPAQUE((volatile char *)LIMIT + 100) = 5; /* at once, at its far end: all above it comes along */
	CHECK(entry_present(entry(LIMIT)));
	CHECK_IS(entry_kind(entry(LIMIT + PAGE_SIZE)), 1);
	CHECK_IS(entry_kind(entry(LIMIT + PDE_SPAN)), 1);
	CHECK_IS(*(volatile char *)(LIMIT + PDE_SPAN + 1), 0);
	CHECK_IS(entry(LIMIT - PAGE_SIZE), 0);
	CHECK_IS(*(volatile char *)(LIMIT + 100), 5);
}

/* A call is the first to touch it. */
static void check_call(void)
{
	CHECK(program_name(0, (char *)(UTOP - (1u << 20)), 32) > 0);
	CHECK_ERROR(program_name(0, (char *)LIMIT - 16, 32), EFAULT);
}

static int child(int how)
{
	char first = 0;

	switch (how) {
	case 0: return deep(7 << 10, &first) & 0;
	case 1: check_far(); return test_failures;
	case 2: check_call(); return test_failures;
	case 3: return deep(9 << 10, &first) & 0;                   /* too much */
	case 4: return *OPAQUE((volatile char *)(LIMIT - 1)) & 0;   /* the guard */
	default: return *OPAQUE((volatile char *)(LIMIT - USTACK_GUARD)) & 0;
	}
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return child(atoi(argv[1]));
	for (int how = 0; how <= 5; how++) {
		char number[12];

		snprintf(number, sizeof(number), "%d", how);
		CHECK_IS(test_run("t_stack", number, NULL), how < 3 ? 0 : STATUS_KILLED);
	}
	return test_end("stack");
}
