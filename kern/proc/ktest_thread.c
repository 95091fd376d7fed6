/* kern/proc/ktest_thread.c: kernel tests of threads and of the words they wait for. (lab 3) */
#include <proc/proc.h>
#include <core/core.h>
#include <error.h>

static const struct arguments arguments = { .argc = 1, .bytes = 5, .strings = "true" };

#define WORD(n) (UTOP - 2048 + 4 * (n)) /* in the stack's top page, which is there */

/* A process with four threads; threads[0] is its first. The tests make them call the kernel by turns. */
static struct thread *threads[4];

static struct proc *begin(void)
{
	int error;
	struct proc *p = proc_find(proc_spawn(NULL, "true", &arguments));
	CHECK(p != NULL);
	pmap_load(&p->pmap);
	threads[0] = p->threads;
	for (int i = 1; i < 4; i++) {
		threads[i] = thread_new(p, NULL, &error);
		CHECK(threads[i] != NULL);
		sched_inherit(threads[i]);
		sched_new(threads[i]);
	}
	for (unsigned n = 0; n < 4; n++)
		CHECK(copyout(WORD(n), &(uint32_t){ 0 }, 4) == 0);
	return p;
}

static void end(struct proc *p)
{
	this_cpu()->current = NULL;
	pmap_load(&kernel_pmap);
	proc_exit(p, 0);
}

static long call(int n, uint32_t word, uint32_t op, uint32_t value, uint32_t last)
{
	this_cpu()->current = threads[n];
	long result = sys_futex(WORD(word), op, value, last);
	this_cpu()->current = NULL;
	return result;
}

static uint32_t word(uint32_t n)
{
	uint32_t value = ~0u;
	CHECK(copyin(&value, WORD(n), 4) == 0);
	return value;
}

static bool waits(int n)
{
	return threads[n]->state == THREAD_WAITING;
}

/* Each in turn can't have its memory; the process' end gives back what the others have. */
TEST(thread_create_fails_without_a_trace)
{
	uint32_t before = frames_free;
	struct proc *p = begin();
	unsigned failed = 0, made = 0;
	this_cpu()->current = threads[0];
	for (int i = 0; i < 40; i++) {
		uint32_t free = frames_free;
		frame_fail_after = 1;
		long tid = sys_thread_create(UTEXT, UTOP - 1024, 0, 0);
		frame_fail_after = 0;
		if (tid == -ENOMEM) {
			failed++;
			CHECK(frames_free == free);
			tid = sys_thread_create(UTEXT, UTOP - 1024, 0, 0);
		}
		CHECK(tid > 0 && thread_find(tid) && thread_find(tid)->proc == p);
		made += tid > 0;
	}
	CHECK(failed > 0 && p->thread_count == 4 + made && frame_audit() == 0);
	end(p);
	CHECK(frames_free == before && frame_audit() == 0);
}

TEST(thread_limit_leaves_some_for_others)
{
	uint32_t before = frames_free;
	struct proc *p = begin();
	long tid;
	this_cpu()->current = threads[0];
	while ((tid = sys_thread_create(UTEXT, UTOP - 1024, 0, 0)) > 0)
		;
	CHECK(tid == -EAGAIN && p->thread_count == PROC_THREAD_MAX);
	this_cpu()->current = NULL;
	int other = proc_spawn(NULL, "true", &arguments);
	CHECK(other > 0);
	proc_exit(proc_find(other), 0);
	end(p);
	CHECK(frames_free == before);
}

/* What waited and was ended is in no queue any more; a thread's end wakes who waits for it. */
TEST(futex_forgets_who_has_ended)
{
	uint32_t before = frames_free;
	struct proc *p = begin();
	for (int i = 0; i < 3; i++) {
		CHECK(call(i, 0, FUTEX_WAIT, 0, i == 2 ? 100000 : 0) == 0);
		CHECK(waits(i));
	}
	thread_end(threads[1]);
	CHECK(call(3, 0, FUTEX_REQUEUE, 0, WORD(1)) == 2);
	CHECK(!waits(0) && waits(2));
	CHECK(call(3, 0, FUTEX_WAKE, 9, 0) == 0);
	CHECK(call(0, 1, FUTEX_WAIT, 0, 0) == 0);
	thread_end(threads[2]);
	CHECK(call(3, 1, FUTEX_WAKE, 9, 0) == 1);
	CHECK(!waits(0));
	CHECK(call(0, 2, FUTEX_WAIT, 0, 0) == 0);
	end(p); /* waiting */
	CHECK(frames_free == before && frame_audit() == 0);
}

/* Two waiters in a row at one word, none for the other: 0 locks for 3, by way of 1. */
TEST(futex_lock_hands_priority_on)
{
	uint32_t before = frames_free;
	struct proc *p = begin();
	for (int i = 0; i < 4; i++) {
		threads[i]->base_priority = 6 - i;
		futex_priority_changed(threads[i]);
	}
	CHECK(call(0, 0, FUTEX_LOCK, 0, 0) == 0 && call(1, 1, FUTEX_LOCK, 0, 0) == 0);
	CHECK(word(0) == (uint32_t)threads[0]->tid && threads[0]->priority == 6);
	call(1, 0, FUTEX_LOCK, 0, 0);
	CHECK(waits(1) && threads[0]->priority == 5 && word(0) == ((uint32_t)threads[0]->tid | FUTEX_WAITERS));
	call(2, 1, FUTEX_LOCK, 0, 0);
	CHECK(waits(2) && threads[1]->priority == 4 && threads[0]->priority == 4);
	call(3, 1, FUTEX_LOCK, 0, 0);
	CHECK(waits(3) && threads[1]->priority == 3 && threads[0]->priority == 3);
	/* Another base: up the chain. */
	threads[3]->base_priority = 1;
	futex_priority_changed(threads[3]);
	CHECK(threads[0]->priority == 1);
	/* A circle would be closed. */
	CHECK(call(0, 1, FUTEX_LOCK, 0, 0) == -EDEADLK && !waits(0));
	sched_wake(threads[3], WAKE_TIMEOUT);
	CHECK(threads[1]->priority == 4 && threads[0]->priority == 4);
	CHECK(call(0, 0, FUTEX_UNLOCK, 0, 0) == 0);
	CHECK(threads[0]->priority == 6 && !waits(1) && word(0) == (uint32_t)threads[1]->tid);
	/* The owner ends: its waiter is woken to find out, and nothing points to the dead. */
	thread_end(threads[1]);
	CHECK(!waits(2) && !threads[2]->lock_owner && threads[2]->resume(threads[2]));
	CHECK(tf_result(&threads[2]->tf) == -EOWNERDEAD && word(1) == (uint32_t)threads[2]->tid);
	call(3, 1, FUTEX_LOCK, 0, 0);
	end(p);
	CHECK(frames_free == before && frame_audit() == 0);
}

/* A private word's owner is one of the process, whatever number stands there. */
TEST(futex_lock_believes_no_stranger)
{
	struct proc *p = begin();
	int other = proc_spawn(NULL, "true", &arguments);
	uint32_t value = other;
	CHECK(copyout(WORD(0), &value, 4) == 0);
	CHECK(call(0, 0, FUTEX_LOCK, 0, 0) == -EOWNERDEAD && !proc_find(other)->threads->donors);
	proc_exit(proc_find(other), 0);
	end(p);
}
