/* user/t_pager.c: tests a program that resolves its own page faults: paging, nested faults, and handlers that fail. (lab 4) */
#include "pager.h"
#include <probe.h>
#include <setjmp.h>
#include <signal.h>

#define DEEP 20
#define KEPT 3

static jmp_buf home;

/* The status of a child that runs fn and, if it comes back, ends with status 0. */
static int in_child(void (*fn)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		fn();
		_exit(0);
	}
	CHECK_IS(waitpid(pid, &status, 0), pid);
	return status;
}

static __attribute__((noinline)) int touch(uint32_t va)
{
	return *(volatile int *)OPAQUE(va);
}

static void check_simple(void)
{
	CHECK_IS(fault_handler(bring_in, lazy_stack, sizeof(lazy_stack)), 0);
	strcpy(lazy_store[3] + 100, "brought in");
	faults = 0;
	CHECK(strcmp((char *)LAZY + 3 * PAGE_SIZE + 100, "brought in") == 0);
	CHECK_IS(faults, 1);
	*(volatile int *)(LAZY + 5 * PAGE_SIZE) = 7;
	CHECK_IS(touch(LAZY + 5 * PAGE_SIZE), 7);
	CHECK_IS(faults, 2);
	forget();
}

/* A page that is there, and read-only: told as a write, opened, done. */
static void open_page(siginfo_t *fault, struct context *context)
{
	CHECK(fault->si_signo == SIGSEGV && fault->si_code == SEGV_ACCERR && fault->si_access == 1);
	CHECK_IS((uint32_t)fault->si_addr, LAZY + 8);
	faults++;
	page_protect((void *)LAZY, PAGE_SIZE, RW);
}

static void check_protection(void)
{
	CHECK_IS(page_map((void *)LAZY, PAGE_SIZE, PROT_READ), 0);
	CHECK_IS(fault_handler(open_page, lazy_stack, sizeof(lazy_stack)), 0);
	faults = 0;
	*(volatile int *)(LAZY + 8) = 1;
	CHECK_IS(faults, 1);
	forget();
}

/* To bring in a page takes the next one. */
static void bring_in_after_next(siginfo_t *fault, struct context *context)
{
	uint32_t page = (uint32_t)fault->si_addr & ~(PAGE_SIZE - 1);
	int next = page + PAGE_SIZE < LAZY + DEEP * PAGE_SIZE ? touch(page + PAGE_SIZE) : 0;

	page_map((void *)page, PAGE_SIZE, RW);
	*(volatile int *)page = next + 1;
	faults++;
}

static void check_nested(void)
{
	static char deep_stack[DEEP * 1024];

	CHECK_IS(fault_handler(bring_in_after_next, deep_stack, sizeof(deep_stack)), 0);
	CHECK_IS(touch(LAZY), DEEP);
	CHECK_IS(faults, DEEP);
	page_unmap((void *)LAZY, DEEP * PAGE_SIZE);
	faults = 0;
}

/* More memory than the program allows itself: the page that came first goes to the store and comes back from there. */
static void page_with_few(siginfo_t *fault, struct context *context)
{
	static uint32_t kept[KEPT];
	static unsigned next;
	uint32_t page = (uint32_t)fault->si_addr & ~(PAGE_SIZE - 1), *old = &kept[next++ % KEPT];

	faults++;
	if (*old) {
		memcpy(lazy_store[(*old - LAZY) / PAGE_SIZE], (void *)*old, PAGE_SIZE);
		page_unmap((void *)*old, PAGE_SIZE);
	}
	*old = page;
	page_map((void *)page, PAGE_SIZE, RW);
	memcpy((void *)page, lazy_store[(page - LAZY) / PAGE_SIZE], PAGE_SIZE);
}

static void check_paging(void)
{
	volatile int *words = (volatile int *)LAZY;
	const unsigned n = LAZY_PAGES * PAGE_SIZE / 4, step = 97;
	int wrong = 0;

	memset(lazy_store, 0, sizeof(lazy_store));
	CHECK_IS(fault_handler(page_with_few, lazy_stack, sizeof(lazy_stack)), 0);
	for (unsigned turn = 0; turn < 3; turn++)
		for (unsigned i = 0; i < n; i += step)
			words[i] += i + turn;
	for (unsigned i = 0; i < n; i += step)
		wrong += words[i] != (int)(3 * i + 3);
	CHECK_IS(wrong, 0);
	CHECK(faults >= 4 * LAZY_PAGES);
	forget();
}

static void leave(siginfo_t *fault, struct context *context)
{
	faults++;
	longjmp(home, 1);
}

/* The same fault at the same place again and again is no reason to end a program that gets out of it by itself. */
static void check_longjmp(void)
{
	CHECK_IS(fault_handler(leave, lazy_stack, sizeof(lazy_stack)), 0);
	faults = 0;
	for (volatile int i = 0; i < 200; i++)
		if (setjmp(home) == 0) {
			touch(LAZY);
			CHECK(!"nothing is there");
		}
	CHECK_IS(faults, 200);
}

static void elsewhere(void)
{
	_exit(33);
}

static void go_elsewhere(siginfo_t *fault, struct context *context)
{
	registers_set_pc(&context->registers, (uint32_t)elsewhere);
}

static volatile int segvs;

static void on_segv(int signal, siginfo_t *info, void *context)
{
	segvs++;
	CHECK_IS((uint32_t)info->si_addr, LAZY);
	page_map((void *)LAZY, PAGE_SIZE, RW);
}

/* What the fault handler leaves alone is a SIGSEGV; and what the signal's handler does about it counts. */
static void check_signal(void)
{
	struct sigaction action = { .sa_sigaction = on_segv, .sa_flags = SA_SIGINFO };

	CHECK_IS(fault_handler(bring_in, lazy_stack, sizeof(lazy_stack)), 0);
	mend = false;
	CHECK_IS(sigaction(SIGSEGV, &action, NULL), 0);
	faults = 0;
	CHECK_IS(touch(LAZY), 0);
	CHECK(faults == 1 && segvs == 1);
	signal(SIGSEGV, SIG_DFL);
	mend = true;
	forget();
}

/* One child each: these end. */
static void touch_unmended(void) { mend = false; touch(LAZY); }
static void touch_null(void) { touch(4); }
static void touch_kernel(void) { touch(KERNEL_BASE); }
static void touch_window(void) { *(volatile int *)UPT_base = 1; }
static void run_off(void) { fault_handler(go_elsewhere, lazy_stack, sizeof(lazy_stack)); touch(LAZY); }

static void touch_deeper(siginfo_t *fault, struct context *context)
{
	touch((uint32_t)fault->si_addr + PAGE_SIZE);
}

static void use_up_stack(void) { fault_handler(touch_deeper, lazy_stack, sizeof(lazy_stack)); touch(LAZY); }

static int recurse(volatile char *p, int deep)
{
	volatile char room[512];

	room[0] = p ? p[0] : 0;
	return deep > 0 ? recurse(room, deep - 1) + room[1] : 0;
}

static void overrun(siginfo_t *fault, struct context *context)
{
	recurse(NULL, 1000);
}

/* Its stack ends where nothing is mapped. */
static void overrun_stack(void)
{
	page_map((void *)0x70001000, PAGE_SIZE, RW);
	fault_handler(overrun, (void *)0x70001000, PAGE_SIZE);
	touch(LAZY);
}

static void without_stack(void) { fault_handler(bring_in, (void *)0x70000000, PAGE_SIZE); touch(LAZY); }
static void stack_in_text(void) { fault_handler(bring_in, (void *)UTEXT, PAGE_SIZE); touch(LAZY); }
/* A signal's stack is to be brought in, and there is no stack to do that on. */
static void signal_without_stack(void)
{
	const stack_t lazy = { .ss_sp = (void *)LAZY, .ss_size = 4 * PAGE_SIZE };
	struct sigaction action = { .sa_sigaction = on_segv, .sa_flags = SA_ONSTACK };

	fault_handler(bring_in, (void *)0x70000000, PAGE_SIZE);
	sigaltstack(&lazy, NULL);
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
}
static void bad_entry(void) { fault_handler((fault_fn *)0x10, lazy_stack, sizeof(lazy_stack)); touch(LAZY); }
static void no_handler(void) { fault_handler(NULL, NULL, 0); touch(LAZY); }
static void mended_for_child(void) { touch(LAZY); _exit(faults == 1 ? 21 : 1); }
static void gone_by_exec(void) { execl("t_pager", "t_pager", "touch", NULL); }

static void check_ends(void)
{
	void (*const ends[])(void) = { touch_unmended, touch_null, touch_kernel, touch_window, use_up_stack, overrun_stack,
		without_stack, signal_without_stack, stack_in_text, bad_entry, no_handler, gone_by_exec };

	CHECK_IS(fault_handler(bring_in, lazy_stack, sizeof(lazy_stack)), 0);
	for (unsigned i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		int status = in_child(ends[i]);

		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSEGV)
			printf("FAIL: child %u ended with status 0x%x\n", i, status), test_failures++;
	}
	CHECK_IS(in_child(run_off), STATUS_EXIT(33));
	CHECK_IS(in_child(mended_for_child), STATUS_EXIT(21)); /* a fork's child has the handler */
}

static void check_errors(void)
{
	CHECK_ERROR(fault_handler(bring_in, lazy_stack, 0), EINVAL);
	CHECK_ERROR(fault_handler(bring_in, lazy_stack, 2047), EINVAL);
	CHECK_ERROR(fault_handler(bring_in, NULL, PAGE_SIZE), EINVAL);
	CHECK_ERROR(fault_handler(bring_in, (void *)UPT_base, PAGE_SIZE), EINVAL);
	CHECK_ERROR(fault_handler(bring_in, (void *)(UTOP - 2048), PAGE_SIZE), EINVAL);
	CHECK_ERROR(fault_handler(bring_in, (void *)KERNEL_BASE, PAGE_SIZE), EINVAL);
	CHECK_ERROR(fault_handler(bring_in, lazy_stack, 0xffffffff), EINVAL);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return touch(LAZY);
	check_simple();
	check_protection();
	check_nested();
	check_paging();
	check_longjmp();
	check_signal();
	check_ends();
	check_errors();
	return test_end("pager");
}
