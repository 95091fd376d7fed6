/* user/t_crowd.c: tests that the process table can be filled, says so, and is as good as new afterwards. (lab 3) */
#include "test.h"

#define MOST 2000

static pid_t pids[MOST];

static int fill(void)
{
	char *argv[] = { "sleep", "0.01", NULL };
	int n = 0;

	while (n < MOST && (pids[n] = spawn("sleep", argv)) > 0)
		n++;
	CHECK(n == MOST || errno == EAGAIN || errno == ENOMEM);
	return n;
}

static void empty(int n)
{
	for (int i = 0; i < n; i++) {
		int status = -1;

		CHECK_IS(waitpid(pids[i], &status, 0), pids[i]);
		CHECK_IS(status, 0);
		if (test_failures > 5)
			return;
	}
	CHECK_ERROR(wait(NULL), ECHILD);
}

int main(void)
{
	int first = fill();

	CHECK(first >= 50);
	empty(first);
	int second = fill();
	CHECK_IS(second, first);
	empty(second);
	printf("%d processes\n", first);
	return test_end("crowd");
}
