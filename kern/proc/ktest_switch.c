/* kern/proc/ktest_switch.c: what must hold whenever a thread gets the CPU; debug builds look each time. (lab 3) */
#include <proc/proc.h>
#include <core/core.h>

#define LOOK_AT 8       /* threads of each ring, from its head: the cost must not grow with the crowd */
#define AUDIT_EVERY 64  /* switches; audit=N on the command line: N */

static const char *ring_wrong(const struct cpu *cpu, unsigned priority)
{
	const struct thread *t = cpu->ring[priority];
	if (!t != !(cpu->ready_bits & 0x80000000u >> priority))
		return "a ring and its bit disagree";
	for (unsigned n = 0; t && n < LOOK_AT; n++) {
		if (t->state != THREAD_RUNNABLE)
			return "a thread in a ring is not runnable";
		if (t->priority != priority)
			return "a thread is in another priority's ring";
		if (!t->ring_next || t->ring_next->ring_prev != t || t->ring_prev->ring_next != t)
			return "a ring's links do not agree";
		if (t->waiter.queue || t->timer_link || t->reason)
			return "a runnable thread still waits";
		t = t->ring_next == cpu->ring[priority] ? NULL : t->ring_next;
	}
	return NULL;
}

static const char *thread_wrong(const struct cpu *cpu, const struct thread *t)
{
	if (cpu->current != t || cpu->ring[__builtin_clz(cpu->ready_bits)] != t)
		return "another thread's turn it is";
	if (!t->proc || t->proc->ended || t->pmap != &t->proc->pmap)
		return "the thread's process is not the one whose memory it has";
	if (t->pmap != cpu->pmap)
		return "another address space is loaded";
	if (cpu->alt)
		return "the second window is open";
	if (!t->ticks_left || t->ticks_left > t->weight || t->priority > t->base_priority)
		return "its turn or its priority is impossible";
	return NULL;
}

const char *switch_wrong(const struct thread *t)
{
	const struct cpu *cpu = this_cpu();
	const char *why = NULL;
	for (unsigned p = 0; p < PRIORITIES && !why; p++)
		why = ring_wrong(cpu, p);
	if (!why)
		why = thread_wrong(cpu, t);
	return why ? why : mmu_wrong();
}

#ifdef DEBUG
void switch_check(const struct thread *t)
{
	static unsigned long every, until;
	const char *why = switch_wrong(t);
	if (why)
		panic("switching to thread %d of [%d %s]: %s", t->tid, t->proc->pid, t->proc->name, why);
	if (!every)
		every = until = MAX(cmdline_number("audit", AUDIT_EVERY), 1ul);
	if (--until)
		return;
	until = every;
	if (frame_audit())
		panic("switching to thread %d of [%d %s]: the frames' records disagree", t->tid, t->proc->pid, t->proc->name);
}
#endif
