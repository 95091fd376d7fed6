/* lib/lock.c: locks of words, which call the kernel only when somebody must wait. (lab 3)
 * A program that has linked this can have threads: then the library guards its own data with them, too.
 */
#include "lock.h"
#include "call.h"
#include "thread.h"

int __word_wait(volatile uint32_t *word, uint32_t value, uint32_t deadline)
{
	int error = -sys_futex((long)word, FUTEX_WAIT, value, deadline);

	return error == EINTR || error == EAGAIN ? 0 : error;
}

void __word_wake(volatile uint32_t *word, uint32_t n)
{
	sys_futex((long)word, FUTEX_WAKE, n, 0);
}

int __word_lock_waiting(volatile uint32_t *word, uint32_t deadline)
{
	int error = 0;

	while (!error && exchange(word, 2) != 0)
		error = __word_wait(word, 2, deadline);
	return error;
}

int __word_lock(volatile uint32_t *word, uint32_t deadline)
{
	return compare_and_swap(word, 0, 1) ? 0 : __word_lock_waiting(word, deadline);
}

void __word_unlock(volatile uint32_t *word)
{
	if (exchange(word, 0) == 2)
		__word_wake(word, 1);
}

void __lock(struct lock *l)
{
	if (l->owner != self()) {
		__word_lock(&l->word, 0);
		l->owner = self();
	}
	l->depth++;
}

void __unlock(struct lock *l)
{
	if (--l->depth > 0)
		return;
	l->owner = NULL;
	__word_unlock(&l->word);
}

int __own_tid(void)
{
	struct __pthread *t = self();

	if (!t->tid)
		t->tid = sys_gettid(0, 0, 0, 0);
	return t->tid;
}

/* The heap must be whole in the child. A stream may be held for long, by one who waits for input: it is only freed. */
void __fork_begins(void)
{
	if (&__heap_lock)
		__lock(&__heap_lock);
}

void __fork_ends(bool in_child)
{
	if (&__heap_lock)
		__unlock(&__heap_lock);
	if (!in_child)
		return;
	self()->tid = 0;
	if (__output_locks_reset)
		__output_locks_reset();
	if (__input_locks_reset)
		__input_locks_reset();
	if (__threads_reset)
		__threads_reset();
}
