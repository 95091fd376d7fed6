/* user/t_priority.c: tests set_priority: who may, what is inherited, and that a higher priority always runs first. (lab 3) */
#include "test.h"
#include <probe.h>

static void check_errors(void)
{
	CHECK_ERROR(set_priority(0, 0, 5), EINVAL);
	CHECK_ERROR(set_priority(0, 7, 5), EINVAL);
	CHECK_ERROR(set_priority(0, -1, 5), EINVAL);
	CHECK_ERROR(set_priority(0, 4, 51), EINVAL);
	CHECK_ERROR(set_priority(0, 4, -1), EINVAL);
	CHECK_ERROR(set_priority(0x7fffffff, 4, 5), ESRCH);
	CHECK_ERROR(set_priority(-1, 4, 5), ESRCH);
	CHECK_IS(set_priority(0, 4, 5), 0);
	CHECK_IS(set_priority(getpid(), 4, 0), 0);
}

static int status_of(pid_t pid)
{
	int status = -1;

	CHECK_IS(waitpid(pid, &status, 0), pid);
	return status >> 8;
}

/* A child may neither change its parent nor raise anybody above the normal priority. */
static void check_rights(void)
{
	pid_t parent = getpid(), pid = fork();

	if (pid == 0) {
		CHECK_ERROR(set_priority(parent, 5, 0), EPERM);
		CHECK_ERROR(set_priority(0, 3, 0), EPERM);
		CHECK_IS(set_priority(0, 6, 0), 0);
		CHECK_IS(set_priority(0, 4, 0), 0); /* back again */
		CHECK_ERROR(set_priority(0, 1, 0), EPERM);
		exit(test_failures);
	}
	CHECK_IS(status_of(pid), 0);
}

/* A ready child of this priority, which ends as soon as it runs. The clock may let it run before it has its priority: again. */
static pid_t child_with(int priority)
{
	for (;;) {
		pid_t pid = fork();

		if (pid == 0)
			exit(42);
		if (set_priority(pid, priority, 0) == 0)
			return pid;
		CHECK_IS(errno, ESRCH);
		CHECK_IS(status_of(pid), 42);
	}
}

/* Ready all the time, the child does not run beside one that has a higher priority and never waits. */
static void check_strict(void)
{
	pid_t pid = child_with(5);

	for (int i = 0; i < 30; i++) {
		probe_loop(100000);
		CHECK_IS(yield(), 0);
	}
	CHECK_IS(waitpid(pid, NULL, WNOHANG), 0);
	CHECK_IS(status_of(pid), 42);
}

/* One that is made higher than the running one takes the CPU at once; one made equal waits for its turn. */
static void check_moves(void)
{
	pid_t pid;

	CHECK_IS(set_priority(0, 5, 0), 0);
	pid = child_with(4);
	CHECK_IS(waitpid(pid, NULL, WNOHANG), pid);
	pid = child_with(6);
	CHECK_IS(yield(), 0);
	CHECK_IS(waitpid(pid, NULL, WNOHANG), 0);
	CHECK_IS(set_priority(0, 6, 0), 0); /* down to the child: equals now */
	CHECK_IS(yield(), 0);
	CHECK_IS(waitpid(pid, NULL, WNOHANG), pid);
	CHECK_IS(set_priority(0, 4, 0), 0);
}

int main(void)
{
	check_errors();
	check_rights();
	check_strict();
	check_moves();
	return test_end("priority");
}
