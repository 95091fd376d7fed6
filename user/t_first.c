/* user/t_first.c: tests that programs can't end or stop the machine's first process, or switch the machine off; what that has a
 * handler for, it gets. (lab 4)
 */
#include "test.h"
#include <signal.h>

static volatile int seen;
static void count(int signal) { seen++; }

#define FIRST 1 /* numbers begin there */

static void try_to_end(void)
{
	for (int signal = 1; signal < NSIG; signal++)
		CHECK_IS(kill(FIRST, signal), 0);
	CHECK_ERROR(poweroff(0), EPERM);
	CHECK_ERROR(set_priority(FIRST, 6, 0), EPERM);
}

int main(void)
{
	bool is_first = getpid() == FIRST;
	int status = -1;

	if (is_first)
		signal(SIGUSR1, count);
	pid_t pid = fork();
	if (pid == 0) {
		try_to_end();
		if (is_first)
			kill(0, SIGTERM); /* its group, and that is the first one's, too */
		_exit(test_failures);
	}
	CHECK_IS(waitpid(pid, &status, 0), pid);
	CHECK_IS(status, is_first ? SIGTERM : 0);
	if (is_first)
		CHECK_IS(seen, 1);
	return test_end("the first process");
}
