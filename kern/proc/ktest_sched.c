/* kern/proc/ktest_sched.c: kernel tests of the scheduler's rings, and of the checks that debug builds make at each switch. (lab 3) */
#include <proc/proc.h>
#include <core/core.h>
#include <string.h>

static const struct arguments arguments = { .argc = 1, .bytes = 5, .strings = "true" };
static struct thread *a, *b, *c; /* each its process' only one; a runs */
static uint32_t before;
static struct cpu outside; /* the rings as they were: what earlier tests have left in the first one stays out of these */

static struct thread *spawn(void)
{
	struct proc *p = proc_find(proc_spawn(NULL, "true", &arguments));
	CHECK(p != NULL);
	return p->threads;
}

static void run(struct thread *t)
{
	this_cpu()->current = t;
	pmap_load(t->pmap);
}

static bool well(void)
{
	const char *why = switch_wrong(a);
	if (why)
		printf("it says: %s\n", why);
	return !why;
}

static void begin(void)
{
	before = frames_free;
	outside = *this_cpu();
	this_cpu()->ring[0] = NULL;
	this_cpu()->ready_bits &= ~0x80000000u;
	a = spawn();
	b = spawn();
	c = spawn();
	run(a);
	CHECK(well());
}

static void end(void)
{
	this_cpu()->current = NULL;
	pmap_load(&kernel_pmap);
	proc_exit(a->proc, 0);
	proc_exit(b->proc, 0);
	proc_exit(c->proc, 0);
	CHECK(frames_free == before && this_cpu()->ready_bits == (outside.ready_bits & ~0x80000000u));
	*this_cpu() = outside;
}

static bool complains(const char *of)
{
	const char *why = switch_wrong(a);
	bool found = why && strcmp(why, of) == 0;
	if (!found)
		printf("it says: %s\n", why ? why : "all is well");
	return found;
}

/* Something wrong is planted, seen, and taken back: then all is well again. */
#define PLANTED(place, wrong, why)                            \
	do {                                                  \
		__typeof__(place) was_ = (place);             \
		(place) = (wrong);                            \
		CHECK(complains(why));                        \
		(place) = was_;                               \
		CHECK(well());                      \
	} while (0)

TEST(sched_a_wrong_state_is_noticed)
{
	struct cpu *cpu = this_cpu();
	begin();
	PLANTED(cpu->ready_bits, cpu->ready_bits ^ 1u << 31, "a ring and its bit disagree");
	PLANTED(cpu->ready_bits, cpu->ready_bits & ~(0x80000000u >> PRIORITY_NORMAL), "a ring and its bit disagree");
	PLANTED(b->state, THREAD_WAITING, "a thread in a ring is not runnable");
	PLANTED(c->priority, PRIORITY_NORMAL + 1, "a thread is in another priority's ring");
	PLANTED(b->ring_next, a, "a ring's links do not agree");
	PLANTED(b->reason, "nothing", "a runnable thread still waits");
	PLANTED(cpu->ring[PRIORITY_NORMAL], b, "another thread's turn it is");
	PLANTED(cpu->current, b, "another thread's turn it is");
	PLANTED(a->pmap, b->pmap, "the thread's process is not the one whose memory it has");
	PLANTED(cpu->pmap, b->pmap, "another address space is loaded");
	PLANTED(cpu->alt, b->pmap, "the second window is open");
	PLANTED(a->ticks_left, 0, "its turn or its priority is impossible");
	mmu_load(b->pmap);
	CHECK(switch_wrong(a) != NULL); /* in the hardware's words */
	mmu_load(a->pmap);
	CHECK(well());
	end();
}

/* The order in which a ring's threads have their turns. */
static bool order(struct thread *first, struct thread *second, struct thread *third)
{
	return this_cpu()->ring[PRIORITY_NORMAL] == first && first->ring_next == second && second->ring_next == third &&
		third->ring_next == first;
}

static void wait(struct thread *t)
{
	sched_wait(t, "test", NULL);
}

TEST(sched_who_has_waited_goes_ahead_while_it_can_pay)
{
	begin();
	CHECK(order(a, b, c));
	wait(b);
	b->charged_at = ticks - 1000;
	sched_wake(b, WAKE_READY);
	CHECK(order(b, a, c) && b->ahead && b->ticks_left == b->weight - 1); /* a's turn goes on after b's */
	wait(c);
	c->charged_at = ticks - 1000;
	sched_wake(c, WAKE_READY);
	CHECK(order(b, c, a)); /* first come, first served */
	wait(b);
	sched_wake(b, WAKE_READY);
	CHECK(order(c, b, a) && b->ticks_left == b->weight - 1); /* paid for in this tick */
	wait(b);
	b->ticks_left = 1;
	b->charged_at = ticks;
	sched_wake(b, WAKE_READY);
	CHECK(order(c, a, b) && !b->ahead && b->ticks_left == b->weight); /* used up: its next turn, at the end */
	end();
}

TEST(sched_priorities_change_in_every_state)
{
	struct cpu *cpu = this_cpu();
	begin();
	sched_set_priority(b, 2); /* runnable */
	CHECK(cpu->ring[2] == b && b->ring_next == b && cpu->resched);
	CHECK(b->base_priority == PRIORITY_NORMAL);
	sched_set_priority(b, PRIORITY_NORMAL);
	CHECK(!cpu->ring[2] && order(a, c, b));
	wait(b); /* waiting */
	sched_set_priority(b, 3);
	cpu->resched = 0;
	sched_wake(b, WAKE_READY);
	CHECK(cpu->ring[3] == b && cpu->resched);
	sched_set_priority(b, PRIORITY_NORMAL);
	sched_set_priority(a, 1); /* running: it stays the first of the new ring */
	CHECK(cpu->ring[1] == a && well());
	sched_set_priority(a, PRIORITY_NORMAL);
	CHECK(cpu->ring[PRIORITY_NORMAL] == a && well());
	end();
}
