/* user/bad_ends.c: contexts, entries and stacks that lead nowhere. Each is tried by a child, which must end as the table says;
 * nothing else may come of it. (bad_calls.c has the calls that must fail.) (lab 4)
 */
#include "bad.h"
#include <ouros.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 0x20000000u /* one page, not to be written */
#define HOLE 0x30000000u
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static unsigned tried, failures;

/* Nothing can be written there, and nothing there is a program. */
static const struct place {
	const char *name;
	uint32_t va;
} places[] = {
	{ "null", 0 }, { "16", 16 }, { "page 0's end", 0x1000 }, { "unmapped", HOLE }, { "unmapped, odd", HOLE + 2 },
	{ "the stack's guard", UTOP - USTACK_MAX - USTACK_GUARD / 2 }, { "window", UPT_base + 0x800 },
	{ "no table, in the window", SELFMAP_PTE_OF(UPT_base, HOLE) }, { "ULIM", ULIM }, { "kernel", KERNEL_BASE + 0x100000 },
	{ "kernel's vectors", KERNEL_BASE + 0x180 }, { "devices", DEVICE_BASE + 16 }, { "boot ROM", 0xbfc00000 },
	{ "PT_base", PT_base + 16 }, { "PD_base", PD_base + 16 }, { "APT_base", APT_base + 16 }, { "KSLOT_base", KSLOT_base + 16 },
	{ "the last page", 0xfffff010 }, { "the last word", 0xfffffffc },
};

static void nothing(int signal) { }
static void use_stack(uint32_t unused)
{
	volatile char much[64];

	memset((char *)much, 1, sizeof(much));
	_exit(0);
}

/* Each goes to va, or makes it its stack. */
static void jump_by_context(uint32_t va)
{
	struct context c;

	memset(&c, 0, sizeof(c));
	registers_set_pc(&c.registers, va);
	registers_set_sp(&c.registers, UTOP - 4096);
	context_return(&c);
}

static void stack_by_context(uint32_t va)
{
	struct context c;

	memset(&c, 0, sizeof(c));
	registers_set_pc(&c.registers, (uint32_t)use_stack);
	registers_set_sp(&c.registers, va);
	context_return(&c);
}

static void jump_by_thread(uint32_t va)
{
	thread_create((void (*)(uint32_t))va, (void *)(UTOP - 8192), 0, (void *)(UTOP - THREAD_BLOCK));
	for (;;)
		pause();
}

static void stack_by_thread(uint32_t va)
{
	probe_call4(SYS_thread_create, (uint32_t)use_stack, va, 0, UTOP - THREAD_BLOCK);
	for (;;)
		pause();
}

static void jump_by_signal(uint32_t va)
{
	struct signal_action a = { .handler = 2, .entry = va };

	probe_call(SYS_sigaction, SIGUSR1, (uint32_t)&a, 0);
	raise(SIGUSR1);
}

static void stack_by_signal(uint32_t va)
{
	struct sigaction a = { .sa_handler = nothing, .sa_flags = SA_ONSTACK };
	stack_t s = { (void *)(va - MINSIGSTKSZ), 0, MINSIGSTKSZ };

	sigaction(SIGUSR1, &a, NULL);
	probe_call(SYS_sigaltstack, (uint32_t)&s, 0, 0);
	raise(SIGUSR1);
}

/* A signal's handler is entered with the stack there. */
static void stack_of_interrupted(uint32_t va)
{
	struct context c;

	signal(SIGSEGV, nothing);
	signal(SIGBUS, nothing);
	memset(&c, 0, sizeof(c));
	registers_set_pc(&c.registers, HOLE);
	registers_set_sp(&c.registers, va);
	context_return(&c);
}

static void jump_by_pager(uint32_t va)
{
	probe_call4(SYS_fault_handler, va ? va : 1, PAGE + 0x10000, 0x10000, 0);
	page_map((void *)(PAGE + 0x10000), 0x10000, PROT_READ | PROT_WRITE);
	*(volatile char *)HOLE = 1;
}

/* It comes back from a handler with a context that leads there, and floating-point registers that are kept there. */
static uint32_t float_at;
static void change_context(int signal, siginfo_t *info, void *context)
{
	((struct context *)context)->fpu = float_at;
	registers_set_pc(&((struct context *)context)->registers, HOLE);
}

static void float_by_handler(uint32_t va)
{
	struct sigaction a = { .sa_sigaction = change_context, .sa_flags = SA_SIGINFO };
	volatile double one = 1;

	one = one / 3;
	float_at = va;
	sigaction(SIGUSR1, &a, NULL);
	raise(SIGUSR1);
	abort();
}

static const struct attempt {
	const char *name;
	void (*make)(uint32_t va);
} attempts[] = {
	{ "a context's pc", jump_by_context }, { "a context's sp", stack_by_context },
	{ "a thread's entry", jump_by_thread }, { "a thread's stack", stack_by_thread },
	{ "a signal's entry", jump_by_signal }, { "a signal's stack", stack_by_signal },
	{ "the stack when a fault's handler is due", stack_of_interrupted }, { "a fault handler's entry", jump_by_pager },
	{ "a context's floating point", float_by_handler },
};

static void check(const struct attempt *a, const struct place *p)
{
	int status = -1;
	pid_t pid = fork();

	tried++;
	if (pid == 0) {
		a->make(p->va);
		_exit(0);
	}
	if (waitpid(pid, &status, 0) == pid && (status == SIGSEGV || status == SIGBUS || status == SIGILL || status == SIGTRAP))
		return;
	if (status == SIGABRT && a->make == float_by_handler) /* the call has failed, which its handler's end does not expect */
		return;
	printf("FAIL: %s: %s (0x%08x): status 0x%x\n", a->name, p->name, p->va, status);
	failures++;
}

int main(void)
{
	page_map((void *)PAGE, PAGE_SIZE, PROT_READ);
	for (unsigned a = 0; a < COUNT(attempts); a++)
		for (unsigned p = 0; p < COUNT(places); p++)
			check(&attempts[a], &places[p]);
	if (!failures)
		printf("ok: %u ends\n", tried);
	return failures != 0;
}
