/* user/t_sleep.c: tests sleep: long enough, not much longer, and the others run meanwhile. (lab 3) */
#include "test.h"

static uint32_t slept(unsigned milliseconds)
{
	uint32_t start = cycles();

	usleep(milliseconds * 1000);
	return cycles() - start;
}

/* Sleeps of the lengths 1 and n take times that are about as 1 to n; ticks blur each by two hundredths of a second. */
static void check_ratio(unsigned milliseconds, unsigned n)
{
	uint32_t unit = slept(milliseconds), longer = slept(milliseconds * n);

	CHECK(longer > unit * (n - 1));
	CHECK(longer < unit * (n + 1));
}

/* While this one sleeps, a child runs and ends. */
static void check_others_run(void)
{
	pid_t pid = test_start("true", NULL, NULL);

	usleep(100000);
	CHECK_IS(waitpid(pid, NULL, WNOHANG), pid);
}

/* Every one of many short sleeps comes to an end. */
static void check_many(void)
{
	for (int i = 0; i < 20; i++)
		CHECK_IS(usleep(i * 1000), 0);
	CHECK_IS(usleep(0), 0);
	CHECK_IS(sleep(0), 0);
}

/* Longer than the kernel's wheel of sleepers has slots, beside a shorter one that shares its slot. */
static void check_wheel(void)
{
	pid_t longer = test_start("sleep", "3.06", NULL);
	pid_t shorter = test_start("sleep", "0.5", NULL);

	CHECK_IS(wait(NULL), shorter);
	CHECK_IS(waitpid(longer, NULL, WNOHANG), 0);
	CHECK_IS(wait(NULL), longer);
}

int main(void)
{
	check_ratio(200, 2);
	check_ratio(100, 4);
	check_others_run();
	check_many();
	check_wheel();
	return test_end("sleep");
}
