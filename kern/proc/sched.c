/* kern/proc/sched.c: which thread runs: priorities, and round robin among equals. (lab 3)
 * All O(1): a ring for each priority, with a bit that says "not empty".
 */
#include <proc/proc.h>
#include <dev/dev.h>
#include <core/core.h>

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

const char *sched_state_name(const struct thread *t)
{
	static const char *const names[] = { "new", "runnable", "waiting", "ended" };
	return t == this_cpu()->current ? "running" : names[t->state];
}

void sched_new(struct thread *t)
{
	t->priority = PRIORITY_NORMAL;
	t->ticks_left = TURN_TICKS;
	ring_insert(t);
}

void sched_wake(struct thread *t, enum wake_cause cause)
{
	struct thread *current = this_cpu()->current;
	if (t->state != THREAD_WAITING)
		return;
	wait_forget(t);
	t->woken_by = cause;
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

void sched_later(struct thread *t, bool (*resume)(struct thread *))
{
	t->resume = resume;
	this_cpu()->resched = 1;
}

void sched_end(struct thread *t)
{
	if (t->state == THREAD_RUNNABLE)
		ring_remove(t);
	if (t->state == THREAD_WAITING)
		wait_forget(t);
	t->state = THREAD_ENDED;
	if (t == this_cpu()->current) {
		dead = t;
		ring_insert(&undertaker);
		this_cpu()->resched = 1;
	} else {
		thread_free(t);
	}
}

void clock_tick(void)
{
	struct thread *t = this_cpu()->current;
	timer_tick();
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
