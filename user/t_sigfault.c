/* user/t_sigfault.c: tests the signals of a program's own mistakes: what the handler is told, and going on. (lab 4) */
#include "test.h"
#include <probe.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

static sigjmp_buf back;
static siginfo_t last;
static uint32_t last_pc;
static volatile int count;

static void leave(int signal, siginfo_t *info, void *context)
{
	last = *info;
	last_pc = registers_pc(&((ucontext_t *)context)->uc_mcontext);
	siglongjmp(back, 1);
}

static void handle(int signal, void (*handler)(int, siginfo_t *, void *), int flags)
{
	struct sigaction a = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags };

	CHECK_IS(sigaction(signal, &a, NULL), 0);
}

#define FAULTS(what)                        \
	do {                                \
		last.si_signo = 0;          \
		if (!sigsetjmp(back, 1)) {  \
			what;               \
			CHECK(!#what);      \
		}                           \
	} while (0)

static void check_is(int signal, int code)
{
	CHECK_IS(last.si_signo, signal);
	CHECK_IS(last.si_code, code);
}

static void check_address(uint32_t va, int code)
{
	FAULTS((void)*OPAQUE((volatile uint8_t *)va));
	check_is(SIGSEGV, code);
	CHECK_IS(last.si_addr, va);
	CHECK_IS(last.si_access, 0);
	FAULTS(*OPAQUE((volatile uint8_t *)va) = 1);
	check_is(SIGSEGV, code);
	CHECK_IS(last.si_addr, va);
	CHECK_IS(last.si_access, 1);
}

static void check_addresses(void)
{
	static const uint32_t kernel[] = { ULIM, KERNEL_BASE + 0x100001, DEVICE_BASE, 0xffffffff };

	handle(SIGSEGV, leave, 0);
	handle(SIGBUS, leave, 0);
	check_address(0, SEGV_MAPERR);
	check_address(0xfff, SEGV_MAPERR);
	check_address(0x10000003, SEGV_MAPERR);
	for (unsigned i = 0; i < sizeof(kernel) / sizeof(kernel[0]); i++) {
		FAULTS((void)*OPAQUE((volatile uint8_t *)kernel[i]));
		CHECK(last.si_signo == SIGSEGV && (uint32_t)last.si_addr == kernel[i]);
		FAULTS(OPAQUE((void (*)(void))kernel[i])());
		CHECK(last.si_signo == SIGSEGV || last.si_signo == SIGBUS);
	}
	FAULTS(*OPAQUE((volatile uint32_t *)UTEXT) = 1);
	check_is(SIGSEGV, SEGV_ACCERR);
	FAULTS(OPAQUE((void (*)(void))0x10000000)());
	check_is(SIGSEGV, SEGV_MAPERR);
	CHECK(last_pc == 0x10000000 && (uint32_t)last.si_addr == 0x10000000 && last.si_access == 2);
	if (probe_misaligned_dies()) {
		static uint32_t words[2];
		FAULTS((void)*OPAQUE((volatile uint32_t *)((char *)words + 1)));
		check_is(SIGBUS, BUS_ADRALN);
		CHECK_IS(last.si_addr, (uint32_t)words + 1);
	}
}

static void check_instructions(void)
{
	handle(SIGILL, leave, 0);
	handle(SIGTRAP, leave, 0);
	handle(SIGFPE, leave, 0);
	FAULTS(probe_illegal());
	check_is(SIGILL, ILL_ILLOPC);
	CHECK_IS(last.si_addr, last_pc);
	FAULTS(probe_breakpoint());
	check_is(SIGTRAP, TRAP_BRKPT);
	FAULTS((void)OPAQUE(OPAQUE(1) / OPAQUE(0)));
	check_is(SIGFPE, FPE_INTDIV);
	FAULTS(probe_privileged[0].run());
	check_is(SIGILL, ILL_PRVOPC);
}

/* The page is made usable, and the instruction does it this time. */
static void mend(int signal, siginfo_t *info, void *context)
{
	char *page = (char *)((uint32_t)info->si_addr & ~(PAGE_SIZE - 1));

	count++;
	if (mprotect(page, PAGE_SIZE, PROT_READ | PROT_WRITE) < 0) {
		printf("FAIL: fault at %p, pc 0x%x: %s\n", info->si_addr, registers_pc(context), strerror(errno));
		_exit(1);
	}
}

static void check_mended(void)
{
	enum { PAGES = 20 };
	uint32_t *area = mmap(NULL, PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	handle(SIGSEGV, mend, 0);
	for (unsigned i = 0; i < PAGES * PAGE_SIZE / 4; i += 64)
		area[i] = i;
	CHECK_IS(mprotect(area, PAGES * PAGE_SIZE / 2, PROT_READ), 0);
	CHECK_IS(mprotect(area + PAGES * PAGE_SIZE / 8, PAGES * PAGE_SIZE / 2, PROT_NONE), 0);
	for (unsigned i = 0; i < PAGES * PAGE_SIZE / 4; i += 64) {
		CHECK_IS(area[i], i);
		area[i]++;
	}
	for (unsigned i = 0; i < PAGES * PAGE_SIZE / 4; i += 64)
		CHECK_IS(area[i], i + 1);
	CHECK_IS(count, PAGES);
	munmap(area, PAGES * PAGE_SIZE);
}

static void fault_again(int signal, siginfo_t *info, void *context)
{
	*OPAQUE((volatile uint32_t *)8) = 1;
}

static void return_only(int signal) { }

/* In a child that must end, and of what. */
static int try(void (*run)(void))
{
	int status = -1;
	pid_t child = fork();

	if (child == 0) {
		for (int signal_number = 1; signal_number < NSIG; signal_number++)
			signal(signal_number, SIG_DFL);
		run();
		_exit(0);
	}
	CHECK_IS(waitpid(child, &status, 0), child);
	return status;
}

static void touch_null(void) { *OPAQUE((volatile uint32_t *)4) = 1; }

static void faults_in_handler(void)
{
	handle(SIGSEGV, fault_again, 0);
	touch_null();
}

static void faults_blocked(void)
{
	sigset_t set = 1u << SIGSEGV;

	handle(SIGSEGV, leave, 0);
	sigprocmask(SIG_BLOCK, &set, NULL);
	touch_null();
}

static void faults_ignored(void)
{
	signal(SIGSEGV, SIG_IGN);
	touch_null();
}

/* Without end, each handler a little deeper, until the stack is at its end. */
static void faults_forever(void)
{
	handle(SIGSEGV, fault_again, SA_NODEFER);
	touch_null();
}

static void bad_stack(void)
{
	struct context c;

	memset(&c, 0, sizeof(c));
	signal(SIGSEGV, return_only);
	registers_set_pc(&c.registers, (uint32_t)touch_null);
	registers_set_sp(&c.registers, OPAQUE(0x2000u));
	context_return(&c);
}

static void bad_handler(void)
{
	signal(SIGUSR1, (void (*)(int))(KERNEL_BASE + 0x100000));
	raise(SIGUSR1);
}

static void bad_alternate(void)
{
	stack_t s = { (void *)KERNEL_BASE, 0, SIGSTKSZ };

	CHECK_IS(sigaltstack(&s, NULL), 0);
	handle(SIGUSR1, leave, SA_ONSTACK);
	raise(SIGUSR1);
}

static void bad_return(void)
{
	handle(SIGSEGV, fault_again, SA_RESETHAND | SA_NODEFER);
	touch_null();
}

static void check_ends(void)
{
	CHECK_IS(try(touch_null), SIGSEGV);
	CHECK_IS(try(faults_in_handler), SIGSEGV);
	CHECK_IS(try(faults_blocked), SIGSEGV);
	CHECK_IS(try(faults_ignored), SIGSEGV);
	CHECK_IS(try(faults_forever), SIGSEGV);
	CHECK_IS(try(bad_stack), SIGSEGV);
	CHECK_IS(try(bad_handler), SIGSEGV);
	CHECK_IS(try(bad_alternate), SIGSEGV);
	CHECK_IS(try(bad_return), SIGSEGV);
	CHECK_IS(try(probe_illegal), SIGILL);
	CHECK_IS(try(probe_breakpoint), SIGTRAP);
}

static char other_stack[SIGSTKSZ];

static int overflow(int n)
{
	volatile char page[1024];

	page[0] = n;
	return n < 0 ? 0 : overflow(n + 1) + page[0];
}

/* The stack is full: only a handler with a stack of its own can say so. */
static void check_overflow(void)
{
	stack_t s = { other_stack, 0, sizeof(other_stack) };

	CHECK_IS(sigaltstack(&s, NULL), 0);
	handle(SIGSEGV, leave, SA_ONSTACK);
	FAULTS(OPAQUE(&overflow)(0));
	CHECK(last.si_signo == SIGSEGV && (uint32_t)last.si_addr < UTOP);
	FAULTS(OPAQUE(&overflow)(0)); /* it is free again */
	CHECK_IS(last.si_signo, SIGSEGV);
}

int main(void)
{
	check_addresses();
	check_instructions();
	check_mended();
	check_ends();
	check_overflow();
	return test_end("faults as signals");
}
