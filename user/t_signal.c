/* user/t_signal.c: tests signals: handlers, masks, what is pending, what ends a process. (lab 4) */
#include "test.h"
#include <setjmp.h>
#include <signal.h>
#include <ucontext.h>

static volatile int count[NSIG], order[16], ordered;
static siginfo_t last;
static sigset_t inside; /* blocked while the last handler ran */

static void note(int signal)
{
	count[signal]++;
	if (ordered < 16)
		order[ordered++] = signal;
	sigprocmask(SIG_BLOCK, NULL, &inside);
}

static void note_info(int signal, siginfo_t *info, void *context)
{
	last = *info;
	note(signal);
}

static void clear(void)
{
	memset((void *)count, 0, sizeof(count));
	ordered = 0;
}

static void handle(int signal, void (*handler)(int), int flags, sigset_t mask)
{
	struct sigaction a = { { handler }, mask, flags };

	CHECK_IS(sigaction(signal, &a, NULL), 0);
}

static void block(int how, sigset_t set)
{
	CHECK_IS(sigprocmask(how, &set, NULL), 0);
}

static sigset_t blocked(void)
{
	sigset_t set;

	sigprocmask(SIG_BLOCK, NULL, &set);
	return set;
}

#define BIT(n) (1u << (n))

static void check_handler(void)
{
	struct sigaction was;

	clear();
	handle(SIGUSR1, note, 0, BIT(SIGUSR2));
	for (int i = 0; i < 100; i++)
		CHECK_IS(raise(SIGUSR1), 0);
	CHECK_IS(count[SIGUSR1], 100);
	CHECK_IS(inside, BIT(SIGUSR1) | BIT(SIGUSR2));
	CHECK_IS(blocked(), 0);
	CHECK_IS(sigaction(SIGUSR1, NULL, &was), 0);
	CHECK(was.sa_handler == note && was.sa_mask == BIT(SIGUSR2) && was.sa_flags == 0);
	handle(SIGUSR1, note, SA_NODEFER, 0);
	kill(getpid(), SIGUSR1);
	CHECK_IS(count[SIGUSR1], 101);
	CHECK_IS(inside, 0);
	handle(SIGUSR1, note, SA_RESETHAND, 0);
	kill(0, 0);
	raise(SIGUSR1);
	CHECK_IS(count[SIGUSR1], 102);
	CHECK_IS(sigaction(SIGUSR1, NULL, &was), 0);
	CHECK(was.sa_handler == SIG_DFL);
	CHECK(signal(SIGUSR1, SIG_IGN) == SIG_DFL);
	raise(SIGUSR1);
	CHECK_IS(count[SIGUSR1], 102);
	CHECK(signal(SIGUSR1, SIG_DFL) == SIG_IGN);
	raise(SIGCHLD); /* nothing happens, by default */
	raise(SIGCONT);
	raise(SIGWINCH);
}

static void check_info(void)
{
	struct sigaction a = { .sa_sigaction = note_info, .sa_flags = SA_SIGINFO | SA_RESTART };
	int status;

	sigaction(SIGUSR1, &a, NULL);
	kill(getpid(), SIGUSR1);
	CHECK(last.si_signo == SIGUSR1 && last.si_code == SI_USER && last.si_pid == getpid());
	raise(SIGUSR1);
	CHECK(last.si_code == SI_TKILL && last.si_pid == getpid());
	pid_t child = fork();
	if (child == 0)
		_exit(kill(getppid(), SIGUSR1));
	CHECK_IS(waitpid(child, &status, 0), child);
	CHECK(last.si_code == SI_USER && last.si_pid == child && status == 0);
	signal(SIGUSR1, SIG_DFL);
}

/* One at a time is kept; all come when they are let, the lowest number's handler being interrupted by the others. */
static void check_pending(void)
{
	sigset_t set;

	clear();
	handle(SIGUSR1, note, 0, 0);
	handle(SIGUSR2, note, 0, 0);
	block(SIG_BLOCK, BIT(SIGUSR1) | BIT(SIGUSR2) | BIT(SIGKILL) | BIT(SIGSTOP));
	CHECK_IS(blocked(), BIT(SIGUSR1) | BIT(SIGUSR2));
	for (int i = 0; i < 3; i++) {
		raise(SIGUSR1);
		kill(getpid(), SIGUSR2);
	}
	CHECK(sigpending(&set) == 0 && set == (BIT(SIGUSR1) | BIT(SIGUSR2)));
	CHECK_IS(count[SIGUSR1] + count[SIGUSR2], 0);
	block(SIG_UNBLOCK, BIT(SIGUSR1));
	CHECK_IS(count[SIGUSR1], 1);
	CHECK_IS(count[SIGUSR2], 0);
	block(SIG_SETMASK, 0);
	CHECK_IS(count[SIGUSR2], 1);
	CHECK(sigpending(&set) == 0 && set == 0);
	block(SIG_BLOCK, BIT(SIGUSR1));
	raise(SIGUSR1);
	signal(SIGUSR1, SIG_IGN); /* forgets it */
	CHECK(sigpending(&set) == 0 && set == 0);
	signal(SIGUSR2, SIG_DFL);
	block(SIG_SETMASK, 0);
}

/* Each handler runs with the next signal coming inside it. */
static void nest(int signal)
{
	note(signal);
	if (signal < SIGUSR2)
		raise(SIGUSR2);
	count[0]++;
	CHECK_IS(count[SIGUSR1], 1);
	if (signal == SIGUSR1)
		CHECK_IS(count[SIGUSR2], 1);
}

static void check_nested(void)
{
	clear();
	handle(SIGUSR1, nest, 0, 0);
	handle(SIGUSR2, nest, 0, 0);
	raise(SIGUSR1);
	CHECK_IS(count[0], 2);
	CHECK(order[0] == SIGUSR1 && order[1] == SIGUSR2);
	signal(SIGUSR1, SIG_DFL);
	signal(SIGUSR2, SIG_DFL);
}

static volatile int depth;

static void deeper(int signal)
{
	if (++depth < 100)
		raise(signal);
}

static void check_suspend(void)
{
	sigset_t none = 0;

	clear();
	handle(SIGUSR1, note, SA_RESTART, 0);
	block(SIG_BLOCK, BIT(SIGUSR1) | BIT(SIGUSR2));
	raise(SIGUSR1); /* pending already */
	CHECK_ERROR(sigsuspend(&none), EINTR);
	CHECK_IS(count[SIGUSR1], 1);
	CHECK_IS(inside, BIT(SIGUSR1));
	CHECK_IS(blocked(), BIT(SIGUSR1) | BIT(SIGUSR2));
	pid_t child = fork();
	if (child == 0) {
		usleep(20000);
		kill(getppid(), SIGCHLD); /* of no interest: it waits on */
		usleep(20000);
		_exit(kill(getppid(), SIGUSR1));
	}
	CHECK_ERROR(sigsuspend(&none), EINTR);
	CHECK_IS(count[SIGUSR1], 2);
	CHECK_IS(blocked(), BIT(SIGUSR1) | BIT(SIGUSR2));
	CHECK_IS(waitpid(child, NULL, 0), child);
	block(SIG_SETMASK, 0);
	alarm(0);
	handle(SIGALRM, note, SA_RESTART, 0);
	ualarm(20000, 0);
	CHECK_ERROR(pause(), EINTR);
	CHECK_IS(count[SIGALRM], 1);
	CHECK_ERROR(sigsuspend((sigset_t *)ULIM), EFAULT);
}

static void check_wait(void)
{
	sigset_t set = BIT(SIGUSR1) | BIT(SIGUSR2);
	int which = 0;

	block(SIG_BLOCK, set);
	raise(SIGUSR2);
	CHECK(sigwait(&set, &which) == 0 && which == SIGUSR2);
	pid_t child = fork();
	if (child == 0) {
		usleep(20000);
		_exit(kill(getppid(), SIGUSR1));
	}
	CHECK(sigwait(&set, &which) == 0 && which == SIGUSR1);
	CHECK_IS(waitpid(child, NULL, 0), child);
	block(SIG_SETMASK, 0);
}

static void check_alarm(void)
{
	clear();
	handle(SIGALRM, note, 0, 0);
	CHECK_IS(alarm(100), 0);
	CHECK_IS(alarm(50), 100);
	CHECK_IS(alarm(0), 50);
	CHECK_IS(alarm(0), 0);
	ualarm(30000, 0);
	usleep(10000);
	CHECK_IS(count[SIGALRM], 0);
	CHECK_ERROR(usleep(1000000), EINTR);
	CHECK_IS(count[SIGALRM], 1);
	CHECK_IS(alarm(0), 0);
	pid_t child = fork(); /* an alarm is not inherited */
	if (child == 0)
		_exit(alarm(0));
	int status = -1;
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	signal(SIGALRM, SIG_DFL);
}

static jmp_buf plain;
static sigjmp_buf keeping;

static void jump(int signal) { siglongjmp(keeping, signal); }
static void jump_plain(int signal) { longjmp(plain, signal); }

static void check_jumps(void)
{
	static int i;

	for (i = 0; i < 10; i++) {
		handle(SIGUSR1, jump, 0, BIT(SIGALRM));
		int came = sigsetjmp(keeping, 1);
		if (!came)
			raise(SIGUSR1);
		CHECK_IS(came, SIGUSR1);
		CHECK_IS(blocked(), 0);
	}
	handle(SIGUSR1, jump_plain, 0, 0);
	if (setjmp(plain) == 0)
		raise(SIGUSR1);
	CHECK_IS(blocked(), BIT(SIGUSR1));
	block(SIG_SETMASK, 0);
	signal(SIGUSR1, SIG_DFL);
}

/* The handler sends it elsewhere, with another mask. */
static void elsewhere(void) { longjmp(plain, 5); }

static void redirect(int signal, siginfo_t *info, void *context)
{
	ucontext_t *c = context;

	registers_set_pc(&c->uc_mcontext, (uint32_t)elsewhere);
	registers_set_sp(&c->uc_mcontext, (registers_sp(&c->uc_mcontext) - 64) & ~15u);
	c->uc_sigmask = BIT(SIGUSR2) | BIT(SIGKILL);
}

static void check_context(void)
{
	struct sigaction a = { .sa_sigaction = redirect, .sa_flags = SA_SIGINFO };

	sigaction(SIGUSR1, &a, NULL);
	int came = setjmp(plain);
	if (!came)
		raise(SIGUSR1);
	CHECK_IS(came, 5);
	CHECK_IS(blocked(), BIT(SIGUSR2));
	block(SIG_SETMASK, 0);
}

static char area[SIGSTKSZ];
static volatile uint32_t handler_sp;

static void where(int signal)
{
	handler_sp = (uint32_t)__builtin_frame_address(0);
	if (signal == SIGUSR1)
		raise(SIGUSR2);
}

static void check_stack(void)
{
	stack_t s = { area, 0, sizeof(area) }, was;

	CHECK(sigaltstack(&s, &was) == 0 && was.ss_flags == SS_DISABLE);
	handle(SIGUSR1, where, SA_ONSTACK, 0);
	handle(SIGUSR2, where, SA_ONSTACK, 0);
	raise(SIGUSR1);
	CHECK(handler_sp > (uint32_t)area && handler_sp < (uint32_t)area + sizeof(area) - 100);
	s.ss_size = MINSIGSTKSZ - 1;
	CHECK_ERROR(sigaltstack(&s, NULL), ENOMEM);
	s.ss_flags = 0x100;
	CHECK_ERROR(sigaltstack(&s, NULL), EINVAL);
	CHECK_ERROR(sigaltstack((stack_t *)KERNEL_BASE, NULL), EFAULT);
	CHECK_ERROR(sigaltstack(NULL, (stack_t *)KERNEL_BASE), EFAULT);
	s.ss_flags = SS_DISABLE;
	CHECK(sigaltstack(&s, &was) == 0 && was.ss_sp == area && was.ss_flags == 0 && was.ss_size == sizeof(area));
	raise(SIGUSR2);
	CHECK(handler_sp > (uint32_t)area + sizeof(area));
	signal(SIGUSR1, SIG_DFL);
	signal(SIGUSR2, SIG_DFL);
}

static int dies_of(int signal, bool twice)
{
	int status = -1;
	pid_t child = fork();

	if (child == 0) {
		raise(signal);
		if (twice)
			kill(getpid(), SIGKILL);
		_exit(0);
	}
	CHECK_IS(waitpid(child, &status, 0), child);
	return status;
}

static void check_defaults(void)
{
	for (int signal = 1; signal < NSIG; signal++) {
		bool harmless = signal == SIGCHLD || signal == SIGCONT || signal == SIGURG || signal == SIGWINCH;
		if (signal >= SIGSTOP && signal <= SIGTTOU)
			continue; /* t_job */
		CHECK_IS(dies_of(signal, false), harmless ? 0 : signal);
	}
	CHECK_IS(dies_of(SIGCHLD, true), SIGKILL);
	CHECK(WIFSIGNALED(SIGKILL) && WTERMSIG(SIGKILL) == SIGKILL && !WIFEXITED(SIGKILL) && !WIFSTOPPED(SIGKILL));
	pid_t child = fork();
	int status;
	if (child == 0)
		abort();
	CHECK(waitpid(child, &status, 0) == child && status == SIGABRT);
}

static void check_errors(void)
{
	struct sigaction a = { { note }, 0, 0 };
	sigset_t set;

	CHECK_ERROR(sigaction(0, &a, NULL), EINVAL);
	CHECK_ERROR(sigaction(NSIG, &a, NULL), EINVAL);
	CHECK_ERROR(sigaction(-1, NULL, NULL), EINVAL);
	CHECK_ERROR(sigaction(SIGKILL, &a, NULL), EINVAL);
	CHECK_ERROR(sigaction(SIGSTOP, &a, NULL), EINVAL);
	CHECK_IS(sigaction(SIGKILL, NULL, &a), 0);
	CHECK(signal(SIGKILL, SIG_IGN) == SIG_ERR);
	CHECK_ERROR(kill(getpid(), NSIG), EINVAL);
	CHECK_ERROR(kill(getpid(), -1), EINVAL);
	CHECK_ERROR(kill(123456, SIGTERM), ESRCH);
	CHECK_ERROR(kill(-123456, SIGTERM), ESRCH);
	CHECK_ERROR(kill(-0x7fffffff - 1, SIGTERM), ESRCH);
	CHECK_ERROR(kill(-1, SIGTERM), EPERM);
	CHECK_ERROR(raise(99), EINVAL);
	CHECK_IS(kill(getpid(), 0), 0);
	CHECK_ERROR(sigprocmask(3, &set, NULL), EINVAL);
	CHECK_ERROR(sigprocmask(SIG_BLOCK, (sigset_t *)KERNEL_BASE, NULL), EFAULT);
	CHECK_ERROR(sigprocmask(SIG_BLOCK, NULL, (sigset_t *)UTEXT), EFAULT);
	CHECK_ERROR(sigpending((sigset_t *)UTEXT), EFAULT);
	CHECK(sigemptyset(&set) == 0 && sigaddset(&set, SIGINT) == 0 && sigismember(&set, SIGINT) == 1);
	CHECK(sigdelset(&set, SIGINT) == 0 && sigismember(&set, SIGINT) == 0 && set == 0);
	CHECK_ERROR(sigaddset(&set, NSIG), EINVAL);
	CHECK_ERROR(sigismember(&set, 0), EINVAL);
	CHECK(sigfillset(&set) == 0 && sigismember(&set, 31) == 1);
	CHECK(strcmp(strsignal(SIGPIPE), "broken pipe") == 0 && strcmp(strsignal(77), "unknown signal") == 0);
}

static int child_of_fork(void)
{
	sigset_t set;

	raise(SIGUSR1); /* the handler is there, the mask too, what was pending not */
	sigpending(&set);
	return count[SIGUSR1] == 1 && blocked() == BIT(SIGUSR2) && set == 0 ? 0 : 1;
}

static void check_fork(void)
{
	int status = -1;

	clear();
	handle(SIGUSR1, note, 0, 0);
	block(SIG_BLOCK, BIT(SIGUSR2));
	raise(SIGUSR2);
	pid_t child = fork();
	if (child == 0)
		_exit(child_of_fork());
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	CHECK_IS(count[SIGUSR1], 0);
	signal(SIGUSR2, SIG_IGN);
	block(SIG_SETMASK, 0);
	signal(SIGUSR2, SIG_DFL);
}

int main(void)
{
	check_handler();
	check_info();
	check_pending();
	check_nested();
	handle(SIGUSR1, deeper, SA_NODEFER, 0);
	raise(SIGUSR1);
	CHECK_IS(depth, 100);
	check_suspend();
	check_wait();
	check_alarm();
	check_jumps();
	check_context();
	check_stack();
	check_defaults();
	check_errors();
	check_fork();
	return test_end("signals");
}
