/* kern/proc/sched.c: which thread runs: priorities, round robin among equals, sleeping. (lab 3)
 * All O(1): a ring for each priority with a bit that says "not empty", and a wheel of lists for the sleepers.
 */
#include <proc/proc.h>
#include <dev/dev.h>
#include <core/core.h>

#define WHEEL 256 /* slots; a sleeper stands in slot wake_at % WHEEL */

static struct thread *wheel[WHEEL];

/*
 * Two that are no threads, and save schedule() two questions: one stands in the last ring for good, for when nobody
 * else is ready; the other in the first ring after a thread has ended, whose memory must outlive its last trap.
 */
static bool never(struct thread *t)
{
	return false;
}
static struct thread idle = { .priority = PRIORITIES - 1, .resume = never };
static struct thread undertaker = { .priority = 0, .resume = never, .state = THREAD_WAITING };
static struct thread *dead;
uint32_t ticks;

static void ring_insert(struct thread *t)
{
	struct cpu *cpu = this_cpu();
	struct thread *head = cpu->ring[t->priority];
	t->state = THREAD_RUNNABLE;
	if (!head) {
		t->ring_next = t->ring_prev = cpu->ring[t->priority] = t;
		cpu->ready_bits |= 0x80000000u >> t->priority;
		return;
	}
	t->ring_next = head; /* right before the first: last in turn */
	t->ring_prev = head->ring_prev;
	t->ring_prev->ring_next = t;
	head->ring_prev = t;
}

static void ring_remove(struct thread *t)
{
	struct cpu *cpu = this_cpu();
	if (t->ring_next == t) {
		cpu->ring[t->priority] = NULL;
		cpu->ready_bits &= ~(0x80000000u >> t->priority);
		return;
	}
	t->ring_prev->ring_next = t->ring_next;
	t->ring_next->ring_prev = t->ring_prev;
	if (cpu->ring[t->priority] == t)
		cpu->ring[t->priority] = t->ring_next;
}

/* Out of the list that it waits in, if any. */
static void list_remove(struct thread *t)
{
	if (!t->link)
		return;
	*t->link = t->next;
	if (t->next)
		t->next->link = t->link;
	t->link = NULL;
}

static void list_insert(struct thread **list, struct thread *t)
{
	t->next = *list;
	if (t->next)
		t->next->link = &t->next;
	t->link = list;
	*list = t;
}

const char *sched_state_name(const struct thread *t)
{
	static const char *const names[] = { "runnable", "waiting", "ended" };
	return t == this_cpu()->current ? "running" : names[t->state];
}

void sched_new(struct thread *t)
{
	t->priority = PRIORITY_NORMAL;
	t->ticks_left = TURN_TICKS;
	ring_insert(t);
}

void sched_ready(struct thread *t)
{
	struct thread *current = this_cpu()->current;
	if (t->state != THREAD_WAITING)
		return;
	list_remove(t);
	t->reason = NULL;
	ring_insert(t);
	if (current && t->priority < current->priority)
		this_cpu()->resched = 1;
}

long sys_yield(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	struct cpu *cpu = this_cpu();
	struct thread *t = cpu->current;
	if (t->ring_next != t) {
		cpu->ring[t->priority] = t->ring_next;
		cpu->resched = 1;
	}
	return 0;
}

void sched_wait(struct thread *t, const char *reason, bool (*resume)(struct thread *))
{
	ring_remove(t);
	t->state = THREAD_WAITING;
	t->reason = reason;
	t->resume = resume;
	this_cpu()->resched = 1;
}

void sched_sleep(struct thread *t, uint32_t duration)
{
	t->wake_at = ticks + duration;
	sched_wait(t, "sleep", NULL);
	list_insert(&wheel[t->wake_at % WHEEL], t);
}

void sched_end(struct thread *t)
{
	if (t->state == THREAD_RUNNABLE)
		ring_remove(t);
	else
		list_remove(t);
	t->state = THREAD_ENDED;
	if (t == this_cpu()->current) {
		dead = t;
		ring_insert(&undertaker);
		this_cpu()->resched = 1;
	} else {
		thread_free(t);
	}
}

void wait_queue_add(struct wait_queue *q, struct thread *t)
{
	list_insert(&q->first, t);
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
	if (!t)
		return;
	t->ticks_used++;
	if (--t->ticks_left == 0) {
		t->ticks_left = TURN_TICKS;
		if (!this_cpu()->resched)
			sys_yield(0, 0, 0, 0);
	}
}

static struct thread *next_thread(struct cpu *cpu)
{
	return cpu->ring[__builtin_clz(cpu->ready_bits)];
}

/* Nobody to run: interrupts come here only. */
static void wait_for_work(struct cpu *cpu)
{
	cpu->current = NULL;
	do
		cpu_wait_for_interrupt();
	while (next_thread(cpu) == &idle);
}

static void bury(void)
{
	ring_remove(&undertaker);
	thread_free(dead);
}

/* The rest of schedule(): the two that are no threads, and waiting calls, which may be done now, or wait on. */
static __attribute__((noinline)) struct thread *next_with_care(struct cpu *cpu)
{
	for (;;) {
		struct thread *t = next_thread(cpu);
		bool (*resume)(struct thread *) = t->resume;
		if (!resume)
			return t;
		if (t == &idle) {
			wait_for_work(cpu);
		} else if (t == &undertaker) {
			bury();
		} else {
			t->resume = NULL;
			cpu->current = t;
			if (t->pmap != cpu->pmap)
				pmap_load(t->pmap);
			if (resume(t))
				return t;
		}
	}
}

void schedule(void)
{
	struct cpu *cpu = this_cpu();
	struct thread *t = next_thread(cpu);

	if (__builtin_expect(t->resume != NULL, 0))
		t = next_with_care(cpu);
	cpu->resched = 0;
	cpu->current = t;
	if (t->pmap != cpu->pmap)
		pmap_load(t->pmap);
	t = cpu->current; /* not kept across the call: schedule never returns, and saves no registers for anybody */
	trap_set_thread(t);
	trap_return(t);
}

void sched_init(void)
{
	ring_insert(&idle);
}
