/* kern/proc/syscall.c: the table that entry.S jumps through, and the calls that belong to nothing else. (lab 3) */
#include <proc/proc.h>
#include <core/core.h>
#include <error.h>
#include <string.h>

/* [helpers of lab 3] Your own functions for this file. */
/* [end of helpers] */

/* A signal's handler has its turn: the call tells what was left. Where there is none (stopped), that is slept now. */
static bool finish_sleep(struct thread *t)
{
	uint32_t left = (uint32_t)MAX((int32_t)(t->wake_at - ticks), 1) * TICK_MS;
	if (t->woken_by == WAKE_SIGNAL)
		t->call.args[0] = MIN(left, t->call.args[0]);
	tf_set_result(&t->tf, t->woken_by == WAKE_SIGNAL ? t->call.args[0] : 0);
	return true;
}

long sys_sleep(uint32_t milliseconds, uint32_t b, uint32_t c, uint32_t d)
{
	struct thread *t = call_begin(SYS_sleep, milliseconds, b, c, d);
	if (milliseconds > INT32_MAX)
		return -EINVAL;
	if (milliseconds == 0)
		return sys_yield(0, 0, 0, 0);
	sched_wait(t, "sleep", finish_sleep);
	timer_set(t, tick_in(milliseconds));
	return 0;
}

long sys_poweroff(uint32_t status, uint32_t b, uint32_t c, uint32_t d)
{
	if (!current_thread()->proc->first) /* a stray jump into its call must not end everybody's work */
		return -EPERM;
	machine_poweroff(status & 0xff);
}

long sys_program(uint32_t index, uint32_t name, uint32_t n, uint32_t d)
{
	call_begin(SYS_program, index, name, n, d);
	/*
	 * [lab 3.5, 2 points] The name of the archive's index-th program, with its NUL, to the n bytes at `name`:
	 * its length. -ENOENT: there are not so many; -EINVAL: n bytes are too few; and copyout's error.
	 */
	if (index >= program_count)
		return -ENOENT;
	uint32_t length = strlen(programs[index].name);
	if (n <= length)
		return -EINVAL;
	int error = copyout(name, programs[index].name, length + 1);
	return error ? error : (long)length;
	/* [end of lab 3.5] */
}

const syscall_fn syscall_table[SYSCALL_COUNT] = {
#define SYSCALL_ENTRY(number, name, args) [number] = sys_##name,
	SYSCALL_LIST(SYSCALL_ENTRY)
#undef SYSCALL_ENTRY
};
