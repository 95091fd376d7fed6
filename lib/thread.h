/* lib/thread.h: what the library knows of each thread; the thread register leads there. (lab 3)
 * The first thread's block is made by the kernel (syscall.h: THREAD_BLOCK), all zero but for self, so that errno is there
 * before anything else; the others' are made by pthread_create. There is no __thread keyword: it would need a linker's help.
 */
#ifndef LIB_THREAD_H
#define LIB_THREAD_H

#include <register.h>
#include <stddef.h>
#include <stdint.h>
#include <syscall.h>

struct __value;

struct __pthread {
	struct __pthread *self; /* i386 finds the block by it */
	int error;             /* errno */
	int tid;               /* 0: not asked for yet */
	uint32_t alive;        /* 1; the kernel makes it 0 when the thread is gone, and wakes one who waits for that */
	uint32_t state;        /* pthread.c: who takes care of the rest */
	void *(*start)(void *);
	void *argument, *result;
	size_t stack_bytes;    /* the whole mapping, which ends behind this block */
	struct __pthread *next; /* in pthread.c's list */
	struct __value *values; /* pthread_key.c's; NULL: all are null */
};
_Static_assert(sizeof(struct __pthread) <= THREAD_BLOCK, "the kernel leaves room for it");

static inline struct __pthread *self(void)
{
	return thread_block();
}

int __own_tid(void);
/* pthread.c: this is the only thread, whatever there was. pthread_key.c: this thread ends. Null where not linked. */
__attribute__((weak)) void __threads_reset(void);
__attribute__((weak)) void __values_end(void);

#endif
