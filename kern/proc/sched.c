/*
 * kern/proc/sched.c: which thread runs: priorities, round robin among equals, sleeping. (lab 3)
 * All O(1): a list for each priority with a bit that says "not empty", and a wheel of lists for the sleepers.
 */
#include <proc/proc.h>
#include <dev/dev.h>
#include <core/core.h>

struct queue {
	struct thread *first, **last; /* last: the link to fill next */
};

#define WHEEL 256 /* slots; a sleeper stands in slot wake_at % WHEEL */

static struct queue ready[PRIORITIES];
static uint32_t ready_bits; /* bit p: ready[p] is not empty */
static struct thread *wheel[WHEEL];
uint32_t ticks;

static void enqueue(struct thread *t)
{
	struct queue *q = &ready[t->priority];
	if (!q->first)
		q->last = &q->first;
	t->next = NULL;
	t->link = q->last;
	*q->last = t;
	q->last = &t->next;
	ready_bits |= 1u << t->priority;
	t->state = THREAD_RUNNABLE;
}

static struct thread *dequeue(void)
{
	if (!ready_bits)
		return NULL;
	unsigned priority = __builtin_ctz(ready_bits);
	struct queue *q = &ready[priority];
	struct thread *t = q->first;
	q->first = t->next;
	if (t->next)
		t->next->link = &q->first;
	else
		ready_bits &= ~(1u << priority);
	t->link = NULL;
	return t;
}

/* Out of whatever queue it is in. */
static void unlink_thread(struct thread *t)
{
	if (!t->link)
		return;
	*t->link = t->next;
	if (t->next)
		t->next->link = t->link;
	if (t->state == THREAD_RUNNABLE) {
		struct queue *q = &ready[t->priority];
		if (!t->next)
			q->last = t->link;
		if (!q->first)
			ready_bits &= ~(1u << t->priority);
	}
	t->link = NULL;
}

void sched_new(struct thread *t)
{
	t->priority = PRIORITY_NORMAL;
	t->ticks_left = TURN_TICKS;
	enqueue(t);
}

void sched_ready(struct thread *t)
{
	struct thread *current = this_cpu()->current;
	if (t->state != THREAD_WAITING)
		return;
	unlink_thread(t);
	t->reason = NULL;
	enqueue(t);
	if (current && t->priority < current->priority)
		this_cpu()->resched = 1;
}

void sched_wait(struct thread *t, const char *reason, bool (*resume)(struct thread *))
{
	t->state = THREAD_WAITING;
	t->reason = reason;
	t->resume = resume;
	this_cpu()->resched = 1;
}

void sched_sleep(struct thread *t, uint32_t duration)
{
	struct thread **slot = &wheel[(ticks + duration) % WHEEL];
	t->wake_at = ticks + duration;
	t->next = *slot;
	if (t->next)
		t->next->link = &t->next;
	t->link = slot;
	*slot = t;
	sched_wait(t, "sleep", NULL);
}

void sched_end(struct thread *t)
{
	unlink_thread(t);
	t->state = THREAD_ENDED;
	if (t == this_cpu()->current)
		this_cpu()->resched = 1; /* schedule() frees it: the way out of the kernel may still write to its frame */
	else
		thread_free(t);
}

void wait_queue_add(struct wait_queue *q, struct thread *t)
{
	t->next = q->first;
	if (t->next)
		t->next->link = &t->next;
	t->link = &q->first;
	q->first = t;
}

void wait_queue_wake(struct wait_queue *q)
{
	while (q->first)
		sched_ready(q->first);
}

static void wake_sleepers(void)
{
	struct thread *next;
	for (struct thread *t = wheel[ticks % WHEEL]; t; t = next) {
		next = t->next;
		if (t->wake_at == ticks)
			sched_ready(t);
	}
}

void clock_tick(void)
{
	struct thread *t = this_cpu()->current;
	ticks++;
	wake_sleepers();
	if (!t || t->state != THREAD_RUNNING)
		return;
	t->ticks_used++;
	if (--t->ticks_left == 0) {
		t->ticks_left = TURN_TICKS;
		this_cpu()->resched = 1;
	}
}

/* The next thread that can run, its pmap loaded; a waiting call that is not done after all waits on. */
static struct thread *next_thread(struct cpu *cpu)
{
	for (;;) {
		struct thread *t = dequeue();
		if (!t) {
			cpu->current = NULL;
			cpu_wait_for_interrupt();
			continue;
		}
		if (&t->proc->pmap != cpu->pmap)
			pmap_load(&t->proc->pmap);
		t->state = THREAD_RUNNING;
		if (!t->resume)
			return t;
		bool (*resume)(struct thread *) = t->resume;
		t->resume = NULL;
		cpu->current = t;
		if (resume(t) && t->state == THREAD_RUNNING)
			return t;
	}
}

void schedule(void)
{
	struct cpu *cpu = this_cpu();
	struct thread *old = cpu->current;

	if (old && old->state == THREAD_RUNNING)
		enqueue(old);
	else if (old && old->state == THREAD_ENDED)
		thread_free(old);
	struct thread *t = next_thread(cpu);
	cpu->resched = 0;
	cpu->current = t;
	trap_set_thread(t);
	trap_return(t);
}
