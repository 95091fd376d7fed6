/* lib/lock.h: locks of words, which call the kernel only when somebody must wait; and the library's own. (lab 3) */
#ifndef LIB_LOCK_H
#define LIB_LOCK_H

#include <stdbool.h>
#include <stdint.h>

static inline bool compare_and_swap(volatile uint32_t *word, uint32_t old, uint32_t value)
{
	return __atomic_compare_exchange_n(word, &old, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static inline uint32_t exchange(volatile uint32_t *word, uint32_t value)
{
	return __atomic_exchange_n(word, value, __ATOMIC_SEQ_CST);
}

static inline uint32_t fetch_add(volatile uint32_t *word, uint32_t n)
{
	return __atomic_fetch_add(word, n, __ATOMIC_SEQ_CST);
}

/*
 * A lock in a word: 0 free, 1 held, 2 held and somebody may be waiting. deadline as system calls have it, 0: none.
 * 0, or ETIMEDOUT.
 */
int __word_lock(volatile uint32_t *word, uint32_t deadline);
int __word_lock_waiting(volatile uint32_t *word, uint32_t deadline); /* the same, and let the word say 2 */
void __word_unlock(volatile uint32_t *word);
/* Sleep while *word is value: 0, or an error number, never EINTR or EAGAIN: look again. */
int __word_wait(volatile uint32_t *word, uint32_t value, uint32_t deadline);
void __word_wake(volatile uint32_t *word, uint32_t n);

/*
 * What the library's own data is guarded with: a thread may take it again while it has it. Both functions are null
 * unless the program can have threads: one that has none neither pays for them nor carries them.
 */
struct lock {
	volatile uint32_t word;
	uint32_t depth;
	void *volatile owner; /* its block */
};

__attribute__((weak)) void __lock(struct lock *l);
__attribute__((weak)) void __unlock(struct lock *l);

static inline void lock(struct lock *l)
{
	if (__lock)
		__lock(l);
}

static inline void unlock(struct lock *l)
{
	if (__unlock)
		__unlock(l);
}

/* A child of fork has one thread: what the others held is held by nobody. Null unless the program has the file. */
__attribute__((weak)) void __output_locks_reset(void);
__attribute__((weak)) void __input_locks_reset(void);
__attribute__((weak)) extern struct lock __heap_lock;
/* Around fork, for lib/unistd.c. */
__attribute__((weak)) void __fork_begins(void);
__attribute__((weak)) void __fork_ends(bool in_child);

#endif
