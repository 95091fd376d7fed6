/* user/t_port_poll.c: tests poll on ports, rights and answers. (lab 6) */
#include "test.h"
#include <poll.h>
#include <signal.h>
#include <syscall.h>

/* revents of one entry; 0 when nothing holds within the time. */
static int events(int fd, int wanted, int milliseconds)
{
	struct pollfd f = { .fd = fd, .events = wanted };
	int n = poll(&f, 1, milliseconds);

	return n < 0 ? -errno : n ? f.revents : 0;
}

/* A child does it a little later. */
static pid_t later(void (*what)(int fd), int fd)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid == 0) {
		usleep(20000);
		what(fd);
		_exit(0);
	}
	return pid;
}

static void notify(int fd) { port_notify(fd, 8); }
static void send(int fd) { port_send(fd, &(struct message){ .word = { 42 } }); }
static void call(int fd) { port_call(fd, &(struct message){ .word = { 43 } }); }
static void nothing(int fd) {}

static void check_bits(void)
{
	int port = port_create(0);
	struct message m;
	pid_t pid;

	CHECK_IS(events(port, POLLIN, 0), 0);
	CHECK_IS(events(port, POLLIN, 20), 0);
	CHECK_IS(port_notify(port, 4), 0);
	CHECK_IS(events(port, 0, 0), 0);
	CHECK_IS(events(port, POLLIN, -1), POLLIN);
	CHECK_IS(port_receive(port, &m, 0), PORT_NOTIFIED);
	CHECK_IS(events(port, POLLIN, 0), 0);
	pid = later(notify, port);
	CHECK_IS(events(port, POLLIN, -1), POLLIN);
	CHECK_IS(waitpid(pid, NULL, 0), pid);
	CHECK_IS(close(port), 0);
}

static void check_messages(void)
{
	int port = port_create(0), right = port_right(port, 5), answer;
	struct message m;
	pid_t pid = later(send, right);

	CHECK_IS(events(right, POLLOUT, -1), POLLOUT);
	CHECK_IS(events(port, POLLIN, -1), POLLIN);
	CHECK(port_receive(port, &m, 0) >= 0);
	CHECK_IS(m.word[0], 42);
	CHECK_IS(events(port, POLLIN, 0), 0);
	CHECK_IS(waitpid(pid, NULL, 0), pid);

	pid = later(call, right);
	CHECK_IS(events(port, POLLIN, -1), POLLIN);
	CHECK(port_receive(port, &m, 0) >= 0);
	CHECK((answer = port_answer()) >= 0);
	CHECK_IS(events(answer, POLLOUT, -1), POLLOUT);
	CHECK_IS(kill(pid, SIGKILL), 0);
	CHECK_IS(waitpid(pid, NULL, 0), pid);
	CHECK_IS(events(answer, POLLOUT, -1), POLLERR);
	CHECK_IS(close(answer), 0);

	/* A sender that is killed takes its message along. */
	pid = later(send, right);
	CHECK_IS(events(port, POLLIN, -1), POLLIN);
	CHECK_IS(kill(pid, SIGKILL), 0);
	CHECK_IS(waitpid(pid, NULL, 0), pid);
	CHECK_IS(events(port, POLLIN, 0), 0);
	CHECK_IS(close(right), 0);
	CHECK_IS(close(port), 0);
}

/* The last right goes with a child that ends; and so does a port. Who polls is told. */
static void check_ends(void)
{
	int port = port_create(0), right = port_right(port, 5);
	pid_t pid = later(nothing, 0);

	CHECK_IS(events(port, POLLIN, 0), 0);
	CHECK_IS(close(right), 0);
	CHECK_IS(events(port, POLLIN, -1), POLLHUP);
	CHECK_IS(waitpid(pid, NULL, 0), pid);

	CHECK((right = port_right(port, 6)) >= 0);
	CHECK_IS(events(port, POLLIN, 0), 0);
	pid = later(nothing, 0);
	CHECK_IS(close(port), 0);
	CHECK_IS(events(right, 0, 0), 0);
	CHECK_IS(events(right, 0, -1), POLLERR);
	CHECK_IS(waitpid(pid, NULL, 0), pid);
	CHECK_IS(close(right), 0);
}

static void check_no_bytes(void)
{
	int port = port_create(0), right = port_right(port, 5);
	char c;

	CHECK_ERROR(read(port, &c, 1), EBADF);
	CHECK_ERROR(write(port, &c, 1), EBADF);
	CHECK_ERROR(read(right, &c, 1), EBADF);
	CHECK_ERROR(write(right, &c, 1), EBADF);
	CHECK_IS(close(port), 0);
	CHECK_IS(close(right), 0);
}

int main(void)
{
	check_bits();
	check_messages();
	check_ends();
	check_no_bytes();
	CHECK_ERROR(close(3), EBADF);
	return test_end("poll on ports");
}
