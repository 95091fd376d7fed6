/* kern/proc/info.c: who has used how much time, what time it is, and what ps shows. (lab 3) */
#include <proc/proc.h>
#include <core/core.h>
#include <dev/dev.h>
#include <info.h>
#include <error.h>
#include <string.h>

#define TICK_NS (1000000000u / CLOCK_HZ)

static uint32_t boot_time;             /* seconds since 1970 */
static uint64_t cycles_first, cycles_last; /* machine_cycles() when the clock began, and at the last tick */

void time_init(void)
{
	boot_time = rtc_read();
	cycles_first = cycles_last = machine_cycles();
}

/*
 * Interrupts are off in the kernel. A tick that is due there comes as soon as the program goes on: right behind its call.
 * (What comes behind a page fault counts as the program's own time.)
 */
static bool due_in_a_call(const struct thread *t)
{
	const uint32_t n = sizeof(CALL_CODE) - 1;
	paddr_t pa;
	unsigned prot;
	vaddr_t va = tf_pc(&t->tf) - n;
	if (va % PAGE_SIZE > PAGE_SIZE - n || pmap_translate(t->pmap, ROUND_DOWN(va, PAGE_SIZE), &pa, &prot) != PMAP_OK)
		return false;
	return memcmp((char *)frame_ptr(pa) + va % PAGE_SIZE, CALL_CODE, n) == 0;
}

void time_account(struct thread *t)
{
	struct tms *times = &t->proc->times;
	t->ticks_used++;
	if (due_in_a_call(t))
		times->tms_stime++;
	else
		times->tms_utime++;
}

void time_tick(void)
{
	cycles_last = machine_cycles();
}

void time_inherit(struct proc *parent, const struct proc *child)
{
	parent->times.tms_cutime += child->times.tms_utime + child->times.tms_cutime;
	parent->times.tms_cstime += child->times.tms_stime + child->times.tms_cstime;
}

long sys_times(uint32_t to, uint32_t b, uint32_t c, uint32_t d)
{
	struct thread *t = call_begin(SYS_times, to, b, c, d);
	int error = to ? copyout(to, &t->proc->times, sizeof(struct tms)) : 0;
	return error ? error : (long)(ticks & 0x7fffffff);
}

/* Nanoseconds since the last tick: in proportion to the cycles that a tick has taken so far. Never a whole tick. */
static uint32_t since_tick(void)
{
	uint64_t passed = machine_cycles() - cycles_last;
	uint64_t of_a_tick = ticks ? (cycles_last - cycles_first) / ticks : 0;
	return passed < of_a_tick ? passed * TICK_NS / of_a_tick : TICK_NS - 1;
}

long sys_clock(uint32_t which, uint32_t to, uint32_t c, uint32_t d)
{
	struct timespec now;
	call_begin(SYS_clock, which, to, c, d);
	if (which != CLOCK_REALTIME && which != CLOCK_MONOTONIC)
		return -EINVAL;
	memset(&now, 0, sizeof(now));
	now.tv_sec = ticks / CLOCK_HZ + (which == CLOCK_REALTIME ? boot_time : 0);
	now.tv_nsec = ticks % CLOCK_HZ * TICK_NS + since_tick();
	return copyout(to, &now, sizeof(now));
}

long sys_thread_info(uint32_t after, uint32_t to, uint32_t size, uint32_t d)
{
	struct thread_info info;
	struct thread *t = thread_next(after);
	call_begin(SYS_thread_info, after, to, size, d);
	if (!t)
		return 0;
	memset(&info, 0, sizeof(info));
	info.tid = t->tid;
	info.pid = t->proc->pid;
	info.ppid = proc_parent(t->proc);
	info.priority = t->priority;
	info.base_priority = t->base_priority;
	info.weight = t->weight;
	info.ticks = t->ticks_used;
	strlcpy(info.name, t->proc->name, sizeof(info.name));
	strlcpy(info.state, sched_state_name(t), sizeof(info.state));
	strlcpy(info.reason, sched_reason(t), sizeof(info.reason));
	int error = copyout(to, &info, MIN(size, sizeof(info)));
	return error ? error : info.tid;
}
