/* lib/time.c: clocks and sleeping. (lab 3) */
#include "call.h"
#include <ouros.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

#define PIECE 1000000u /* seconds that are slept at once: as milliseconds they fit into a result */

int clock_gettime(clockid_t which, struct timespec *now) { return CALL(clock, which, now, 0); }
clock_t times(struct tms *buf) { return CALL(times, buf, 0, 0); }

int clock_getres(clockid_t which, struct timespec *step)
{
	struct timespec now;

	if (clock_gettime(which, &now) < 0)
		return -1;
	if (step)
		*step = (struct timespec){ .tv_nsec = 1000 };
	return 0;
}

time_t time(time_t *where)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (where)
		*where = now.tv_sec;
	return now.tv_sec;
}

int gettimeofday(struct timeval *now, void *zone)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	*now = (struct timeval){ t.tv_sec, t.tv_nsec / 1000 };
	return 0;
}

static struct timeval from_ticks(clock_t n)
{
	return (struct timeval){ n / CLOCK_HZ, n % CLOCK_HZ * (1000000 / CLOCK_HZ) };
}

int getrusage(int who, struct rusage *used)
{
	struct tms t;

	if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN) {
		errno = EINVAL;
		return -1;
	}
	times(&t);
	used->ru_utime = from_ticks(who == RUSAGE_SELF ? t.tms_utime : t.tms_cutime);
	used->ru_stime = from_ticks(who == RUSAGE_SELF ? t.tms_stime : t.tms_cstime);
	return 0;
}

clock_t clock(void)
{
	struct tms used;

	times(&used);
	return (used.tms_utime + used.tms_stime) * (CLOCKS_PER_SEC / CLOCK_HZ);
}

uint32_t uptime(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint32_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What is left of so many seconds and milliseconds; in pieces, for a long sleep does not fit into one call. */
static struct timespec sleep_for(time_t seconds, unsigned milliseconds)
{
	uint32_t left = 0;

	for (; seconds > PIECE && !left; seconds -= PIECE)
		left = sys_sleep(PIECE * 1000, 0, 0, 0);
	if (!left) {
		left = sys_sleep(seconds * 1000 + milliseconds, 0, 0, 0);
		seconds = milliseconds = 0;
	}
	milliseconds += left % 1000;
	seconds += left / 1000 + milliseconds / 1000;
	return (struct timespec){ seconds, milliseconds % 1000 * 1000000 };
}

int nanosleep(const struct timespec *time, struct timespec *left)
{
	struct timespec rest;

	if (time->tv_sec < 0 || time->tv_nsec < 0 || time->tv_nsec > 999999999) {
		errno = EINVAL;
		return -1;
	}
	rest = sleep_for(time->tv_sec, (time->tv_nsec + 999999) / 1000000);
	if (!rest.tv_sec && !rest.tv_nsec)
		return 0;
	if (left)
		*left = rest;
	errno = EINTR;
	return -1;
}

int usleep(useconds_t microseconds)
{
	struct timespec time = { microseconds / 1000000, microseconds % 1000000 * 1000 };

	return nanosleep(&time, NULL);
}

unsigned sleep(unsigned seconds)
{
	struct timespec rest = sleep_for(seconds, 0);

	return rest.tv_sec + (rest.tv_nsec > 0);
}
