/* kern/proc/thread.c: threads: their numbers, their birth and end. (lab 3) */
#include <proc/proc.h>
#include <mem/pool.h>
#include <core/core.h>
#include <error.h>

/* Numbers count up; a thread stands in slot tid % THREAD_MAX, so that finding it is O(1). A number whose slot is taken waits. */
#define ID_LIMIT 0x3fffffff

static struct thread *slots[THREAD_MAX];
static unsigned thread_count;
static int last_id;

static struct pool thread_pool = { .size = ROUND_UP(sizeof(struct thread), 8) };

struct thread *thread_find(int tid)
{
	struct thread *t = tid > 0 ? slots[tid % THREAD_MAX] : NULL;
	return t && t->tid == tid ? t : NULL;
}

/* => fewer than THREAD_MAX threads; also(), if given, takes some number in any PROC_MAX that follow each other. */
static int take_id(struct thread *t, bool (*also)(int id))
{
	do
		last_id = last_id < ID_LIMIT ? last_id + 1 : 1;
	while (slots[last_id % THREAD_MAX] || (also && !also(last_id)));
	slots[last_id % THREAD_MAX] = t;
	thread_count++;
	return last_id;
}

struct thread *thread_new(struct proc *p, bool (*also)(int id), int *error)
{
	*error = EAGAIN;
	if (thread_count == THREAD_MAX)
		return NULL;
	*error = ENOMEM;
	struct thread *t = pool_alloc(&thread_pool);
	if (!t)
		return NULL;
	t->tid = take_id(t, also);
	t->proc = p;
	t->pmap = &p->pmap;
	t->waiter.thread = t;
	t->sibling = p->threads;
	if (t->sibling)
		t->sibling->back = &t->sibling;
	t->back = &p->threads;
	p->threads = t;
	return t;
}

void thread_end(struct thread *t)
{
	monitor_forget(&t->tf);
	slots[t->tid % THREAD_MAX] = NULL;
	thread_count--;
	*t->back = t->sibling;
	if (t->sibling)
		t->sibling->back = t->back;
	sched_end(t);
}

void thread_free(struct thread *t)
{
	pool_free(&thread_pool, t);
}
