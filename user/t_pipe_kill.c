/* user/t_pipe_kill.c: tests pipes whose readers and writers are killed, or whose descriptors go while they wait. (lab 6)
 * More pipes come and go than there can be at one time: one that is not given back shows as ENFILE in the end.
 */
#include "test.h"
#include <poll.h>
#include <pthread.h>
#include <signal.h>

#define ROUNDS 1100
#define KINDS 4

static int fds[2];
static char much[2 * PIPE_BUF];

static void wait_in_pipe(unsigned kind)
{
	struct pollfd f[] = { { fds[0], POLLIN, 0 }, { fds[1], 0, 0 } };

	switch (kind) {
	case 0:
	case 1: read(fds[0], much, sizeof(much)); break;
	case 2: write(fds[1], much, sizeof(much)); break;
	case 3: poll(f, 2, -1); break;
	}
	for (;;)
		yield();
}

/* A child waits in a new pipe, or is about to; it may be handed something; then it is killed, before or after we let go. */
static bool round_ends_well(unsigned i)
{
	unsigned kind = i % KINDS;
	bool close_first = i / KINDS % 2;
	int status = -1;

	if (pipe(fds) < 0)
		return false;
	pid_t pid = fork();
	if (pid == 0)
		wait_in_pipe(kind);
	for (unsigned turns = 0; turns < i / (2 * KINDS) % 4; turns++)
		yield();
	if (kind == 1)
		write(fds[1], "now", 3); /* it has its bytes, and never looks at them */
	if (close_first)
		close(fds[0]), close(fds[1]);
	if (pid < 0 || kill(pid, SIGKILL) < 0 || waitpid(pid, &status, 0) != pid || status != SIGKILL)
		return false;
	if (!close_first)
		close(fds[0]), close(fds[1]);
	return true;
}

static void check_rounds(void)
{
	unsigned i = 0;

	while (i < ROUNDS && round_ends_well(i))
		i++;
	CHECK_IS(i, ROUNDS);
}

/* The read holds the end that it waits in: what is handed over lets that go, and the next write finds nobody. */
static void *read_one(void *c)
{
	return (void *)read(fds[0], c, 1);
}

static void check_closed_under_reader(void)
{
	pthread_t reader;
	void *result;
	char c = 0;

	CHECK_IS(pipe(fds), 0);
	CHECK_IS(pthread_create(&reader, NULL, read_one, &c), 0);
	usleep(20000);
	CHECK_IS(close(fds[0]), 0);
	CHECK_IS(write(fds[1], "x", 1), 1);
	CHECK_ERROR(write(fds[1], "y", 1), EPIPE);
	CHECK_IS(pthread_join(reader, &result), 0);
	CHECK_IS(result, 1);
	CHECK_IS(c, 'x');
	CHECK_IS(close(fds[1]), 0);
}

/* The same with a child's end: it is the last one, and goes with the child while a thread of ours writes. */
static void *write_much(void *unused)
{
	ssize_t n = write(fds[1], much, sizeof(much));

	return (void *)(n < 0 ? -errno : n);
}

static void check_closed_under_writer(void)
{
	pthread_t writer;
	void *result;

	CHECK_IS(pipe(fds), 0);
	pid_t pid = fork();
	if (pid == 0) {
		close(fds[1]);
		usleep(40000);
		_exit(0);
	}
	CHECK_IS(close(fds[0]), 0);
	CHECK_IS(pthread_create(&writer, NULL, write_much, NULL), 0);
	usleep(20000);
	CHECK_IS(close(fds[1]), 0);
	CHECK_IS(pthread_join(writer, &result), 0);
	CHECK_IS(result, PIPE_BUF); /* so many were in it before the end */
	CHECK_IS(waitpid(pid, NULL, 0), pid);
}

/* Each child closes what the others hold too: the end comes with the last one, not before. */
static void check_many_holders(void)
{
	enum { CHILDREN = 20 };
	char c;
	int n = 0;

	CHECK_IS(pipe(fds), 0);
	for (int i = 0; i < CHILDREN; i++) {
		pid_t pid = fork();

		CHECK(pid >= 0);
		if (pid == 0) {
			close(fds[0]);
			for (int turns = i * 7 % 5; turns; turns--)
				yield();
			_exit(write(fds[1], "c", 1) != 1);
		}
	}
	CHECK_IS(close(fds[1]), 0);
	while (read(fds[0], &c, 1) == 1)
		n++;
	CHECK_IS(n, CHILDREN);
	CHECK_IS(close(fds[0]), 0);
	while (wait(NULL) > 0)
		;
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	check_rounds();
	check_closed_under_reader();
	check_closed_under_writer();
	check_many_holders();
	CHECK_ERROR(close(3), EBADF);
	return test_end("killed in pipes");
}
