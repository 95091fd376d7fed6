/* user/t_buffers.c: tests each call that takes a buffer with the buffer in each state that memory can be in: what can be
 * reached is reached, and all else is EFAULT. The buffer lies across the edge of two pages. (lab 5)
 */
#include "test.h"
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/times.h>
#include <time.h>

#define RAW(name) long sys_##name(long a, long b, long c, long d);
RAW(program) RAW(read) RAW(write) RAW(pipe) RAW(poll) RAW(sigaction) RAW(sigmask) RAW(sigpending) RAW(times) RAW(clock)
RAW(thread_info) RAW(wait) RAW(spawn) RAW(exec) RAW(sigaltstack) RAW(sigsuspend) RAW(futex) RAW(context_return) RAW(thread_exit)

#define EDGE 0x20000000u /* of pages, and of two tables */
#define RW (PROT_READ | PROT_WRITE)

static int fds[2];

static void map(uint32_t va, size_t bytes, int prot, int sort)
{
	CHECK(mmap((void *)va, bytes, prot, sort | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == (void *)va);
}

static void touch(void)
{
	((volatile char *)EDGE)[-1] = ((volatile char *)EDGE)[0] = 0;
}

/* The states. Two pages around EDGE, or 4 MB on each side of it. */
static void pages(int prot, int sort) { map(EDGE - PAGE_SIZE, 2 * PAGE_SIZE, prot, sort); }
static void tables(int prot, int sort) { map(EDGE - PDE_SPAN, 2 * PDE_SPAN, prot, sort); }
static void touched(void) { pages(RW, MAP_PRIVATE); touch(); }
static void demand(void) { pages(RW, MAP_PRIVATE); }
static void reserved(void) { tables(RW, MAP_PRIVATE); }
static void half_reserved(void) { demand(); map(EDGE, PDE_SPAN, RW, MAP_PRIVATE); }
static void shared(void) { pages(RW, MAP_SHARED); }
static void shared_large(void) { tables(RW, MAP_SHARED); }
static void read_only(void) { touched(); mprotect((void *)(EDGE - PAGE_SIZE), 2 * PAGE_SIZE, PROT_READ); }
static void read_demand(void) { pages(PROT_READ, MAP_PRIVATE); }
static void read_reserved(void) { tables(PROT_READ, MAP_PRIVATE); }
static void held(void) { touched(); mprotect((void *)EDGE, PAGE_SIZE, PROT_NONE); }
static void none_demand(void) { pages(PROT_NONE, MAP_PRIVATE); }
static void none_reserved(void) { tables(PROT_NONE, MAP_PRIVATE); }
static void none_shared(void) { tables(PROT_NONE, MAP_SHARED); }
static void shown(void) { held(); mprotect((void *)EDGE, PAGE_SIZE, RW); }
static void marked(void) { touched(); page_share(0, (void *)EDGE, (void *)EDGE, PROT_READ | PROT_COPY); }
static void cut(void) { touched(); munmap((void *)EDGE, PAGE_SIZE); }
static void nothing(void) { }

/* Another process has the pages, too, until the buffer is gone. */
static pid_t holder;
static void copied(void)
{
	touched();
	holder = fork();
	if (holder == 0)
		for (;;)
			sleep(100);
}

/* One page for both, which the other one touches first. */
static void shared_by_another(void)
{
	shared();
	pid_t pid = fork();
	if (pid == 0) {
		touch();
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static const struct state {
	const char *name;
	void (*make)(void);
	uint32_t va; /* 0: around EDGE */
	bool in, out; /* may a call read from it, write to it? */
} states[] = {
	{ "touched", touched, 0, true, true },
	{ "demand", demand, 0, true, true },
	{ "reserved", reserved, 0, true, true },
	{ "half reserved", half_reserved, 0, true, true },
	{ "shared", shared, 0, true, true },
	{ "shared, reserved", shared_large, 0, true, true },
	{ "shared, another's", shared_by_another, 0, true, true },
	{ "copy-on-write", copied, 0, true, true },
	{ "hidden and shown", shown, 0, true, true },
	{ "marked", marked, 0, true, false },
	{ "read-only", read_only, 0, true, false },
	{ "read-only demand", read_demand, 0, true, false },
	{ "read-only reserved", read_reserved, 0, true, false },
	{ "held", held, 0, false, false },
	{ "none, demand", none_demand, 0, false, false },
	{ "none, reserved", none_reserved, 0, false, false },
	{ "none, shared", none_shared, 0, false, false },
	{ "cut off", cut, 0, false, false },
	{ "nothing", nothing, 0, false, false },
	{ "stack", nothing, UTOP - (1u << 20), true, true },
	{ "stack's guard", nothing, UTOP - USTACK_MAX - PAGE_SIZE, false, false },
	{ "page 0", nothing, 8, false, false },
	{ "directory", nothing, UPD_base, true, false },
	{ "hole in the window", nothing, SELFMAP_PTE_OF(UPT_base, 0x30000000), false, false },
	{ "kernel", nothing, KERNEL_BASE + 0x100000, false, false },
	{ "PT_base", nothing, PT_base, false, false },
	{ "PD_base", nothing, PD_base, false, false },
	{ "APT_base", nothing, APT_base, false, false },
	{ "the end", nothing, 0xfffffffc, false, false },
};

/* The calls. Their buffers are all zero where they read them, but for the directory's. */
static long c_program(long p) { return sys_program(0, p, 32, 0); }
static long c_pipe(long p)
{
	long result = sys_pipe(p, 0, 0, 0);

	if (result == 0) {
		close(((int *)p)[0]);
		close(((int *)p)[1]);
	}
	return result;
}
static long c_read(long p)
{
	long result = sys_read((write(fds[1], "12345678", 8), fds[0]), p, 8, 0);
	char rest[8];

	if (result < 0)
		read(fds[0], rest, 8);
	return result;
}
static long c_write(long p)
{
	long result = sys_write(fds[1], p, 8, 0);
	char rest[8];

	if (result > 0)
		read(fds[0], rest, 8);
	return result;
}
static long c_poll(long p) { return sys_poll(p, 1, 0, 0); }
static long c_action_was(long p) { return sys_sigaction(SIGUSR1, 0, p, 0); }
static long c_action(long p)
{
	long result = sys_sigaction(SIGUSR1, p, 0, 0);

	return result == -EINVAL ? 0 : result; /* it was read, and made no sense */
}
static long c_mask_was(long p) { return sys_sigmask(SIG_BLOCK, 0, p, 0); }
static long c_mask(long p)
{
	sigset_t was;
	sigprocmask(SIG_BLOCK, NULL, &was);
	long result = sys_sigmask(SIG_SETMASK, p, 0, 0);
	sigprocmask(SIG_SETMASK, &was, NULL);
	return result;
}
static long c_pending(long p) { return sys_sigpending(p, 0, 0, 0); }
static long c_times(long p) { return sys_times(p, 0, 0, 0); }
static long c_clock(long p) { return sys_clock(CLOCK_REALTIME, p, 0, 0); }
static long c_info(long p) { return sys_thread_info(0, p, 16, 0); }
static long c_wait(long p)
{
	pid_t pid = fork();
	if (pid == 0)
		_exit(0);
	long result = sys_wait(pid, p, 0, 0);
	if (result < 0)
		waitpid(pid, NULL, 0);
	return result;
}

static long c_stack_was(long p) { return sys_sigaltstack(0, p, 0, 0); }
static long c_stack(long p)
{
	long result = sys_sigaltstack(p, 0, 0, 0);

	return result == -ENOMEM || result == -EINVAL ? 0 : result; /* it was read: of no size, or of no sense */
}
static void nothing_to_do(int signal) { }
static long c_suspend(long p)
{
	sigset_t usr2 = 1u << SIGUSR2, was;

	signal(SIGUSR2, nothing_to_do);
	sigprocmask(SIG_BLOCK, &usr2, &was);
	raise(SIGUSR2);
	long result = sys_sigsuspend(p, 0, 0, 0);
	sigprocmask(SIG_SETMASK, &was, NULL);
	return result == -EINTR ? 0 : result;
}
static long c_futex_wait(long p)
{
	long result = sys_futex(p, FUTEX_WAIT, 1, 0);

	return result == -EAGAIN ? 0 : result;
}
static long c_futex_wake(long p) { return sys_futex(p, FUTEX_WAKE, 1, 0); }
static long c_futex_from(long p)
{
	static uint32_t word;

	return sys_futex(p, FUTEX_REQUEUE, 0, (long)&word);
}
static long c_futex_to(long p)
{
	static uint32_t word;

	return sys_futex((long)&word, FUTEX_REQUEUE, 0, p);
}
static long c_lock(long p)
{
	long result = sys_futex(p, FUTEX_LOCK, 0, 0);

	return result ? result : sys_futex(p, FUTEX_UNLOCK, 0, 0);
}
static long c_unlock(long p)
{
	long result = sys_futex(p, FUTEX_UNLOCK, 0, 0);

	return result == -EPERM ? 0 : result;
}
static long ended(long pid)
{
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return pid;
}
static long c_name(long p)
{
	long result = ended(sys_spawn(p, 0, 0, 0));

	return result == -ENOENT ? 0 : result; /* a name of no letters, or of an entry's */
}
/* An array of pointers is aligned as such: it can't lie across an edge with its first one. */
static long c_arguments(long p) { return ended(sys_spawn((long)"true", p, 0, 0)); }
static long c_environment(long p) { return ended(sys_spawn((long)"true", 0, p, 0)); }
static long c_argument(long p)
{
	const char *argv[] = { "true", (const char *)p, NULL };

	return p ? ended(sys_spawn((long)"true", (long)argv, 0, 0)) : -EFAULT;
}

/* In a child, which need not come back: its status tells. */
static long in_child(long (*call)(long p), long p)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(-call(p));
	waitpid(pid, &status, 0);
	return status == STATUS_EXIT(EFAULT) ? -EFAULT : status == 0 ? 0 : -status;
}
static long execute(long p) { return sys_exec((long)"true", p, 0, 0); }
static long c_exec(long p) { return in_child(execute, p); }
static void at_zero(int signal, siginfo_t *info, void *context) { _exit(info->si_addr != NULL); }
static long go(long p)
{
	static char stack[4096];
	const stack_t other = { .ss_sp = stack, .ss_size = sizeof(stack) };
	const struct sigaction action = { .sa_sigaction = at_zero, .sa_flags = SA_ONSTACK | SA_SIGINFO };

	sigaltstack(&other, NULL);
	sigaction(SIGSEGV, &action, NULL);
	return sys_context_return(p, 0, 0, 0);
}
static long c_context(long p) { return in_child(go, p); }
static long leave(long p) { return sys_thread_exit(p, 0, 0, 0); }
static long c_leave(long p) { return in_child(leave, p); }

static const struct buffer_call {
	const char *name;
	long (*call)(long p);
	bool in, out; /* it reads it, writes it */
	unsigned before; /* bytes before the edge */
} calls[] = {
	{ "program", c_program, false, true, 2 }, { "pipe", c_pipe, false, true, 4 }, { "read", c_read, false, true, 3 },
	{ "write", c_write, true, false, 3 }, { "poll", c_poll, true, true, 4 },
	{ "sigaction, was", c_action_was, false, true, 4 }, { "sigaction", c_action, true, false, 4 },
	{ "sigmask, was", c_mask_was, false, true, 2 }, { "sigmask", c_mask, true, false, 2 },
	{ "sigpending", c_pending, false, true, 2 }, { "times", c_times, false, true, 4 }, { "clock", c_clock, false, true, 4 },
	{ "thread_info", c_info, false, true, 4 }, { "wait", c_wait, false, true, 2 }, { "sigaltstack, was", c_stack_was, false, true, 4 },
	{ "sigaltstack", c_stack, true, false, 4 }, { "sigsuspend", c_suspend, true, false, 2 },
	{ "futex wait", c_futex_wait, true, false, 0 }, { "futex wake", c_futex_wake, true, false, 0 },
	{ "futex requeue, from", c_futex_from, true, false, 0 }, { "futex requeue, to", c_futex_to, true, false, 0 },
	{ "futex lock", c_lock, true, true, 0 }, { "futex unlock", c_unlock, true, true, 0 }, { "spawn, name", c_name, true, false, 0 },
	{ "spawn, arguments", c_arguments, true, false, 0 }, { "spawn, argument", c_argument, true, false, 0 },
	{ "spawn, environment", c_environment, true, false, 0 }, { "exec, arguments", c_exec, true, false, 0 },
	{ "context_return", c_context, true, false, 8 }, { "thread_exit", c_leave, false, true, 0 },
};

static void check(const struct state *s, const struct buffer_call *c)
{
	s->make();
	long result = c->call(s->va ? (long)s->va : (long)(EDGE - c->before));
	bool reach = (!c->in || s->in) && (!c->out || s->out);

	if (reach ? result < 0 : result != -EFAULT) {
		printf("FAIL: %s, %s: %ld\n", c->name, s->name, result);
		test_failures++;
	}
	if (holder) {
		kill(holder, SIGKILL);
		waitpid(holder, NULL, 0);
		holder = 0;
	}
	munmap((void *)(EDGE - PDE_SPAN), 2 * PDE_SPAN);
}

int main(void)
{
	CHECK_IS(pipe(fds), 0);
	for (unsigned s = 0; s < sizeof(states) / sizeof(states[0]); s++)
		for (unsigned c = 0; c < sizeof(calls) / sizeof(calls[0]); c++)
			check(&states[s], &calls[c]);
	return test_end("buffers");
}
