/* kern/proc/thread.c: threads: their numbers, their birth and end, and the system calls about them. (lab 3) */
#include <proc/proc.h>
#include <proc/port.h>
#include <mem/pool.h>
#include <core/core.h>
#include <error.h>

/* Numbers count up; a thread stands in slot tid % THREAD_MAX, so that finding it is O(1). A number whose slot is taken waits. */
#define ID_LIMIT 0x3fffffff

static struct thread *slots[THREAD_MAX];
static unsigned thread_count;
static int last_id;

static struct pool thread_pool = { .size = ROUND_UP(sizeof(struct thread), 8) };

/* [helpers of lab 3] Your own functions for this file. */
/* [end of helpers] */

struct thread *thread_find(int tid)
{
	/*
	 * [lab 3.1, 1 point] The thread with that number, in O(1); NULL: there is none, and a number that is not
	 * positive is nobody's. Another thread may stand in its slot by now.
	 */
	struct thread *t = tid > 0 ? slots[tid % THREAD_MAX] : NULL;
	return t && t->tid == tid ? t : NULL;
	/* [end of lab 3.1] */
}

/* => fewer than THREAD_MAX threads; also(), if given, takes some number in any PROC_MAX that follow each other. */
static int take_id(struct thread *t, bool (*also)(int id))
{
	/*
	 * [lab 3.1, 3 points] The next number for t, which then stands in its slot; one thread more. Numbers count
	 * up from the last one that was given, and begin at 1 again behind ID_LIMIT, so that a number is used
	 * again as late as can be. One whose slot is taken, or that also() (may be NULL) does not take, is passed
	 * over.
	 */
	do
		last_id = last_id < ID_LIMIT ? last_id + 1 : 1;
	while (slots[last_id % THREAD_MAX] || (also && !also(last_id)));
	slots[last_id % THREAD_MAX] = t;
	thread_count++;
	return last_id;
	/* [end of lab 3.1] */
}

struct thread *thread_new(struct proc *p, bool (*also)(int id), int *error)
{
	*error = EAGAIN;
	if (thread_count >= THREAD_MAX - (takes_reserved() ? 0 : SLOTS_RESERVED) || p->thread_count == PROC_THREAD_MAX)
		return NULL;
	*error = ENOMEM;
	struct thread *t = pool_alloc(&thread_pool);
	if (!t)
		return NULL;
	t->tid = take_id(t, also);
	p->thread_count++;
	t->proc = p;
	t->pmap = &p->pmap;
	t->waiter.thread = t;
	t->caller.server = t;
	sched_inherit(t);
	LIST_INSERT(&p->threads, t, sibling, back);
	return t;
}

struct thread *thread_next(uint32_t after)
{
	for (unsigned i = after ? after % THREAD_MAX + 1 : 0; i < THREAD_MAX; i++)
		if (slots[i])
			return slots[i];
	return NULL;
}

void thread_end(struct thread *t)
{
	struct object *waits_in = t->call_object;
	monitor_forget(&t->tf);
	futex_thread_ends(t);
	if (t->fpu)
		fpu_drop(t);
	port_thread_ends(t);
	slots[t->tid % THREAD_MAX] = NULL;
	thread_count--;
	t->proc->thread_count--;
	LIST_REMOVE(t, sibling, back);
	sched_end(t);
	if (waits_in)
		object_unref(waits_in);
}

void thread_free(struct thread *t)
{
	pool_free(&thread_pool, t);
}

long sys_gettid(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	return current_thread()->tid;
}

/* Bad addresses are found out when the thread uses them: a fault, as any other. */
long sys_thread_create(uint32_t entry, uint32_t sp, uint32_t argument, uint32_t tls)
{
	int error;
	struct thread *t = thread_new(current_thread()->proc, NULL, &error);
	if (!t)
		return -error;
	tf_init_user(&t->tf, entry, sp, argument, 0, tls);
	t->mask = current_thread()->mask;
	sched_new(t);
	return t->tid;
}

/* The kernel does not use its stack: once this is called, others may. With the last thread the process ends. */
long sys_thread_exit(uint32_t word, uint32_t b, uint32_t c, uint32_t d)
{
	const uint32_t ended = 0;
	struct thread *t = call_begin(SYS_thread_exit, word, b, c, d);
	if (word % sizeof(ended))
		return -EINVAL;
	int error = word ? copyout(word, &ended, sizeof(ended)) : 0;
	if (error)
		return error;
	if (word)
		futex_wake(t, word, 1);
	if (t->proc->thread_count == 1)
		proc_exit(t->proc, STATUS_EXIT(0));
	else
		thread_end(t);
	return 0;
}

/* A call leaves some registers where they are until the thread goes back: only then is all of its frame there to change. */
static bool set_register(struct thread *t)
{
	tf_set_thread_register(&t->tf, t->call.args[0]);
	return true;
}

long sys_thread_register(uint32_t tls, uint32_t b, uint32_t c, uint32_t d)
{
	sched_later(call_begin(SYS_thread_register, tls, b, c, d), set_register);
	return 0;
}
