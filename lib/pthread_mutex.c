/* lib/pthread_mutex.c: locks: normal, recursive, error-checking; and those whose owner inherits its waiters' priority. (lab 3)
 * A normal one is a word (lock.h). The others' owner is known; with PTHREAD_PRIO_INHERIT the word itself says so to the
 * kernel: thread id, and FUTEX_WAITERS when somebody waits.
 */
#include "lock.h"
#include "call.h"
#include "mutex.h"
#include "thread.h"
#include <limits.h>
#include <pthread.h>

static bool is_plain(const pthread_mutex_t *m)
{
	return m->type == PTHREAD_MUTEX_NORMAL && !m->inherit;
}

int pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *attr)
{
	*m = (pthread_mutex_t){ 0 };
	if (attr)
		m->type = attr->type, m->inherit = attr->inherit;
	return 0;
}

int pthread_mutex_destroy(pthread_mutex_t *m)
{
	return m->word ? EBUSY : 0;
}

static int take_word(pthread_mutex_t *m, uint32_t deadline)
{
	int error;

	if (!m->inherit)
		return __word_lock(&m->word, deadline);
	if (compare_and_swap(&m->word, 0, __own_tid()))
		return 0;
	do
		error = -sys_futex((long)&m->word, FUTEX_LOCK, 0, deadline);
	while (error == EINTR);
	return error;
}

static void give_word(pthread_mutex_t *m)
{
	if (!m->inherit)
		__word_unlock(&m->word);
	else if (!compare_and_swap(&m->word, __own_tid(), 0))
		sys_futex((long)&m->word, FUTEX_UNLOCK, 0, 0);
}

/* The caller has it already: what that means. */
static int again(pthread_mutex_t *m, int otherwise)
{
	if (m->type != PTHREAD_MUTEX_RECURSIVE)
		return otherwise;
	if (m->depth == UINT_MAX)
		return EAGAIN;
	m->depth++;
	return 0;
}

int __mutex_lock(pthread_mutex_t *m, uint32_t deadline)
{
	int error;

	if (is_plain(m))
		return __word_lock(&m->word, deadline);
	if (m->owner == (uint32_t)__own_tid())
		return again(m, EDEADLK);
	error = take_word(m, deadline);
	if (!error || error == EOWNERDEAD) {
		m->owner = __own_tid();
		m->depth = 1;
	}
	return error;
}

int pthread_mutex_lock(pthread_mutex_t *m)
{
	return __mutex_lock(m, 0);
}

int pthread_mutex_trylock(pthread_mutex_t *m)
{
	if (is_plain(m))
		return compare_and_swap(&m->word, 0, 1) ? 0 : EBUSY;
	if (m->owner == (uint32_t)__own_tid())
		return again(m, EBUSY);
	if (!compare_and_swap(&m->word, 0, m->inherit ? __own_tid() : 1))
		return EBUSY;
	m->owner = __own_tid();
	m->depth = 1;
	return 0;
}

int pthread_mutex_unlock(pthread_mutex_t *m)
{
	if (!is_plain(m)) {
		if (m->owner != (uint32_t)__own_tid())
			return EPERM;
		if (--m->depth > 0)
			return 0;
		m->owner = 0;
	}
	give_word(m);
	return 0;
}

uint32_t __mutex_release(pthread_mutex_t *m)
{
	uint32_t depth = m->depth;

	if (!is_plain(m))
		m->owner = 0;
	give_word(m);
	return depth;
}

int __mutex_retake(pthread_mutex_t *m, uint32_t depth)
{
	int error = m->inherit ? take_word(m, 0) : __word_lock_waiting(&m->word, 0);

	if (!is_plain(m)) {
		m->owner = __own_tid();
		m->depth = depth;
	}
	return error;
}
