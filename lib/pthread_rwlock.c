/* lib/pthread_rwlock.c: locks that many may read under, or one write. (lab 3)
 * Who lets go hands over: a writer to all the readers who wait, readers to one of the writers who wait. So those who are woken
 * have the lock already, and neither side can starve the other. A reader who locks once more while a writer waits would wait for itself.
 */
#include "rwlock.h"
#include "lock.h"
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>

int pthread_rwlock_init(pthread_rwlock_t *rw, const pthread_rwlockattr_t *attr)
{
	*rw = (pthread_rwlock_t){ 0 };
	return 0;
}

int pthread_rwlock_destroy(pthread_rwlock_t *rw)
{
	return rw->readers || rw->writing ? EBUSY : 0;
}

/* All the readers who wait have it now. => the guard is held, nobody writes */
static void admit_readers(pthread_rwlock_t *rw)
{
	if (!rw->readers_waiting)
		return;
	rw->readers += rw->readers_waiting;
	rw->readers_waiting = 0;
	rw->readers_turn++;
	__word_wake(&rw->readers_turn, INT_MAX);
}

/* => the guard is held, nobody reads or writes, and a writer waits */
static void admit_writer(pthread_rwlock_t *rw)
{
	rw->writing = 1;
	rw->writers_waiting--;
	rw->granted++;
	rw->writers_turn++;
	__word_wake(&rw->writers_turn, 1);
}

static bool must_read_later(pthread_rwlock_t *rw)
{
	return rw->writing || rw->writers_waiting;
}

/* Until the turn is another: then the lock is ours, also if the time was up in the same moment. */
static int wait_to_read(pthread_rwlock_t *rw, uint32_t deadline)
{
	uint32_t turn = rw->readers_turn;
	int error = 0;

	rw->readers_waiting++;
	while (rw->readers_turn == turn && !error) {
		__word_unlock(&rw->guard);
		error = __word_wait(&rw->readers_turn, turn, deadline);
		__word_lock(&rw->guard, 0);
	}
	if (rw->readers_turn != turn)
		return 0;
	rw->readers_waiting--;
	return error;
}

int __read_lock(pthread_rwlock_t *rw, uint32_t deadline)
{
	int error = 0;

	__word_lock(&rw->guard, 0);
	if (must_read_later(rw))
		error = wait_to_read(rw, deadline);
	else
		rw->readers++;
	__word_unlock(&rw->guard);
	return error;
}

/* A writer has given up: readers may have waited for its sake only. */
static int give_up_writing(pthread_rwlock_t *rw, int error)
{
	rw->writers_waiting--;
	if (!must_read_later(rw))
		admit_readers(rw);
	return error;
}

static int wait_to_write(pthread_rwlock_t *rw, uint32_t deadline)
{
	int error = 0;

	rw->writers_waiting++;
	while (!rw->granted && !error) {
		uint32_t turn = rw->writers_turn;

		__word_unlock(&rw->guard);
		error = __word_wait(&rw->writers_turn, turn, deadline);
		__word_lock(&rw->guard, 0);
	}
	if (!rw->granted)
		return give_up_writing(rw, error);
	rw->granted--;
	return 0;
}

int __write_lock(pthread_rwlock_t *rw, uint32_t deadline)
{
	int error = 0;

	__word_lock(&rw->guard, 0);
	if (rw->readers || rw->writing)
		error = wait_to_write(rw, deadline);
	else
		rw->writing = 1;
	__word_unlock(&rw->guard);
	return error;
}

int pthread_rwlock_rdlock(pthread_rwlock_t *rw) { return __read_lock(rw, 0); }
int pthread_rwlock_wrlock(pthread_rwlock_t *rw) { return __write_lock(rw, 0); }

int pthread_rwlock_tryrdlock(pthread_rwlock_t *rw)
{
	bool busy;

	__word_lock(&rw->guard, 0);
	busy = must_read_later(rw);
	rw->readers += !busy;
	__word_unlock(&rw->guard);
	return busy ? EBUSY : 0;
}

int pthread_rwlock_trywrlock(pthread_rwlock_t *rw)
{
	bool busy;

	__word_lock(&rw->guard, 0);
	busy = rw->readers || rw->writing;
	rw->writing |= !busy;
	__word_unlock(&rw->guard);
	return busy ? EBUSY : 0;
}

int pthread_rwlock_unlock(pthread_rwlock_t *rw)
{
	__word_lock(&rw->guard, 0);
	if (rw->writing) {
		rw->writing = 0;
		if (rw->readers_waiting)
			admit_readers(rw);
		else if (rw->writers_waiting)
			admit_writer(rw);
	} else if (rw->readers && --rw->readers == 0 && rw->writers_waiting) {
		admit_writer(rw);
	}
	__word_unlock(&rw->guard);
	return 0;
}
