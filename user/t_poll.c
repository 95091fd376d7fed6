/* user/t_poll.c: tests poll: what is ready at once, what comes later, time running out, bad entries. (lab 6) */
#include "test.h"
#include <fcntl.h>
#include <poll.h>

static int a[2], b[2];

static void check_at_once(void)
{
	struct pollfd f[] = { { a[0], POLLIN, -1 }, { a[1], POLLOUT, -1 }, { -5, POLLIN, -1 }, { 60, 0, -1 }, { 1, POLLOUT, -1 } };
	char page[PIPE_BUF], c;

	CHECK_IS(poll(f, 5, 0), 3);
	CHECK_IS(f[0].revents, 0);
	CHECK_IS(f[1].revents, POLLOUT);
	CHECK_IS(f[2].revents, 0);
	CHECK_IS(f[3].revents, POLLNVAL);
	CHECK_IS(f[4].revents, POLLOUT);
	CHECK_IS(write(a[1], "x", 1), 1);
	CHECK_IS(poll(f, 2, -1), 1); /* one byte is in it: the longest write would wait */
	CHECK_IS(f[0].revents, POLLIN);
	CHECK_IS(f[1].revents, 0);
	f[0].events = 0;
	CHECK_IS(poll(f, 1, 0), 0);
	CHECK_IS(read(a[0], &c, 1), 1);
	CHECK_IS(write(a[1], page, PIPE_BUF), PIPE_BUF);
	CHECK_IS(poll(f, 2, 0), 0);
	CHECK_IS(read(a[0], page, PIPE_BUF), PIPE_BUF);
	CHECK_IS(poll(NULL, 0, 0), 0);
}

static void check_timeout(void)
{
	struct pollfd f[] = { { a[0], POLLIN, -1 }, { b[0], POLLIN, -1 }, { a[0], POLLIN, -1 } };

	CHECK_IS(poll(f, 3, 30), 0);
	CHECK_IS(f[0].revents | f[1].revents | f[2].revents, 0);
	CHECK_IS(poll(NULL, 0, 20), 0);
	CHECK_IS(poll(f, 1, 1), 0);
}

/* A child does something a little later; poll comes back for that and at its time. */
static void check_later(void (*what)(void), int fd, int events, int want)
{
	struct pollfd f[] = { { 0, POLLIN, -1 }, { fd, events, -1 }, { fd, events, -1 } };
	pid_t pid = fork();

	if (pid == 0) {
		usleep(20000);
		what();
		_exit(0);
	}
	CHECK_IS(poll(f, 3, fd == a[0] ? -1 : 5000), 2);
	CHECK_IS(f[0].revents, 0);
	CHECK_IS(f[1].revents, want);
	CHECK_IS(f[2].revents, want);
	CHECK_IS(waitpid(pid, NULL, 0), pid);
}

static void write_one(void) { write(a[1], "x", 1); }

static void read_all(void)
{
	char page[PIPE_BUF];

	read(b[0], page, 1);
	usleep(10000); /* that was not enough: poll waits on */
	read(b[0], page, PIPE_BUF);
}

static void check_changes(void)
{
	char page[PIPE_BUF];

	check_later(write_one, a[0], POLLIN, POLLIN);
	CHECK_IS(read(a[0], page, 10), 1);
	CHECK_IS(write(b[1], page, PIPE_BUF), PIPE_BUF);
	check_later(read_all, b[1], POLLOUT, POLLOUT);
	CHECK_IS(write(b[1], "left", 4), 4);
	/* The other end goes when the child, who holds the last one, ends. */
	pid_t pid = fork();
	if (pid == 0) {
		close(a[0]), close(b[1]);
		usleep(50000);
		_exit(0); /* closes what it holds */
	}
	CHECK_IS(close(a[1]), 0);
	CHECK_IS(close(b[0]), 0);
	struct pollfd f[] = { { a[0], POLLIN, -1 }, { b[1], 0, -1 } };
	CHECK_IS(poll(f, 2, 0), 0);
	CHECK(poll(f, 2, -1) > 0); /* they go one after the other */
	CHECK_IS(waitpid(pid, NULL, 0), pid);
	CHECK_IS(poll(f, 2, -1), 2);
	CHECK_IS(f[0].revents, POLLHUP);
	CHECK_IS(f[1].revents, POLLERR);
	CHECK_IS(close(a[0]), 0);
	CHECK_IS(close(b[1]), 0);
}

/* What was written before the last writer went can still be read: both is said. */
static void check_left(void)
{
	int fds[2];
	char c;

	CHECK_IS(pipe(fds), 0);
	CHECK_IS(write(fds[1], "x", 1), 1);
	CHECK_IS(close(fds[1]), 0);
	struct pollfd f = { fds[0], POLLIN, 0 };
	CHECK_IS(poll(&f, 1, -1), 1);
	CHECK_IS(f.revents, POLLIN | POLLHUP);
	CHECK_IS(read(fds[0], &c, 1), 1);
	CHECK_IS(poll(&f, 1, -1), 1);
	CHECK_IS(f.revents, POLLHUP);
	CHECK_IS(close(fds[0]), 0);
}

static void check_hostile(void)
{
	static struct pollfd f[POLL_MAX + 1];

	for (unsigned i = 0; i <= POLL_MAX; i++)
		f[i] = (struct pollfd){ i % 3 ? 1 : 0, i % 3 ? POLLOUT : 0, 0 };
	CHECK_IS(poll(f, POLL_MAX, -1), POLL_MAX - (POLL_MAX + 2) / 3);
	CHECK_ERROR(poll(f, POLL_MAX + 1, 0), EINVAL);
	CHECK_ERROR(poll(f, 0xffffffff, 0), EINVAL);
	CHECK_ERROR(poll((struct pollfd *)KERNEL_BASE, 1, 0), EFAULT);
	CHECK_ERROR(poll((struct pollfd *)UPT_base, 1, 0), EFAULT);
	CHECK_ERROR(poll((struct pollfd *)UTEXT, 1, 0), EFAULT); /* to be written, too */
	CHECK_ERROR(poll(NULL, 1, -1), EFAULT);
	CHECK_ERROR(poll((struct pollfd *)0xfffffffc, 2, -1), EFAULT);
}

int main(void)
{
	CHECK_IS(pipe(a), 0);
	CHECK_IS(pipe(b), 0);
	check_hostile();
	check_at_once();
	check_timeout();
	check_changes();
	check_left();
	CHECK_ERROR(close(3), EBADF);
	CHECK_ERROR(close(6), EBADF);
	return test_end("poll");
}
