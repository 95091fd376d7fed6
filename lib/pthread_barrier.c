/* lib/pthread_barrier.c: as many threads as agreed on wait for each other. (lab 3) */
#include "lock.h"
#include "call.h"
#include <limits.h>
#include <pthread.h>

int pthread_barrier_init(pthread_barrier_t *b, const pthread_barrierattr_t *attr, unsigned count)
{
	if (count == 0)
		return EINVAL;
	*b = (pthread_barrier_t){ .count = count };
	return 0;
}

int pthread_barrier_destroy(pthread_barrier_t *b)
{
	return b->arrived ? EBUSY : 0;
}

int pthread_barrier_wait(pthread_barrier_t *b)
{
	uint32_t turn;

	__word_lock(&b->guard, 0);
	turn = b->turn;
	if (++b->arrived == b->count) {
		b->arrived = 0;
		b->turn++;
		__word_unlock(&b->guard);
		__word_wake(&b->turn, INT_MAX);
		return PTHREAD_BARRIER_SERIAL_THREAD;
	}
	__word_unlock(&b->guard);
	/* Woken, or too late to sleep: everybody was here, and the barrier may be gone. */
	while (sys_futex((long)&b->turn, FUTEX_WAIT, turn, 0) == -EINTR)
		;
	return 0;
}
