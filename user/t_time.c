/* user/t_time.c: tests clocks, sleeping, and what is told of the time that processes and threads use. (lab 3) */
#include "test.h"
#include <probe.h>
#include <signal.h>
#include <sys/times.h>
#include <time.h>

#define BAD ((void *)0x30000000)

static long long nanoseconds(clockid_t which)
{
	struct timespec now = { -1, -1 };

	CHECK_IS(clock_gettime(which, &now), 0);
	CHECK(now.tv_nsec >= 0 && now.tv_nsec < 1000000000);
	return now.tv_sec * 1000000000 + now.tv_nsec;
}

/* It never goes back, and has steps finer than a tick. */
static void check_monotonic(void)
{
	long long first = nanoseconds(CLOCK_MONOTONIC), last = first, smallest = 1000000000, now;
	clock_t ticks = times(NULL);

	while (times(NULL) - ticks < 10) {
		now = nanoseconds(CLOCK_MONOTONIC);
		CHECK(now >= last);
		if (now > last && now - last < smallest)
			smallest = now - last;
		last = now;
	}
	CHECK(smallest < 1000000);
	CHECK(last - first > 80000000 && last - first < 130000000);
	CHECK((uint32_t)(last / 1000000) <= uptime());
}

/* The clock chip's date was right when this was written and goes on; both clocks have one pace. */
static void check_date(void)
{
	long long offset = nanoseconds(CLOCK_REALTIME) - nanoseconds(CLOCK_MONOTONIC);
	time_t now, same = time(&now);

	CHECK(same == now && now > 1735689600 && now < 4102444800); /* 2025 to 2100 */
	usleep(50000);
	offset -= nanoseconds(CLOCK_REALTIME) - nanoseconds(CLOCK_MONOTONIC);
	CHECK(offset > -10000000 && offset < 10000000);
	CHECK_ERROR(clock_gettime(7, NULL), EINVAL);
	CHECK_ERROR(clock_gettime(CLOCK_REALTIME, BAD), EFAULT);
	printf("%lld seconds since 1970\n", (long long)now);
}

static void check_sleep(void)
{
	struct timespec rest = { 5, 5 }, tenth = { 0, 100000000 }, bad = { 0, 1000000000 }, never = { -1, 0 };
	long long before = nanoseconds(CLOCK_MONOTONIC);

	CHECK_IS(nanosleep(&tenth, &rest), 0);
	CHECK(rest.tv_sec == 5 && rest.tv_nsec == 5); /* only written to when something is left */
	before = nanoseconds(CLOCK_MONOTONIC) - before;
	CHECK(before >= 100000000 && before <= 130000000);
	CHECK_ERROR(nanosleep(&bad, NULL), EINVAL);
	CHECK_ERROR(nanosleep(&never, NULL), EINVAL);
	CHECK_IS(probe_call(SYS_sleep, 0x80000000, 0, 0), -EINVAL);
}

static void ignore(int signal)
{
}

static void signal_in(unsigned milliseconds)
{
	pid_t parent = getpid();

	if (fork() == 0) {
		usleep(milliseconds * 1000);
		kill(parent, SIGUSR1);
		_exit(0);
	}
}

/* A signal ends a sleep, whatever its handler's flags say, and what is left is told. */
static void check_interrupted(void)
{
	struct sigaction action = { .sa_handler = ignore, .sa_flags = SA_RESTART };
	struct timespec two = { 2, 0 }, rest = { 0, 0 };

	CHECK_IS(sigaction(SIGUSR1, &action, NULL), 0);
	signal_in(100);
	CHECK_ERROR(nanosleep(&two, &rest), EINTR);
	CHECK(rest.tv_sec == 1 && rest.tv_nsec >= 800000000 && rest.tv_nsec <= 920000000);
	CHECK(wait(NULL) > 0);
	signal_in(100);
	CHECK_IS(sleep(2000), 2000);
	CHECK(wait(NULL) > 0);
	signal_in(100);
	CHECK_ERROR(usleep(500000), EINTR);
	CHECK(wait(NULL) > 0);
}

/* A child spins, and has one that does little but calls: both are counted when it is waited for, each where it was. */
static void check_times(void)
{
	struct tms before, after;
	uint32_t start = uptime();

	CHECK(times(&before) >= 0);
	pid_t pid = fork();
	if (pid == 0) {
		if (fork() == 0) {
			while (uptime() - start < 600)
				for (int i = 0; i < 100; i++)
					fork() == 0 ? _exit(0) : (void)wait(NULL);
			_exit(0);
		}
		wait(NULL);
		start = uptime();
		while (uptime() - start < 300)
			probe_loop(50000);
		_exit(0);
	}
	CHECK_IS(times(NULL) < 0, 0);
	CHECK_IS(waitpid(pid, NULL, 0), pid);
	times(&after);
	long user = after.tms_cutime - before.tms_cutime, system = after.tms_cstime - before.tms_cstime;
	CHECK(user >= 25 && user < 60 && system >= 25 && system < 100);
	CHECK(after.tms_utime + after.tms_stime < before.tms_utime + before.tms_stime + 10);
	CHECK(clock() == (after.tms_utime + after.tms_stime) * 10000);
	CHECK_ERROR(times(BAD), EFAULT);
	printf("children: %ld ticks in programs, %ld in the kernel\n", user, system);
}

/* What ps sees of a child: asleep, at its own priority. */
static void check_info(void)
{
	struct thread_info info;
	unsigned found = 0;
	pid_t pid = fork();

	if (pid == 0) {
		set_priority(0, 5, 7);
		usleep(100000);
		_exit(0);
	}
	usleep(30000);
	for (int tid = 0; (tid = thread_info(tid, &info)) > 0;) {
		CHECK_IS(info.tid, tid);
		if (tid == getpid())
			CHECK(!strcmp(info.state, "running") && !strcmp(info.name, "t_time") && !info.reason[0]);
		if (tid == pid)
			CHECK(info.ppid == getpid() && info.priority == 5 && info.base_priority == 5 && info.weight == 7 &&
			      !strcmp(info.state, "waiting") && !strcmp(info.reason, "sleep") && info.pid == pid);
		found += tid == pid || tid == getpid();
	}
	CHECK_IS(found, 2);
	CHECK_IS(thread_info(0x7fffffff, &info), 0); /* the last slot of all: nobody comes after it */
	CHECK_ERROR(thread_info(0, BAD), EFAULT);
	CHECK_IS(waitpid(pid, NULL, 0), pid);
}

int main(void)
{
	check_monotonic();
	check_date();
	check_sleep();
	check_interrupted();
	check_times();
	check_info();
	return test_end("time");
}
