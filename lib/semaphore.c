/* lib/semaphore.c: counting semaphores. (lab 3)
 * One word, so that one atomic step both counts and tells whether the kernel must be called: once a post has counted,
 * the semaphore may be gone, and the post looks at it no more.
 */
#include "lock.h"
#include "call.h"
#include <semaphore.h>

#define WAITERS 0x80000000u

static int fail(int error)
{
	errno = error;
	return -1;
}

int sem_init(sem_t *s, int shared, unsigned value)
{
	if (value > SEM_VALUE_MAX)
		return fail(EINVAL);
	s->word = value;
	return 0;
}

int sem_destroy(sem_t *s) { return 0; }

/* Take one off, if there is one; mark: let the word go on saying that others may be waiting. */
static bool take(sem_t *s, uint32_t mark)
{
	uint32_t old = s->word;

	while (old & ~WAITERS) {
		if (!compare_and_swap(&s->word, old, (old - 1) | mark)) {
			old = s->word;
			continue;
		}
		/* A post that came while the first woken one was on its way woke nobody: that is for us to do. */
		if (mark && ((old - 1) & ~WAITERS))
			__word_wake(&s->word, 1);
		return true;
	}
	return false;
}

int __sem_wait(sem_t *s, uint32_t deadline);
int __sem_wait(sem_t *s, uint32_t deadline)
{
	uint32_t mark = 0;
	long error = 0;

	while (!take(s, mark)) {
		if (error && error != -EAGAIN)
			return fail(-error);
		compare_and_swap(&s->word, 0, WAITERS);
		error = sys_futex((long)&s->word, FUTEX_WAIT, WAITERS, deadline);
		mark = WAITERS;
	}
	return 0;
}

int sem_wait(sem_t *s)
{
	return __sem_wait(s, 0);
}

int sem_trywait(sem_t *s)
{
	return take(s, 0) ? 0 : fail(EAGAIN);
}

int sem_post(sem_t *s)
{
	uint32_t old;

	do {
		old = s->word;
		if ((old & ~WAITERS) == SEM_VALUE_MAX)
			return fail(EOVERFLOW);
	} while (!compare_and_swap(&s->word, old, (old & ~WAITERS) + 1));
	if (old & WAITERS)
		__word_wake(&s->word, 1);
	return 0;
}

int sem_getvalue(sem_t *s, int *value)
{
	*value = s->word & ~WAITERS;
	return 0;
}
