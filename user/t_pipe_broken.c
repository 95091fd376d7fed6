/* user/t_pipe_broken.c: tests pipes whose other end goes away: end of input, EPIPE, SIGPIPE; and kill of who waits. (lab 6) */
#include "test.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>

static int fds[2];
static volatile int signals_seen;

static void count(int signal)
{
	signals_seen++;
}

/* Ends by itself after a while: a test that hangs would say less. */
static pid_t start(int (*what)(void))
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid == 0)
		_exit(what());
	usleep(30000); /* it is waiting by now */
	return pid;
}

static int status_of(pid_t pid)
{
	int status = -1;

	CHECK_IS(waitpid(pid, &status, 0), pid);
	return status;
}

static int read_one(void)
{
	char c;

	close(fds[1]);
	return 10 + read(fds[0], &c, 1);
}

/* More than the pipe holds. */
static int write_much(void)
{
	static char much[3 * PIPE_BUF];

	close(fds[0]);
	signal(SIGPIPE, SIG_IGN);
	ssize_t n = write(fds[1], much, sizeof(much));
	return n < 0 ? errno : n / 1024;
}

static int write_much_and_die(void)
{
	static char much[3 * PIPE_BUF];

	close(fds[0]);
	write(fds[1], much, sizeof(much));
	return 77;
}

static void check_sleepers(void)
{
	char page[PIPE_BUF];

	CHECK_IS(pipe(fds), 0);
	pid_t pid = start(read_one);
	CHECK_IS(waitpid(pid, NULL, WNOHANG), 0);
	close(fds[1]);
	CHECK_IS(status_of(pid), STATUS_EXIT(10)); /* end of input */
	close(fds[0]);

	CHECK_IS(pipe(fds), 0);
	pid = start(write_much);
	CHECK_IS(read(fds[0], page, PIPE_BUF), PIPE_BUF); /* what it got rid of before the end is its result */
	usleep(30000);
	close(fds[0]);
	CHECK_IS(status_of(pid), STATUS_EXIT(8));
	close(fds[1]);

	CHECK_IS(pipe(fds), 0);
	pid = start(write_much_and_die);
	close(fds[0]);
	CHECK_IS(status_of(pid), SIGPIPE);
	close(fds[1]);
}

static void check_signal(void)
{
	CHECK_IS(pipe(fds), 0);
	close(fds[0]);
	signal(SIGPIPE, count);
	CHECK_ERROR(write(fds[1], "x", 1), EPIPE);
	CHECK_IS(signals_seen, 1);
	signal(SIGPIPE, SIG_IGN);
	CHECK_ERROR(write(fds[1], "x", 1), EPIPE);
	CHECK_ERROR(write(fds[1], (void *)KERNEL_BASE, 1), EPIPE);
	CHECK_IS(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
	CHECK_ERROR(write(fds[1], "x", 1), EPIPE);
	signal(SIGPIPE, SIG_DFL);
	CHECK_IS(signals_seen, 1);
	close(fds[1]);
}

/* Whoever waits in a pipe can be killed, and is no reader and no writer from then on. */
static void check_kill(void)
{
	char page[PIPE_BUF];

	CHECK_IS(pipe(fds), 0);
	pid_t pid = start(read_one);
	CHECK_IS(kill(pid, SIGKILL), 0);
	CHECK_IS(status_of(pid), SIGKILL);
	close(fds[0]);
	signal(SIGPIPE, SIG_IGN);
	CHECK_ERROR(write(fds[1], "x", 1), EPIPE);
	signal(SIGPIPE, SIG_DFL);
	close(fds[1]);

	CHECK_IS(pipe(fds), 0);
	pid = start(write_much);
	close(fds[1]);
	CHECK_IS(kill(pid, SIGKILL), 0);
	CHECK_IS(status_of(pid), SIGKILL);
	CHECK_IS(read(fds[0], page, PIPE_BUF), PIPE_BUF);
	CHECK_IS(read(fds[0], page, PIPE_BUF), 0);
	close(fds[0]);
}

static int read_interrupted(void)
{
	char c;

	signal(SIGALRM, count);
	siginterrupt(SIGALRM, 1);
	ualarm(30000, 0);
	return read(fds[0], &c, 1) == -1 && errno == EINTR && signals_seen ? 0 : 1;
}

static int poll_interrupted(void)
{
	struct pollfd f = { fds[0], POLLIN, 0 };

	signal(SIGALRM, count);
	ualarm(30000, 0);
	return poll(&f, 1, -1) == -1 && errno == EINTR && signals_seen ? 0 : 1;
}

static int write_interrupted(void)
{
	static char much[3 * PIPE_BUF];

	signal(SIGALRM, count);
	ualarm(30000, 0);
	return write(fds[1], much, sizeof(much)) == PIPE_BUF ? 0 : 1;
}

static void check_interrupted(void)
{
	CHECK_IS(pipe(fds), 0);
	signals_seen = 0;
	CHECK_IS(status_of(start(read_interrupted)), 0);
	CHECK_IS(status_of(start(poll_interrupted)), 0);
	CHECK_IS(status_of(start(write_interrupted)), 0);
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	check_sleepers();
	check_signal();
	check_kill();
	check_interrupted();
	CHECK_ERROR(close(3), EBADF);
	return test_end("pipe whose other end goes away");
}
