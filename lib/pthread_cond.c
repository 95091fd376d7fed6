/* lib/pthread_cond.c: condition variables. (lab 3)
 * turn goes on at each signal: who read it before, under the mutex, and is not asleep yet, won't sleep any more. The kernel wakes
 * in the order of coming, so a signal can't go to one who came after it while an earlier one sleeps on. Once woken, nobody
 * looks at the condition variable any more: it may be gone.
 */
#include "lock.h"
#include "call.h"
#include "mutex.h"
#include <limits.h>
#include <pthread.h>

int pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *attr)
{
	*c = (pthread_cond_t){ .clock = CLOCK_REALTIME };
	if (attr)
		c->shared = attr->shared, c->clock = attr->clock;
	return 0;
}

int pthread_cond_destroy(pthread_cond_t *c)
{
	return 0;
}

int __cond_wait(pthread_cond_t *c, pthread_mutex_t *m, uint32_t deadline)
{
	uint32_t turn = c->turn, depth;
	int error, lost;

	exchange(&c->waited, 1); /* after turn was read: what resets it goes on to change turn */
	if (!c->shared)
		c->mutex = m;
	depth = __mutex_release(m);
	error = __word_wait(&c->turn, turn, deadline);
	lost = __mutex_retake(m, depth);
	return lost ? lost : error;
}

int pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m)
{
	return __cond_wait(c, m, 0);
}

int pthread_cond_signal(pthread_cond_t *c)
{
	if (c->waited) {
		fetch_add(&c->turn, 1);
		__word_wake(&c->turn, 1);
	}
	return 0;
}

/*
 * They will all want the mutex: one is woken, the others wait for the mutex from now on, and are woken one by one as it
 * becomes free (retaking it, each leaves the word saying that somebody may be waiting).
 */
int pthread_cond_broadcast(pthread_cond_t *c)
{
	pthread_mutex_t *m = c->mutex;

	if (!exchange(&c->waited, 0))
		return 0;
	fetch_add(&c->turn, 1);
	if (!m || m->inherit || sys_futex((long)&c->turn, FUTEX_REQUEUE, 0, (long)&m->word) < 0)
		__word_wake(&c->turn, INT_MAX);
	return 0;
}
