/* kern/proc/handover.h: the switch that messages make: a whole schedule() in a few instructions. (lab 4) */
#ifndef KERN_PROC_HANDOVER_H
#define KERN_PROC_HANDOVER_H

#include <proc/proc.h>
#include <core/core.h>

/*
 * May `to`, which waits without a queue, a timer or a resume, go on in the place of `from`, which runs? Equal
 * priorities, nobody who goes ahead in their ring, and nothing in ring 0, that is: nothing to be done before the next
 * switch. One condition instead of three: each branch costs two instructions. `from` stands in its base priority's ring
 * only if that is what it runs with: whose priority is lent may have to give it back. If so, `to` is the first in their
 * ring already (who looks that place up again pays for it), and hand_over must follow, or stay_put.
 */
static inline __attribute__((always_inline))
struct pmap *may_hand_over(struct cpu *cpu, struct thread *from, struct thread *to, uintptr_t but)
{
	unsigned priority = from->base_priority;
	uintptr_t differs = (uintptr_t)from ^ (uintptr_t)cpu->ring[priority];
	if (but | differs | (priority ^ to->priority) | (cpu->ready_bits >> 31))
		return NULL;
	struct pmap *pmap = to->pmap;
	if (!mmu_ready(pmap->asid))
		return NULL;
	cpu->ring[priority] = to;
	return pmap;
}

static inline void stay_put(struct cpu *cpu, struct thread *from)
{
	cpu->ring[from->priority] = from;
}

/* Load the address space of who goes on, while its address is at hand: all that follows is in the kernel's memory. */
static inline void go_there(struct cpu *cpu, struct pmap *there)
{
	if (cpu->pmap != there)
		pmap_switch(cpu, there);
}

/* The running thread waits, where its `awaited` says; `to`, with a message in its frame, has its turn and its place. */
static inline __attribute__((always_inline)) void hand_over(struct cpu *cpu, struct thread *from, struct thread *to)
{
	struct thread *next = from->ring_next, *prev = from->ring_prev;

	DEBUG_ASSERT(cpu->current == from && to->state == THREAD_WAITING && !to->waiter.queue && !to->timer_link &&
		     !to->resume && !from->resume && !to->awaited && from->awaited && !cpu->resched);
	from->state = THREAD_WAITING;
	to->state = THREAD_RUNNABLE;
	cpu->current = to;
	prev->ring_next = to; /* which may be from itself, when it is alone */
	next->ring_prev = to;
	to->ring_next = from->ring_next;
	to->ring_prev = from->ring_prev;
	trap_return_message(to);
}

#endif
