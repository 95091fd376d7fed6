/* kern/proc/process.c: system calls about processes: starting them, waiting for them. (lab 3) */
#include <proc/proc.h>
#include <core/core.h>
#include <error.h>

long sys_exit(uint32_t status, uint32_t b, uint32_t c, uint32_t d)
{
	proc_leave(current_thread(), STATUS_EXIT(status));
	return 0;
}

long sys_getpid(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	return current_thread()->proc->pid;
}

long fork_current(void)
{
	return proc_fork(current_thread());
}

long sys_getppid(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	return proc_parent(current_thread()->proc);
}

/* What spawn and exec are called with. 0, or a negated error. name holds PROGRAM_NAME_MAX characters. */
#define PROGRAM_NAME_MAX 64
static int program_arguments(struct thread *t, char *name, struct arguments *args)
{
	int length = copyin_string(name, t->call.args[0], PROGRAM_NAME_MAX);
	if (length < 0)
		return length == -E2BIG ? -ENOENT : length; /* no program has so long a name */
	*args = (struct arguments){ .argc = 1, .bytes = length + 1, .strings = name };
	args->argv = t->call.args[1];
	args->envp = t->call.args[2];
	return 0;
}

/* d is the child's process group. It is in it before it runs: what it sends to its group must not reach another. */
long sys_spawn(uint32_t name_at, uint32_t argv, uint32_t envp, uint32_t d)
{
	char name[PROGRAM_NAME_MAX];
	struct arguments args;
	struct thread *t = call_begin(SYS_spawn, name_at, argv, envp, d);
	int error = program_arguments(t, name, &args);
	if (!error && (int)d < SPAWN_OWN_GROUP)
		error = -EINVAL;
	if (!error && (int)d > 0 && !job_exists(d))
		error = -EPERM;
	int pid = error ? error : proc_spawn(t->proc, name, &args);
	if (pid > 0 && d)
		proc_find(pid)->group = (int)d > 0 ? (int)d : pid;
	return pid;
}

/* The new program is there: the thread's registers are its. */
static bool start_program(struct thread *t)
{
	uint32_t *start = t->call.args;
	tf_init_user(&t->tf, start[0], start[1], start[2], start[3], UTOP - THREAD_BLOCK);
	return true;
}

long sys_exec(uint32_t name_at, uint32_t argv, uint32_t envp, uint32_t d)
{
	char name[PROGRAM_NAME_MAX];
	struct arguments args;
	struct start start;
	struct thread *t = call_begin(SYS_exec, name_at, argv, envp, d);
	int error = program_arguments(t, name, &args);
	if (!error)
		error = proc_exec(t, name, &args, &start);
	if (error)
		return error;
	call_begin(SYS_exec, start.entry, start.sp, start.argc, start.argv);
	sched_later(t, start_program);
	return 0;
}

/* [helpers of lab 3] Your own functions for this file. */
/* [end of helpers] */

/* The call from its beginning, and again whenever a child has ended. */
static bool try_wait(struct thread *t, long *result)
{
	int status, pid = t->call.args[0];
	/*
	 * [lab 3.1, 2 points] wait(pid, status pointer or 0, options), from t->call.args. True: the call is over,
	 * with *result; false: the thread must wait. A call that fails with -EFAULT must not have buried a child:
	 * its status would be lost. (copy_prepare)
	 */
	/* Before the child is buried: its status must not be lost to a bad pointer. */
	if (t->call.args[1] && (*result = copy_prepare(t->call.args[1], sizeof(status))))
		return true;
	*result = proc_reap(t->proc, pid, t->call.args[2], &status);
	if (*result > 0 && t->call.args[1])
		copyout(t->call.args[1], &status, sizeof(status));
	return *result != 0 || (t->call.args[2] & WNOHANG);
	/* [end of lab 3.1] */
}

static bool finish_wait(struct thread *t);

static void wait_for_child(struct thread *t)
{
	sched_wait(t, "child", finish_wait);
	wait_queue_add(&t->proc->waiters, &t->waiter);
}

static bool finish_wait(struct thread *t)
{
	long result;
	if (wait_cut_short(t))
		return true;
	if (!try_wait(t, &result)) {
		wait_for_child(t);
		return false;
	}
	tf_set_result(&t->tf, result);
	return true;
}

long sys_wait(uint32_t pid, uint32_t status, uint32_t options, uint32_t d)
{
	struct thread *t = call_begin(SYS_wait, pid, status, options, d);
	long result;
	if (options & ~(WNOHANG | WUNTRACED | WCONTINUED))
		return -EINVAL;
	if (!try_wait(t, &result))
		wait_for_child(t);
	return result;
}
