/* lib/pthread.c: threads: birth, end, and who takes care of what is left. (lab 3)
 * A thread's stack and block are one mapping: a guard page, the stack, the block at its end. It is never unmapped, but
 * used again: a thread that nobody will join puts itself on the list before it ends, and the kernel's word, alive,
 * says when it can be taken off.
 */
#include "lock.h"
#include "call.h"
#include "thread.h"
#include <memlayout.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <types.h>

enum { JOINABLE, DETACHED, JOINING, ENDED };

static struct lock list_lock;
static struct __pthread *list; /* those that nobody will ask for any more */
static volatile uint32_t threads = 1;

static void put(struct __pthread *t)
{
	if (!t->stack_bytes) /* the first thread's is not ours */
		return;
	__lock(&list_lock);
	t->next = list;
	list = t;
	__unlock(&list_lock);
}

/* A stack that was used before, by a thread that is gone; NULL: there is none of this size. */
static struct __pthread *take(size_t bytes)
{
	struct __pthread **link = &list, *t;

	__lock(&list_lock);
	while ((t = *link) && (t->alive || t->stack_bytes != bytes))
		link = &t->next;
	if (t)
		*link = t->next;
	__unlock(&list_lock);
	return t;
}

static struct __pthread *make(size_t bytes)
{
	char *base = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (base == MAP_FAILED)
		return NULL;
	if (mprotect(base, PAGE_SIZE, PROT_NONE) < 0) {
		munmap(base, bytes);
		return NULL;
	}
	return (struct __pthread *)(base + bytes - THREAD_BLOCK);
}

static struct __pthread *new_thread(const pthread_attr_t *attr)
{
	size_t bytes = PAGE_SIZE + ROUND_UP(attr && attr->stack_bytes ? attr->stack_bytes : PTHREAD_STACK_DEFAULT, PAGE_SIZE);
	struct __pthread *t = take(bytes);

	if (!t && !(t = make(bytes)))
		return NULL;
	*t = (struct __pthread){ .self = t, .alive = 1, .stack_bytes = bytes };
	t->state = attr && attr->detached ? DETACHED : JOINABLE;
	return t;
}

static void run(uint32_t unused)
{
	struct __pthread *t = self();

	pthread_exit(t->start(t->argument));
}

/* entry(argument) finds its argument where this machine's functions look for it. */
static int start(struct __pthread *t)
{
	uint32_t *frame = (uint32_t *)((uintptr_t)t & ~15u) - 4;

	frame[0] = frame[1] = 0;
	return sys_thread_create((long)run, (long)frame, 0, (long)t);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*function)(void *), void *argument)
{
	struct __pthread *t = new_thread(attr);
	int tid;

	if (!t)
		return EAGAIN;
	self()->alive = 1; /* the first thread's is not set yet */
	__own_tid();
	t->start = function;
	t->argument = argument;
	*thread = t;
	fetch_add(&threads, 1);
	__lock(&list_lock); /* so that t can't be another's before its number stands in it */
	tid = start(t);
	t->tid = tid;
	__unlock(&list_lock);
	if (tid > 0)
		return 0;
	fetch_add(&threads, -1);
	t->alive = 0;
	put(t);
	return EAGAIN;
}

void pthread_exit(void *result)
{
	struct __pthread *t = self();

	if (__values_end)
		__values_end();
	if (fetch_add(&threads, -1) == 1)
		exit(0);
	t->result = result;
	if (!compare_and_swap(&t->state, JOINABLE, ENDED) && t->state == DETACHED)
		put(t);
	sys_thread_exit((long)&t->alive, 0, 0, 0);
	for (;;) /* there was no memory left to write a 0 to: as with any first touch */
		sys_exit(134, 0, 0, 0);
}

/* From joinable to state: what it was, or -1: another has joined or detached it. */
static int claim(struct __pthread *t, uint32_t state)
{
	if (compare_and_swap(&t->state, JOINABLE, state))
		return JOINABLE;
	return compare_and_swap(&t->state, ENDED, state) ? ENDED : -1;
}

int pthread_join(pthread_t t, void **result)
{
	int error = 0;

	if (t == self())
		return EDEADLK;
	if (claim(t, JOINING) < 0)
		return EINVAL;
	while (!error && t->alive)
		error = __word_wait(&t->alive, 1, 0);
	if (error)
		return error;
	if (result)
		*result = t->result;
	put(t);
	return 0;
}

int pthread_detach(pthread_t t)
{
	int was = claim(t, DETACHED);

	if (was < 0)
		return EINVAL;
	if (was == ENDED)
		put(t);
	return 0;
}

pthread_t pthread_self(void)
{
	return self();
}

int pthread_equal(pthread_t a, pthread_t b)
{
	return a == b;
}

int pthread_kill(pthread_t t, int signal)
{
	if (t == self())
		return -sys_thread_kill(__own_tid(), signal, 0, 0);
	return t->alive ? -sys_thread_kill(t->tid, signal, 0, 0) : ESRCH;
}

/* In the child of a fork. The others' stacks stay mapped, and lost: nobody knows what was pointed to there. */
void __threads_reset(void)
{
	threads = 1;
	list_lock = (struct lock){ 0 };
}
