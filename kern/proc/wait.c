/* kern/proc/wait.c: queues of waiting threads, timers, and how a waiting call ends. (lab 3) */
#include <proc/proc.h>
#include <proc/port.h>
#include <core/core.h>
#include <error.h>

#define WHEEL 256 /* slots; a thread with a timer stands in slot wake_at % WHEEL */

static struct thread *wheel[WHEEL];
uint32_t ticks;

void wait_queue_wake_all(struct wait_queue *q)
{
	struct waiter *w;

	while ((w = q->first)) {
		wait_queue_remove(w);
		sched_wake(w->thread, WAKE_READY);
	}
}

void timer_set(struct thread *t, uint32_t tick)
{
	timer_stop(t);
	t->wake_at = (int32_t)(tick - ticks) > 0 ? tick : ticks + 1;
	LIST_INSERT(&wheel[t->wake_at % WHEEL], t, timer_next, timer_link);
}

void timer_stop(struct thread *t)
{
	if (t->timer_link)
		LIST_REMOVE(t, timer_next, timer_link);
}

void timer_tick(void)
{
	struct thread *next;
	ticks++;
	for (struct thread *t = wheel[ticks % WHEEL]; t; t = next) {
		next = t->timer_next;
		if (t->wake_at == ticks)
			sched_wake(t, WAKE_TIMEOUT);
	}
	alarm_tick();
}

/* Rounded up: a call that waits until then must not come back before. */
uint32_t deadline_tick(uint32_t deadline)
{
	int32_t left = deadline - ticks * TICK_MS; /* modulo 2^32, as deadlines are */
	return left <= 0 ? ticks : ticks + (left + TICK_MS - 1) / TICK_MS;
}

void wait_forget(struct thread *t)
{
	void (*cancel)(struct thread *) = t->cancel;
	wait_queue_remove(&t->waiter);
	timer_stop(t);
	if (t->awaited)
		port_forget(t);
	t->reason = NULL;
	t->cancel = NULL;
	if (cancel)
		cancel(t);
}

bool wait_cut_short(struct thread *t)
{
	if (t->woken_by == WAKE_READY)
		return false;
	tf_set_result(&t->tf, t->woken_by == WAKE_TIMEOUT ? -ETIMEDOUT : -EINTR);
	return true;
}
