/* user/t_sigcall.c: tests signals that come while a call waits: EINTR or starting again; and the end of who waits. (lab 4) */
#include "test.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>

static volatile int count;
static int pipe_full[2], pipe_empty[2], port;
static volatile uint32_t word;

/* The next time, it will let the call end. */
static void again(int signal)
{
	siginterrupt(signal, 1);
	if (++count == 1)
		ualarm(20000, 0);
}

/* Each waits for what does not come. */
static long wait_read_console(void) { char c; return read(0, &c, 1); }
static long wait_read_pipe(void) { char c; return read(pipe_empty[0], &c, 1); }
static long wait_write_pipe(void) { char c = 1; return write(pipe_full[1], &c, 1); }
static long wait_child(void) { return waitpid(-1, NULL, 0); }
static long wait_sleep(void) { return usleep(3000000); }
static long wait_futex(void) { return futex(&word, FUTEX_WAIT, 0, 0); }
static long wait_suspend(void) { sigset_t none = 0; return sigsuspend(&none); }
static long wait_pause(void) { return pause(); }
static long wait_port(void) { struct message m; return port_receive(port, &m, 0); }
static long wait_poll(void)
{
	struct pollfd p = { .fd = pipe_empty[0], .events = POLLIN };
	return poll(&p, 1, 3000);
}

static const struct call {
	const char *name;
	long (*wait)(void);
	bool starts_again;
} calls[] = {
	{ "read of the console", wait_read_console, true },
	{ "read of a pipe", wait_read_pipe, true },
	{ "write to a pipe", wait_write_pipe, true },
	{ "waitpid", wait_child, true },
	{ "futex", wait_futex, true },
	{ "port_receive", wait_port, false },
	{ "sleep", wait_sleep, false },
	{ "sigsuspend", wait_suspend, false },
	{ "pause", wait_pause, false },
	{ "poll", wait_poll, false },
};
#define CALLS (sizeof(calls) / sizeof(calls[0]))

static void handle(int flags)
{
	struct sigaction a = { { again }, 0, flags };

	sigaction(SIGALRM, &a, NULL);
	count = 0;
	ualarm(20000, 0);
	errno = 0;
}

static void check_call(const struct call *c)
{
	handle(0);
	long result = c->wait();
	if (result != -1 || errno != EINTR || count != 1) {
		printf("FAIL: %s: %ld, errno %d, %d signals\n", c->name, result, errno, count);
		test_failures++;
	}
	handle(SA_RESTART);
	result = c->wait();
	if (result != -1 || errno != EINTR || count != (c->starts_again ? 2 : 1)) {
		printf("FAIL: %s with SA_RESTART: %ld, errno %d, %d signals\n", c->name, result, errno, count);
		test_failures++;
	}
	alarm(0);
}

/* A stop and a continue are no reason to end a call, nor is a signal that comes to nothing. */
static void check_stopped(const struct call *c)
{
	int status = -1;
	pid_t child = fork();

	if (child == 0) {
		close(pipe_empty[1]); /* what ends the wait: nobody writes any more */
		_exit(c->wait == wait_read_pipe ? c->wait() : 0);
	}
	usleep(20000);
	kill(child, SIGSTOP);
	CHECK(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
	kill(child, SIGCONT);
	CHECK(waitpid(child, &status, WCONTINUED) == child && WIFCONTINUED(status));
	kill(child, SIGCHLD);
	usleep(20000);
	CHECK_IS(waitpid(child, &status, WNOHANG), 0);
	close(pipe_empty[1]);
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	CHECK(pipe(pipe_empty) == 0);
}

/* Whatever it waits for, it can be ended. */
static void check_killed(const struct call *c, int signal, bool blocked)
{
	sigset_t all = ~1u;
	int status = -1;
	pid_t child = fork();

	if (child == 0) {
		if (c->wait == wait_child && fork() == 0) {
			wait_sleep();
			_exit(0);
		}
		if (blocked)
			sigprocmask(SIG_BLOCK, &all, NULL);
		c->wait();
		_exit(0);
	}
	usleep(20000);
	CHECK_IS(kill(child, signal), 0);
	if (waitpid(child, &status, 0) != child || status != signal) {
		printf("FAIL: %s: signal %d gave status 0x%x\n", c->name, signal, status);
		test_failures++;
	}
}

static void spin(int seconds)
{
	for (volatile unsigned i = 0; i < seconds * 1000000000u; i++)
		;
}

static long wait_spinning(void) { spin(1); return 0; }
static long wait_yielding(void)
{
	for (;;)
		yield();
	return 0;
}

static void check_running(void)
{
	static const struct call running = { "loop", wait_spinning }, yielding = { "yield", wait_yielding };

	check_killed(&running, SIGTERM, false);
	check_killed(&running, SIGKILL, true);
	check_killed(&yielding, SIGTERM, false);
}

static void check_sigpipe(void)
{
	int fds[2], status = -1;

	CHECK_IS(pipe(fds), 0);
	close(fds[0]);
	pid_t child = fork();
	if (child == 0)
		_exit(write(fds[1], "x", 1));
	CHECK(waitpid(child, &status, 0) == child && status == SIGPIPE);
	count = 0;
	signal(SIGPIPE, again);
	CHECK_ERROR(write(fds[1], "x", 1), EPIPE);
	CHECK_IS(count, 1);
	alarm(0);
	signal(SIGPIPE, SIG_IGN);
	CHECK_ERROR(write(fds[1], "x", 1), EPIPE);
	signal(SIGPIPE, SIG_DFL);
	close(fds[1]);
}

/* A sleep that a signal ends tells what was left; one that was stopped sleeps it. */
static void check_sleep(void)
{
	handle(0);
	unsigned left = sleep(2);
	CHECK(left == 1 || left == 2);
	alarm(0);
}

int main(void)
{
	char page[4096] = { 0 };

	CHECK(pipe(pipe_full) == 0 && pipe(pipe_empty) == 0);
	port = port_create(0);
	fcntl(pipe_full[1], F_SETFL, O_NONBLOCK);
	while (write(pipe_full[1], page, sizeof(page)) > 0)
		;
	fcntl(pipe_full[1], F_SETFL, 0);
	pid_t child = fork();
	if (child == 0) {
		sleep(100);
		_exit(0);
	}
	for (unsigned i = 0; i < CALLS; i++)
		check_call(&calls[i]);
	kill(child, SIGTERM);
	CHECK_IS(waitpid(child, NULL, 0), child);
	for (unsigned i = 0; i < CALLS; i++) {
		check_killed(&calls[i], SIGTERM, false);
		check_killed(&calls[i], SIGKILL, true);
	}
	check_stopped(&calls[1]);
	check_running();
	check_sigpipe();
	check_sleep();
	return test_end("signals during calls");
}
