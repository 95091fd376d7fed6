/* user/t_descriptors.c: tests descriptors: numbers, copies, flags, limits; what fork, spawn and exit do to them. (lab 6) */
#include "test.h"
#include <descriptor.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/uio.h>

static const int bad[] = { -1, -2, 3, 63, 64, 65, 1000000, INT_MAX, INT_MIN };

/* Every call, with every number that is not open. */
static void check_bad(void)
{
	char byte = 0;

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK_ERROR(read(bad[i], &byte, 1), EBADF);
		CHECK_ERROR(write(bad[i], &byte, 1), EBADF);
		CHECK_ERROR(read(bad[i], NULL, 1), EBADF);
		CHECK_ERROR(close(bad[i]), EBADF);
		CHECK_ERROR(dup(bad[i]), EBADF);
		CHECK_ERROR(dup2(bad[i], 5), EBADF);
		CHECK_ERROR(fcntl(bad[i], F_GETFD), EBADF);
		CHECK_ERROR(fcntl(bad[i], F_SETFL, O_NONBLOCK), EBADF);
		CHECK_ERROR(fcntl(bad[i], F_DUPFD, 0), EBADF);
		CHECK_IS(isatty(bad[i]), 0);
		if (bad[i] < 0 || bad[i] >= OPEN_MAX)
			CHECK_ERROR(dup2(1, bad[i]), EBADF);
	}
	CHECK_ERROR(fcntl(1, 12345), EINVAL);
	CHECK_ERROR(fcntl(1, -1), EINVAL);
	CHECK_ERROR(fcntl(1, F_DUPFD, -1), EINVAL);
	CHECK_ERROR(fcntl(1, F_DUPFD, OPEN_MAX), EINVAL);
}

static void check_copies(void)
{
	int fds[2];
	char buf[4];

	CHECK_IS(pipe(fds), 0);
	CHECK_IS(dup(fds[1]), 5);
	CHECK_IS(dup2(fds[1], fds[1]), fds[1]);
	CHECK_IS(dup2(fds[1], 10), 10);
	CHECK_IS(dup2(1, 10), 10); /* closes the one before */
	CHECK_IS(dup2(5, 10), 10);
	CHECK_IS(fcntl(10, F_DUPFD, 10), 11);
	CHECK_IS(fcntl(10, F_DUPFD, OPEN_MAX - 1), OPEN_MAX - 1);
	CHECK_ERROR(fcntl(10, F_DUPFD, OPEN_MAX - 1), EMFILE);
	CHECK_IS(write(OPEN_MAX - 1, "a", 1), 1);
	CHECK_IS(close(OPEN_MAX - 1), 0);
	CHECK_IS(close(fds[1]), 0);
	CHECK_IS(close(5), 0);
	CHECK_IS(close(11), 0);
	CHECK_IS(write(10, "b", 1), 1); /* one writer is left, */
	CHECK_IS(close(10), 0);
	CHECK_IS(read(fds[0], buf, 4), 2);
	CHECK_IS(read(fds[0], buf, 4), 0); /* and now none */
	CHECK_IS(close(fds[0]), 0);
}

static void check_flags(void)
{
	int fds[2], copy;
	char c;

	CHECK_IS(pipe2(fds, O_CLOEXEC), 0);
	CHECK_IS(fcntl(fds[0], F_GETFD), FD_CLOEXEC);
	CHECK_IS(fcntl(fds[1], F_GETFD), FD_CLOEXEC);
	CHECK_IS(copy = dup(fds[0]), 5);
	CHECK_IS(fcntl(copy, F_GETFD), 0);
	CHECK_IS(fcntl(fds[0], F_SETFD, 0), 0);
	CHECK_IS(fcntl(fds[0], F_GETFD), 0);
	CHECK_IS(fcntl(fds[0], F_GETFL), O_RDONLY);
	CHECK_IS(fcntl(fds[1], F_GETFL), O_WRONLY);
	CHECK_IS(fcntl(1, F_GETFL), O_RDWR);
	CHECK_IS(fcntl(copy, F_SETFL, O_NONBLOCK), 0); /* all copies */
	CHECK_IS(fcntl(fds[0], F_GETFL), O_RDONLY | O_NONBLOCK);
	CHECK_IS(fcntl(fds[1], F_GETFL), O_WRONLY);
	CHECK_ERROR(read(fds[0], &c, 1), EAGAIN);
	CHECK_IS(close(copy), 0);
	CHECK_IS(copy = fcntl(fds[0], F_DUPFD_CLOEXEC, 20), 20);
	CHECK_IS(fcntl(copy, F_GETFD), FD_CLOEXEC);
	CHECK_IS(dup2(fds[0], copy), copy); /* a new copy, without the flag */
	CHECK_IS(fcntl(copy, F_GETFD), 0);
	CHECK_IS(close(copy), 0);
	CHECK_IS(close(fds[0]), 0);
	CHECK_IS(close(fds[1]), 0);
	CHECK_IS(isatty(0), 1);
	CHECK_IS(isatty(1), 1);
	CHECK_IS(pipe(fds), 0);
	CHECK_ERROR(fcntl(fds[0], F_ISATTY), ENOTTY);
	CHECK_IS(fcntl(fds[0], F_GETFD), 0); /* a number taken again has no old flag */
	CHECK_IS(close(fds[0]), 0);
	CHECK_IS(close(fds[1]), 0);
}

static void check_limit(void)
{
	int fds[2], n = 3;

	while (dup(1) == n)
		n++;
	CHECK_IS(n, OPEN_MAX);
	CHECK_ERROR(dup(1), EMFILE);
	CHECK_ERROR(pipe(fds), EMFILE);
	CHECK_IS(close(40), 0);
	CHECK_ERROR(pipe(fds), EMFILE); /* there is room for one end only: that is none */
	CHECK_IS(dup(1), 40);
	CHECK_IS(close(40), 0);
	CHECK_IS(close(7), 0);
	CHECK_IS(pipe(fds), 0);
	CHECK_IS(fds[0], 7);
	CHECK_IS(fds[1], 40);
	for (n = 3; n < OPEN_MAX; n++)
		CHECK_IS(close(n), 0);
}

/* The other program is this one: it writes to descriptor 3, if it has it. */
static void check_spawn(void)
{
	int fds[2];
	char buf[8];

	CHECK_IS(pipe2(fds, 0), 0);
	CHECK_IS(dup2(fds[1], 20), 20);
	CHECK_IS(fcntl(fds[1], F_SETFD, FD_CLOEXEC), 0);
	CHECK_IS(test_run("t_descriptors", "write", "20"), 0);
	CHECK_IS(test_run("t_descriptors", "write", "4"), STATUS_EXIT(EBADF));
	CHECK_IS(write(fds[1], "x", 1), 1); /* it was closed in the new program only */
	CHECK_IS(read(fds[0], buf, 8), 2);
	CHECK_IS(close(20), 0);
	CHECK_IS(close(fds[1]), 0);
	CHECK_IS(read(fds[0], buf, 8), 0); /* what the ended programs held is closed */
	CHECK_IS(close(fds[0]), 0);
}

static void check_fork(void)
{
	int fds[2], status = -1;
	char c = 0;

	CHECK_IS(pipe2(fds, O_CLOEXEC), 0);
	pid_t pid = fork();
	if (pid == 0) {
		write(fds[1], fcntl(fds[0], F_GETFD) == FD_CLOEXEC ? "y" : "n", 1);
		close(fds[0]);
		_exit(close(fds[1])); /* the child's own: the parent's stay */
	}
	CHECK_IS(waitpid(pid, &status, 0), pid);
	CHECK_IS(status, 0);
	CHECK_IS(read(fds[0], &c, 1), 1);
	CHECK_IS(c, 'y');
	CHECK_IS(write(fds[1], "z", 1), 1);
	CHECK_IS(close(fds[0]), 0);
	CHECK_IS(close(fds[1]), 0);
}

static void check_vectors(void)
{
	char a[3], b[5];
	struct iovec out[] = { { "one", 3 }, { "", 0 }, { " two", 4 } }, in[] = { { a, 3 }, { b, 5 } };
	int fds[2];

	CHECK_IS(pipe(fds), 0);
	CHECK_IS(writev(fds[1], out, 3), 7);
	CHECK_IS(readv(fds[0], in, 2), 7);
	CHECK(memcmp(a, "one", 3) == 0 && memcmp(b, " two", 4) == 0);
	CHECK_ERROR(readv(fds[0], in, 0), EINVAL);
	CHECK_ERROR(writev(fds[1], out, IOV_MAX + 1), EINVAL);
	CHECK_IS(close(fds[0]), 0);
	CHECK_IS(close(fds[1]), 0);
}

int main(int argc, char **argv)
{
	if (argc > 2)
		return write(atoi(argv[2]), "w", 1) == 1 ? 0 : errno;
	check_bad();
	check_copies();
	check_flags();
	check_limit();
	check_spawn();
	check_fork();
	check_vectors();
	check_bad(); /* all is closed again */
	return test_end("descriptors");
}
