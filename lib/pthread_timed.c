/* lib/pthread_timed.c: locks, conditions and semaphores that are waited for until some time at most. (lab 3) */
#include "call.h"
#include "mutex.h"
#include "rwlock.h"
#include <ouros.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <time.h>

int __sem_wait(sem_t *s, uint32_t deadline);

/*
 * A time of some clock as system calls want it. Past times are the last millisecond; what is more than 24 days away is
 * never. False: it is no time.
 */
static bool deadline_of(clockid_t clock, const struct timespec *until, uint32_t *deadline)
{
	struct timespec now;
	int64_t left;

	if (until->tv_nsec < 0 || until->tv_nsec > 999999999 || clock_gettime(clock, &now) < 0)
		return false;
	left = ((int64_t)until->tv_sec - now.tv_sec) * 1000 + (until->tv_nsec - now.tv_nsec + 999999) / 1000000;
	if (left > INT32_MAX)
		*deadline = 0;
	else
		*deadline = (uptime() + (left > 0 ? (uint32_t)left : -1u)) | 1; /* not 0 */
	return true;
}

int pthread_mutex_timedlock(pthread_mutex_t *m, const struct timespec *until)
{
	uint32_t deadline;

	return deadline_of(CLOCK_REALTIME, until, &deadline) ? __mutex_lock(m, deadline) : EINVAL;
}

int pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *until)
{
	uint32_t deadline;

	return deadline_of(c->clock, until, &deadline) ? __cond_wait(c, m, deadline) : EINVAL;
}

int pthread_rwlock_timedrdlock(pthread_rwlock_t *rw, const struct timespec *until)
{
	uint32_t deadline;

	return deadline_of(CLOCK_REALTIME, until, &deadline) ? __read_lock(rw, deadline) : EINVAL;
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t *rw, const struct timespec *until)
{
	uint32_t deadline;

	return deadline_of(CLOCK_REALTIME, until, &deadline) ? __write_lock(rw, deadline) : EINVAL;
}

int sem_timedwait(sem_t *s, const struct timespec *until)
{
	uint32_t deadline;

	if (deadline_of(CLOCK_REALTIME, until, &deadline))
		return __sem_wait(s, deadline);
	errno = EINVAL;
	return -1;
}
