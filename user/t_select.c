/* user/t_select.c: tests select: sets, what is ready at once and later, ends and errors, time running out. (lab 6) */
#include "test.h"
#include <signal.h>
#include <sys/select.h>

static int a[2];
static fd_set in, out, except;

static void set_all(int fd)
{
	FD_ZERO(&in);
	FD_SET(fd, &in);
	out = except = in;
}

static void check_sets(void)
{
	FD_ZERO(&in);
	for (int fd = 0; fd < FD_SETSIZE; fd += 9)
		FD_SET(fd, &in);
	for (int fd = 0; fd < FD_SETSIZE; fd++)
		CHECK_IS(FD_ISSET(fd, &in), fd % 9 == 0);
	FD_CLR(63, &in);
	CHECK_IS(FD_ISSET(63, &in), 0);
	CHECK_IS(FD_ISSET(54, &in), 1);
}

static void check_at_once(void)
{
	struct timeval none = { 0, 0 };
	char c;

	set_all(a[1]);
	FD_SET(a[0], &in);
	CHECK_IS(select(a[1] + 1, &in, &out, &except, &none), 1);
	CHECK_IS(FD_ISSET(a[0], &in), 0);
	CHECK_IS(FD_ISSET(a[1], &out), 1);
	CHECK_IS(FD_ISSET(a[1], &except), 0);
	CHECK_IS(write(a[1], "x", 1), 1);
	FD_SET(a[0], &in);
	FD_SET(1, &out);
	CHECK_IS(select(FD_SETSIZE, &in, &out, NULL, NULL), 2); /* the pipe would not take the longest write */
	CHECK_IS(FD_ISSET(a[0], &in), 1);
	CHECK_IS(FD_ISSET(a[1], &out), 0);
	CHECK_IS(FD_ISSET(1, &out), 1);
	CHECK_IS(select(a[0], &in, NULL, NULL, &none), 0); /* not below n */
	CHECK_IS(FD_ISSET(a[0], &in), 0);
	CHECK_IS(read(a[0], &c, 1), 1);
}

static void check_time(void)
{
	struct timeval time = { 0, 25500 };
	uint32_t start = uptime();

	set_all(a[0]);
	CHECK_IS(select(a[0] + 1, &in, NULL, &except, &time), 0);
	CHECK(uptime() - start >= 25);
	CHECK_IS(FD_ISSET(a[0], &in) | FD_ISSET(a[0], &except), 0);
	CHECK_IS(select(0, NULL, NULL, NULL, &time), 0);
	CHECK(uptime() - start >= 50);
}

static void check_later(void)
{
	char c;
	pid_t pid = fork();

	if (pid == 0) {
		usleep(20000);
		_exit(write(a[1], "y", 1) != 1);
	}
	set_all(a[0]);
	CHECK_IS(select(a[0] + 1, &in, NULL, NULL, NULL), 1);
	CHECK_IS(FD_ISSET(a[0], &in), 1);
	CHECK_IS(read(a[0], &c, 1), 1);
	CHECK_IS(waitpid(pid, NULL, 0), pid);
}

/* An end is something to read, an error something to read or write; nobody is woken who did not ask. */
static void check_ends(void)
{
	struct timeval time = { 0, 30000 };
	uint32_t start;

	CHECK_IS(close(a[1]), 0);
	set_all(a[0]);
	CHECK_IS(select(a[0] + 1, &in, NULL, NULL, NULL), 1);
	CHECK_IS(FD_ISSET(a[0], &in), 1);
	start = uptime();
	CHECK_IS(select(a[0] + 1, NULL, &out, &except, &time), 0);
	CHECK(uptime() - start >= 30);
	CHECK_IS(close(a[0]), 0);
	CHECK_IS(pipe(a), 0);
	CHECK_IS(close(a[0]), 0);
	set_all(a[1]);
	CHECK_IS(select(a[1] + 1, &in, &out, NULL, NULL), 2);
	CHECK_IS(close(a[1]), 0);
}

static void check_wrong(void)
{
	struct timeval negative = { -1, 0 }, long_second = { 0, 1000000 };

	set_all(40);
	CHECK_ERROR(select(41, &in, NULL, NULL, NULL), EBADF);
	CHECK_ERROR(select(41, NULL, NULL, &except, NULL), EBADF);
	CHECK_IS(FD_ISSET(40, &in) & FD_ISSET(40, &except), 1); /* left as they were */
	CHECK_ERROR(select(-1, NULL, NULL, NULL, NULL), EINVAL);
	CHECK_ERROR(select(FD_SETSIZE + 1, &in, NULL, NULL, NULL), EINVAL);
	CHECK_ERROR(select(0, NULL, NULL, NULL, &negative), EINVAL);
	CHECK_ERROR(select(0, NULL, NULL, NULL, &long_second), EINVAL);
}

static void hear(int signal) {}

static void check_signal(void)
{
	signal(SIGALRM, hear);
	ualarm(20000, 0);
	CHECK_ERROR(select(0, NULL, NULL, NULL, NULL), EINTR);
}

int main(void)
{
	CHECK_IS(pipe(a), 0);
	check_sets();
	check_at_once();
	check_time();
	check_later();
	check_ends();
	check_wrong();
	check_signal();
	return test_end("select");
}
