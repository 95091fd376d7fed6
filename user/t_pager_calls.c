/* user/t_pager_calls.c: tests each call that takes a pointer with buffers that the program's own fault handler brings in: the
 * call begins anew when it has; and with a handler that does not, it is an EFAULT. (lab 4)
 */
#include "pager.h"
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <time.h>
#include <sys/times.h>

/* As the stubs are: arguments and results are words. */
#define RAW(name) long sys_##name(long a, long b, long c, long d);
RAW(spawn) RAW(exec) RAW(wait) RAW(program) RAW(read) RAW(write) RAW(pipe) RAW(poll) RAW(sigaction) RAW(sigmask) RAW(sigpending)
RAW(sigsuspend) RAW(times) RAW(clock) RAW(thread_info) RAW(futex) RAW(context_return) RAW(thread_exit)

#define LONG(p) ((long)(p))

static struct { char stack[PAGE_SIZE], faults[PAGE_SIZE]; union { uint32_t words[THREAD_BLOCK / 4]; void *self; } block; } other;
static jmp_buf home;

/* As the kernel sees it: 0 or more is well, and both of the buffer's pages have been asked for. */
#define CHECK_CALL(call)                \
	do {                            \
		CHECK((call) >= 0);     \
		CHECK_IS(faults, 2);    \
	} while (0)

static void check_transfers(void)
{
	int fds[2];
	char text[8] = "";
	char *p;

	CHECK_IS(pipe(fds), 0);
	p = lazy("across", 6);
	CHECK_IS(sys_write(fds[1], LONG(p), 6, 0), 6);
	CHECK_IS(faults, 2);
	CHECK_IS(read(fds[0], text, 8), 6);
	CHECK(strcmp(text, "across") == 0);
	CHECK_IS(write(fds[1], "thence", 6), 6);
	p = lazy(NULL, 6);
	CHECK_IS(sys_read(fds[0], LONG(p), 6, 0), 6);
	CHECK(faults == 2 && memcmp(p, "thence", 6) == 0);
	/* It waits first, and meets the page when it goes on. */
	pid_t pid = fork();
	if (pid == 0) {
		usleep(30000);
		_exit(write(fds[1], "later", 6) != 6);
	}
	p = lazy(NULL, 6);
	CHECK_IS(sys_read(fds[0], LONG(p), 6, 0), 6);
	CHECK(faults == 2 && strcmp(p, "later") == 0);
	p = lazy(NULL, 4);
	CHECK_IS(sys_wait(pid, LONG(p), 0, 0), pid);
	CHECK(faults == 1 && *(int *)p == 0);
	close(fds[0]);
	close(fds[1]);
	p = lazy("ok: text from a page that was not there\n", 40);
	CHECK_IS(sys_write(1, LONG(p), 40, 0), 40); /* once, and whole */
	CHECK_IS(faults, 2);
	p = lazy(NULL, 8);
	CHECK_CALL(sys_pipe(LONG(p), 0, 0, 0));
	CHECK(close(((int *)p)[0]) == 0 && close(((int *)p)[1]) == 0);
	struct pollfd none[2] = { { .fd = -1 }, { .fd = -1 } };
	p = lazy(none, sizeof(none));
	CHECK_CALL(sys_poll(LONG(p), 2, 0, 0));
}

/* Array, strings and name, each on pages of its own. */
static void check_programs(void)
{
	char *argv[] = { "t_args", "exit", "11", NULL }, *a_string[] = { "t_args", "exit", NULL, NULL };
	int status;
	pid_t pid;

	CHECK_IS(pid = sys_spawn(LONG("t_args"), LONG(lazy(argv, sizeof(argv))), 0, 0), waitpid(pid, &status, 0));
	CHECK(faults == 2 && status == STATUS_EXIT(11));
	a_string[2] = lazy("12", 3);
	CHECK_IS(pid = sys_spawn(LONG("t_args"), LONG(a_string), 0, 0), waitpid(pid, &status, 0));
	CHECK(faults > 0 && status == STATUS_EXIT(12));
	CHECK_IS(pid = sys_spawn(LONG(lazy("t_args", 7)), LONG(argv), 0, 0), waitpid(pid, &status, 0));
	CHECK(faults == 2 && status == STATUS_EXIT(11));
	CHECK_IS(pid = sys_spawn(LONG("t_args"), LONG(argv), LONG(lazy(NULL, 4)), 0), waitpid(pid, &status, 0));
	CHECK(faults == 1 && status == STATUS_EXIT(11));
	pid = fork();
	if (pid == 0)
		_exit(-sys_exec(LONG("t_args"), LONG(lazy(argv, sizeof(argv))), 0, 0));
	CHECK_IS(waitpid(pid, &status, 0), pid);
	CHECK_IS(status, STATUS_EXIT(11));
	CHECK_CALL(sys_program(0, LONG(lazy(NULL, 6)), 6, 0));
}

static void check_signals(void)
{
	const sigset_t none = 0;
	struct signal_action was;

	CHECK_IS(sys_sigaction(SIGUSR1, 0, LONG(&was), 0), 0);
	CHECK_CALL(sys_sigaction(SIGUSR1, LONG(lazy(&was, sizeof(was))), 0, 0));
	CHECK_CALL(sys_sigaction(SIGUSR1, 0, LONG(lazy(NULL, sizeof(was))), 0));
	CHECK_IS(sys_sigmask(SIG_BLOCK, LONG(lazy(&none, 4)), 0, 0), 0);
	CHECK_IS(faults, 1);
	CHECK_IS(sys_sigmask(SIG_BLOCK, 0, LONG(lazy(NULL, 4)), 0), 0);
	CHECK_IS(faults, 1);
	CHECK_IS(sys_sigpending(LONG(lazy(NULL, 4)), 0, 0, 0), 0);
	CHECK_IS(faults, 1);
}

static void check_times(void)
{
	struct tms t;
	struct timespec now;

	CHECK_CALL(sys_times(LONG(lazy(NULL, sizeof(t))), 0, 0, 0));
	CHECK_CALL(sys_clock(CLOCK_MONOTONIC, LONG(lazy(NULL, sizeof(now))), 0, 0));
	CHECK_CALL(sys_thread_info(0, LONG(lazy(NULL, sizeof(struct thread_info))), sizeof(struct thread_info), 0));
	CHECK_IS(sys_futex(LONG(lazy("\5\0\0", 4)), FUTEX_WAIT, 6, 0), -EAGAIN); /* it has read 5 there */
	CHECK_IS(faults, 1);
}

static void come_home(void)
{
	longjmp(home, 1);
}

/* A handler's context may lie anywhere. */
static void check_context(void)
{
	static char stack[1024] __attribute__((aligned(16)));
	struct context c = { .mask = 0 };

	registers_set_pc(&c.registers, (uint32_t)come_home);
	registers_set_sp(&c.registers, (uint32_t)(stack + sizeof(stack) - 64));
	if (setjmp(home) == 0) {
		sys_context_return(LONG(lazy(&c, sizeof(c))), 0, 0, 0);
		CHECK(!"context_return came back");
	}
	CHECK_IS(faults, 2);
}

/* Each thread has its own handler and stack. */
static void be_thread(uint32_t word)
{
	fault_handler(bring_in, other.faults, sizeof(other.faults));
	sys_thread_exit(word, 0, 0, 0);
	CHECK(!"thread_exit came back");
}

static void check_thread(void)
{
	uint32_t word = LONG(lazy("\1\0\0", 4));

	other.block.self = &other.block;
	CHECK(thread_create(be_thread, other.stack + sizeof(other.stack), word, &other.block) > 0);
	for (int i = 0; i < 100 && !faults; i++)
		usleep(10000);
	CHECK_IS(faults, 1);
	CHECK_IS(*(volatile int *)word, 0);
}

/* Asked once; as nothing has changed then, the call fails. */
static void check_unmended(void)
{
	int fds[2];
	long at = LAZY;

	CHECK_IS(pipe(fds), 0);
	forget();
	mend = false;
#define CHECK_FAULT(call)                            \
	do {                                         \
		faults = 0;                          \
		CHECK_IS(call, -EFAULT);             \
		CHECK_IS(faults, 1);                 \
	} while (0)
	CHECK_FAULT(sys_write(fds[1], at, 4, 0));
	CHECK_FAULT(sys_write(1, at, 4, 0));
	CHECK_FAULT(sys_spawn(at, 0, 0, 0));
	CHECK_FAULT(sys_spawn(LONG("true"), at, 0, 0));
	CHECK_FAULT(sys_spawn(LONG("true"), 0, at, 0));
	CHECK_FAULT(sys_exec(LONG("true"), at, 0, 0));
	CHECK_FAULT(sys_program(0, at, 20, 0));
	CHECK_FAULT(sys_pipe(at, 0, 0, 0));
	CHECK_FAULT(sys_poll(at, 1, 0, 0));
	CHECK_FAULT(sys_sigaction(SIGUSR1, at, 0, 0));
	CHECK_FAULT(sys_sigaction(SIGUSR1, 0, at, 0));
	CHECK_FAULT(sys_sigmask(SIG_BLOCK, at, 0, 0));
	CHECK_FAULT(sys_sigmask(SIG_BLOCK, 0, at, 0));
	CHECK_FAULT(sys_sigpending(at, 0, 0, 0));
	CHECK_FAULT(sys_sigsuspend(at, 0, 0, 0));
	CHECK_FAULT(sys_times(at, 0, 0, 0));
	CHECK_FAULT(sys_clock(CLOCK_MONOTONIC, at, 0, 0));
	CHECK_FAULT(sys_thread_info(0, at, sizeof(struct thread_info), 0));
	CHECK_FAULT(sys_futex(at, FUTEX_WAIT, 0, 0));
	CHECK_FAULT(sys_context_return(at, 0, 0, 0));
	CHECK_FAULT(sys_thread_exit(at, 0, 0, 0));
	CHECK_IS(write(fds[1], "x", 1), 1);
	CHECK_FAULT(sys_read(fds[0], at, 1, 0));
	mend = true;
	faults = 0;
	CHECK_IS(sys_read(fds[0], at, 1, 0), 1); /* nothing of it was lost */
	CHECK(faults == 1 && *(char *)at == 'x');
	/* Where no page can ever be, nobody is asked. */
	faults = 0;
	CHECK_IS(sys_write(fds[1], 0, 4, 0), -EFAULT);
	CHECK_IS(sys_write(fds[1], KERNEL_BASE, 4, 0), -EFAULT);
	CHECK_IS(sys_read(fds[0], UPT_base, 4, 0), -EFAULT);
	CHECK_IS(faults, 0);
	close(fds[0]);
	close(fds[1]);
}

static volatile int alarms;

static void count_alarm(int signal)
{
	alarms++;
}

/* A signal whose handler's stack is not there yet: the page first, then the signal. */
static void check_signal_stack(void)
{
	stack_t stack = { .ss_sp = (void *)LAZY, .ss_size = 4 * PAGE_SIZE }, none = { .ss_flags = SS_DISABLE };
	struct sigaction action = { .sa_handler = count_alarm, .sa_flags = SA_ONSTACK };

	forget();
	CHECK_IS(sigaltstack(&stack, NULL), 0);
	CHECK_IS(sigaction(SIGALRM, &action, NULL), 0);
	raise(SIGALRM);
	CHECK(alarms == 1 && faults > 0);
	forget();
	raise(SIGALRM);
	CHECK(alarms == 2 && faults > 0);
	sigaltstack(&none, NULL);
	signal(SIGALRM, SIG_DFL);
}

static volatile int signals;

static void count_signal(int signal)
{
	signals++;
}

/* A signal comes when the wait is over, but the call has not met the page yet: the handler runs, the page is brought in, and
 * the call gets all of what there was to read.
 */
static void check_signal_in_between(int flags)
{
	struct sigaction action = { { count_signal }, 0, flags };
	int fds[2], status;

	signals = 0;
	CHECK_IS(sigaction(SIGUSR1, &action, NULL), 0);
	CHECK_IS(pipe(fds), 0);
	pid_t pid = fork();
	if (pid == 0) {
		usleep(30000);
		bool written = write(fds[1], "later", 6) == 6;
		kill(getppid(), SIGUSR1);
		_exit(!written);
	}
	char *p = lazy(NULL, 6);
	CHECK_IS(sys_read(fds[0], LONG(p), 6, 0), 6);
	CHECK(faults == 2 && strcmp(p, "later") == 0);
	CHECK_IS(signals, 1);
	CHECK_IS(waitpid(pid, &status, 0), pid);
	CHECK_IS(status, 0);
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	CHECK_IS(fault_handler(bring_in, lazy_stack, sizeof(lazy_stack)), 0);
	check_transfers();
	check_programs();
	check_signals();
	check_times();
	check_context();
	check_thread();
	CHECK_IS(fault_handler(bring_in, lazy_stack, sizeof(lazy_stack)), 0);
	check_unmended();
	check_signal_in_between(0);
	check_signal_in_between(SA_RESTART);
	check_signal_stack();
	return test_end("calls with a pager's buffers");
}
