/* kern/proc/sched.c: which thread runs: priorities, and deficit round robin among equals. (lab 3)
 * All O(1): a ring for each priority, with a bit that says "not empty".
 *
 * Priorities are strict: while a thread of priority 3 is ready, none of priority 4 runs, for as long as that may be. So
 * only the first process can give one that is above PRIORITY_NORMAL.
 *
 * Among equals, each has the CPU for a turn of `weight` ticks, then goes to the ring's end and gets a new turn: with n
 * equal ones none waits longer than n - 1 turns. What it has not used of its turn when it gives the CPU up, it keeps, and
 * may use for going ahead of the others once its wait is over: at the price of a tick of its turn for each tick of the
 * clock in which it does so, however short it runs, so that nobody gains by sleeping whenever the clock looks. Waiting
 * earns new ticks, slowly, up to one turn. Those who go ahead never get more than every other tick of the CPU together:
 * the ring goes round, whatever they do.
 */
#include <proc/proc.h>
#include <dev/dev.h>
#include <core/core.h>
#include <error.h>

#define EARN_TICKS 8      /* waiting so long earns a tick */
#define AHEAD_MAX 12      /* ticks that go to those who go ahead before the ring has any */
#define AHEAD_PROMPT 6    /* of these, so many are for the prompt and what it has started: a crowd can't use them up */
#define PATIENCE 50       /* ticks that what was started at the prompt waits for its turn before it goes ahead */
#define AHEAD_FIRST 3     /* of these, for the prompt alone */

static unsigned ahead_left = AHEAD_MAX;
static struct thread *patient[4]; /* started at the prompt, and at the ring's end: a crowd may be before them */

/*
 * Three that are no threads, and save schedule() as many questions: one stands in the last ring for good, for when nobody
 * else is ready; one in the first ring after a thread has ended, whose memory must outlive its last trap; and one
 * there while the floating-point unit is on, which it must not be for the next thread. They have no pmap.
 */
static bool wait_for_work(struct thread *t), bury(struct thread *t), turn_fpu_off(struct thread *t);
static struct thread idle = { .priority = PRIORITIES - 1, .resume = wait_for_work };
static struct thread undertaker = { .priority = 0, .resume = bury, .state = THREAD_WAITING };
static struct thread fpu_guard = { .priority = 0, .resume = turn_fpu_off, .state = THREAD_WAITING };
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

/* [helpers of lab 3] Your own functions for this file. */
/* [end of helpers] */

static void ring_remove(struct thread *t)
{
	struct cpu *cpu = this_cpu();
	/*
	 * [lab 3.6, 2 points] Out of the ring of its priority. The last one leaves an empty ring, and no bit for
	 * it; if t was the first, the one behind it is.
	 */
	unsigned priority = t->priority;
	struct thread *next = t->ring_next, *prev = t->ring_prev;
	if (next == t) {
		cpu->ring[priority] = NULL;
		cpu->ready_bits &= ~(0x80000000u >> priority);
		return;
	}
	prev->ring_next = next;
	next->ring_prev = prev;
	if (cpu->ring[priority] == t)
		cpu->ring[priority] = next;
	/* [end of lab 3.6] */
}

/*
 * To run next, behind those who went ahead before. If its ring is the running thread's, that one goes on, for the tick
 * or until it waits; then t is the first, and after t the interrupted turn goes on.
 */
static void ring_insert_ahead(struct thread *t)
{
	struct cpu *cpu = this_cpu();
	struct thread *current = cpu->current, *first = cpu->ring[t->priority];
	bool beside = current && current->state == THREAD_RUNNABLE && current->priority == t->priority;
	if (beside)
		cpu->ring[t->priority] = current; /* ring_insert puts it right before this one */
	ring_insert(t);
	cpu->ring[t->priority] = beside && first != current ? first : t;
}

/* Started at the prompt, or the prompt itself, which is the first process: not what these start. */
static bool at_the_prompt(const struct proc *p)
{
	return p->first || (p->parent && p->parent->first);
}

/* Of the ticks for those who go ahead, one more for t, if there is one. */
static bool take_ahead(const struct thread *t)
{
	if (ahead_left <= (t->proc->first ? 0 : at_the_prompt(t->proc) ? AHEAD_FIRST : AHEAD_PROMPT))
		return false;
	ahead_left--;
	return true;
}

static void earn_ahead(unsigned n)
{
	ahead_left = MIN(ahead_left + n, AHEAD_MAX);
}

/* t has waited: what is left of its turn, and what it has earned, may let it go ahead, and is charged for that. */
static bool goes_ahead(struct thread *t)
{
	/*
	 * [lab 3.6, 2 points] True: it does. A tick that it has paid for (charged_at) it may use without another,
	 * while it has more than the last one left. Else it has earned one for each EARN_TICKS since then, but
	 * never has more than its weight. If only the last is left, it goes to the ring's end, with a whole new
	 * turn (false). Else it goes ahead if take_ahead lets it, and pays with a tick, now. t->ahead says which
	 * of the two it is.
	 */
	uint32_t since = ticks - t->charged_at;
	if (since == 0 && t->ticks_left > 1) /* it has paid for this tick */
		return true;
	t->ticks_left = MIN(t->weight, t->ticks_left + since / EARN_TICKS);
	if (t->ticks_left == 1) {
		t->ticks_left = t->weight; /* used up: a whole new turn, at the end of the ring */
		t->ahead = false;
		return false;
	}
	t->ahead = take_ahead(t);
	if (!t->ahead)
		return false;
	t->ticks_left--;
	t->charged_at = ticks;
	return true;
	/* [end of lab 3.6] */
}

static void note_patient(struct thread *t)
{
	unsigned free = ARRAY_LEN(patient);
	for (unsigned i = 0; i < ARRAY_LEN(patient); i++) {
		if (patient[i] == t)
			return;
		if (!patient[i])
			free = i;
	}
	if (free < ARRAY_LEN(patient) && at_the_prompt(t->proc))
		patient[free] = t;
}

static void forget_patient(const struct thread *t)
{
	for (unsigned i = 0; i < ARRAY_LEN(patient); i++)
		if (patient[i] == t)
			patient[i] = NULL;
}

/* One of them has waited long enough. It pays as all do who go ahead. */
static void serve_patient(void)
{
	for (unsigned i = 0; i < ARRAY_LEN(patient); i++) {
		struct thread *t = patient[i];
		if (!t || t == this_cpu()->current || ticks - t->charged_at < PATIENCE)
			continue;
		if (t->state != THREAD_RUNNABLE) {
			patient[i] = NULL;
		} else if (take_ahead(t)) {
			patient[i] = NULL;
			ring_remove(t);
			t->ahead = true;
			t->charged_at = ticks;
			ring_insert_ahead(t);
			return;
		}
	}
}

static void make_ready(struct thread *t, bool ahead)
{
	struct cpu *cpu = this_cpu();
	struct thread *current = cpu->current;
	if (ahead) {
		ring_insert_ahead(t);
	} else {
		ring_insert(t);
		note_patient(t);
	}
	/*
	 * [lab 3.6, 1 point] Who has a better priority than the running thread (NULL: none runs) runs as soon as
	 * the kernel returns.
	 */
	if (current && t->priority < current->priority)
		cpu->resched = 1;
	/* [end of lab 3.6] */
}

const char *sched_state_name(const struct thread *t)
{
	static const char *const names[] = { "new", "runnable", "waiting", "ended" };
	return t == this_cpu()->current ? "running" : names[t->state];
}

const char *sched_reason(const struct thread *t)
{
	return t->reason ? t->reason : t->awaited ? "message" : "";
}

void sched_inherit(struct thread *t)
{
	const struct thread *from = this_cpu()->current;
	t->priority = t->base_priority = from ? from->base_priority : PRIORITY_NORMAL;
	t->ticks_left = t->weight = from ? from->weight : WEIGHT_NORMAL;
}

void sched_new(struct thread *t)
{
	make_ready(t, at_the_prompt(t->proc) && goes_ahead(t));
}

void sched_wake(struct thread *t, enum wake_cause cause)
{
	if (t->state != THREAD_WAITING)
		return;
	wait_forget(t);
	t->woken_by = cause;
	if (!sched_ready_next(t))
		make_ready(t, this_cpu()->ring[t->priority] && goes_ahead(t));
}

void sched_set_priority(struct thread *t, unsigned effective)
{
	struct cpu *cpu = this_cpu();
	bool ready = t->state == THREAD_RUNNABLE;
	if (t->priority == effective)
		return;
	if (ready)
		ring_remove(t);
	t->priority = effective;
	if (!ready)
		return;
	ring_insert(t);
	if (t == cpu->current)
		cpu->ring[effective] = t; /* its turn goes on, if it is not over */
	cpu->resched = 1;
}

/* Priorities above the normal one: the first process may give them, and who has one may pass it on. */
static bool may_give(const struct thread *giver, unsigned priority)
{
	return giver->proc->first || priority >= MIN(giver->base_priority, PRIORITY_NORMAL);
}

long sys_set_priority(uint32_t tid, uint32_t priority, uint32_t weight, uint32_t d)
{
	struct thread *self = current_thread(), *t = tid ? thread_find(tid) : self;
	if (priority < 1 || priority > PRIORITIES - 2 || weight > WEIGHT_MAX)
		return -EINVAL;
	if (!t)
		return -ESRCH;
	if ((t->proc != self->proc && t->proc->parent != self->proc) || !may_give(self, priority))
		return -EPERM;
	t->base_priority = priority;
	if (weight)
		t->weight = weight;
	t->ticks_left = MIN(t->ticks_left, t->weight);
	futex_priority_changed(t);
	return 0;
}

long sys_yield(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	struct cpu *cpu = this_cpu_kept();
	struct thread *t = cpu->current;
	/*
	 * [lab 3.6, 2 points] The ring turns by one: the next of the same priority has its turn as soon as the
	 * kernel returns; this one keeps what is left of its own. Alone in its ring, it goes on.
	 */
	if (t->ring_next != t) {
		cpu->ring[t->priority] = t->ring_next;
		cpu->resched = 1;
	}
	return 0;
	/* [end of lab 3.6] */
}

long sched_wait(struct thread *t, const char *reason, bool (*resume)(struct thread *))
{
	struct cpu *cpu = this_cpu();
	/*
	 * [lab 3.6, 1 point] As proc.h has it. A waiting thread stands in no ring.
	 */
	t->state = THREAD_WAITING;
	t->reason = reason;
	t->resume = resume;
	ring_remove(t);
	cpu->resched = 1;
	return 0;
	/* [end of lab 3.6] */
}

void sched_later(struct thread *t, bool (*resume)(struct thread *))
{
	t->resume = resume;
	this_cpu()->resched = 1;
}

void sched_give_way(struct thread *t, bool (*resume)(struct thread *))
{
	sched_later(t, resume);
	sys_yield(0, 0, 0, 0);
	cpu_let_interrupts_in();
}

void sched_guard_fpu(void)
{
	if (fpu_guard.state == THREAD_WAITING)
		ring_insert(&fpu_guard);
}

void sched_end(struct thread *t)
{
	if (t->state == THREAD_RUNNABLE)
		ring_remove(t);
	if (t->state == THREAD_WAITING || t->cancel)
		wait_forget(t);
	t->state = THREAD_ENDED;
	forget_patient(t);
	if (t == this_cpu()->current) {
		dead = t;
		ring_insert(&undertaker);
		this_cpu()->resched = 1;
	} else {
		thread_free(t);
	}
}

static struct thread *next_thread(struct cpu *cpu)
{
	/*
	 * [lab 3.6, 1 point] The first of the best priority that is ready, in O(1). The idle one always is.
	 */
	return cpu->ring[__builtin_clz(cpu->ready_bits)];
	/* [end of lab 3.6] */
}

/* A tick found t running. */
static void charge(struct thread *t)
{
	/*
	 * [lab 3.6, 2 points] It is accounted (time_account) and has paid for this tick (charged_at). A tick that
	 * was an ordinary turn's gives one back to those who go ahead, up to AHEAD_MAX; one who is ahead needs
	 * another (take_ahead) to go on. Each costs one of ticks_left. Turn over, or no more to go ahead with: to
	 * the end of its ring, no longer ahead, with a whole new turn only if the old one is used up, and noted as
	 * patient.
	 */
	time_account(t);
	t->charged_at = ticks;
	if (!t->ahead)
		earn_ahead(1);
	bool goes_on = !t->ahead || take_ahead(t);
	if (--t->ticks_left && goes_on)
		return;
	if (!t->ticks_left)
		t->ticks_left = t->weight;
	t->ahead = false;
	ring_remove(t);
	ring_insert(t);
	note_patient(t);
	/* [end of lab 3.6] */
}

void clock_tick(void)
{
	struct cpu *cpu = this_cpu();
	struct thread *t = cpu->current;
	/*
	 * [lab 3.6, 2 points] A tick has passed: timers first (timer_tick, time_tick). If nobody runs, all
	 * AHEAD_MAX ticks are there again, and that was it; nor is there anything to do for a thread that is not
	 * runnable any more: an interrupt served right before has ended it. Else serve_patient, before the running
	 * one may lose its place, and charge; if it is not the first of its ring then, another one's turn begins.
	 */
	timer_tick();
	time_tick();
	if (!t) {
		earn_ahead(AHEAD_MAX);
		return;
	}
	if (t->state != THREAD_RUNNABLE) /* another interrupt, served right before, has ended it */
		return;
	serve_patient(); /* before t may lose its place, in front of which they go */
	charge(t);
	if (cpu->ring[t->priority] != t)
		cpu->resched = 1;
	/* [end of lab 3.6] */
}

/* Nobody to run: interrupts come here only. */
static bool wait_for_work(struct thread *t)
{
	struct cpu *cpu = this_cpu();
	cpu->current = NULL;
	do
		cpu_wait_for_interrupt();
	while (next_thread(cpu) == t);
	return false;
}

static bool bury(struct thread *t)
{
	ring_remove(t);
	thread_free(dead);
	return false;
}

static bool turn_fpu_off(struct thread *t)
{
	ring_remove(t);
	fpu_guard.state = THREAD_WAITING;
	fpu_off(NULL);
	return false;
}

struct thread *sched_quick(void)
{
	struct cpu *cpu = this_cpu_kept();
	struct thread *t = next_thread(cpu);
	struct pmap *pmap = t->pmap;
	/*
	 * [lab 3.6, 2 points] NULL, and nothing has changed, if t has a resume: schedule() sees to that; and if
	 * another pmap is loaded than t's, and t's is not ready for pmap_switch (mmu_ready of its asid). Else t is the
	 * current one, nothing asks for another schedule() any more, and its pmap is loaded if another one was.
	 * switch_check looks at it, and it is the result: the caller returns to it.
	 */
	if (t->resume || (pmap != cpu->pmap && !mmu_ready(pmap->asid)))
		return NULL;
	cpu->resched = 0;
	cpu->current = t;
	if (pmap != cpu->pmap)
		pmap_switch(cpu, pmap);
	switch_check(t);
	return t;
	/* [end of lab 3.6] */
}

/* For the three that are no threads, and waiting calls, which may be done now, or wait on. */
static void prepare(struct cpu *cpu, struct thread *t)
{
	bool (*resume)(struct thread *) = t->resume;
	if (t->pmap) {
		t->resume = NULL;
		cpu->current = t;
		if (t->pmap != cpu->pmap)
			pmap_load(t->pmap);
	}
	if (resume)
		resume(t); /* it may wait again, or have another resume, or have woken one that goes first */
}

void schedule(void)
{
	struct thread *t;
	while (!(t = sched_quick()))
		prepare(this_cpu(), next_thread(this_cpu()));
	trap_set_thread(t);
	trap_return(t);
}

void sched_init(void)
{
	ring_insert(&idle);
}
