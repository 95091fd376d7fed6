/* kern/proc/process.c: system calls about processes: starting them, waiting for them. (lab 3) */
#include <proc/proc.h>
#include <core/core.h>
#include <error.h>

long sys_exit(uint32_t status, uint32_t b, uint32_t c, uint32_t d)
{
	proc_exit(current_thread()->proc, STATUS_EXIT(status));
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

/* The strings that argv names, packed into a buffer that lasts until the next call; 0, or a negated error. */
static char strings[ARG_MAX];

static int copyin_arguments(uint32_t argv, struct arguments *args)
{
	args->argc = 0;
	args->bytes = 0;
	args->strings = strings;
	for (;; argv += 4) {
		uint32_t s;
		int error = argv % 4 ? -EFAULT : copyin(&s, argv, sizeof(s));
		if (error)
			return error;
		if (s == 0)
			return 0;
		int length = copyin_string(strings + args->bytes, s, sizeof(strings) - args->bytes);
		if (length < 0)
			return length;
		args->bytes += length + 1;
		args->argc++;
	}
}

long sys_spawn(uint32_t name_at, uint32_t argv, uint32_t envp, uint32_t d)
{
	char name[32];
	struct arguments args = { .argc = 1, .strings = name };
	struct thread *t = call_begin(SYS_spawn, name_at, argv, envp, d);
	int error = copyin_string(name, name_at, sizeof(name));
	if (error < 0)
		return error == -E2BIG ? -ENOENT : error; /* no program has so long a name */
	args.bytes = error + 1;
	if (argv && (error = copyin_arguments(argv, &args)) < 0)
		return error;
	return proc_spawn(t->proc, name, &args);
}

/* The call from its beginning, and again whenever a child has ended. */
static bool try_wait(struct thread *t, long *result)
{
	int status, pid = t->call.args[0];
	/* Before the child is buried: its status must not be lost to a bad pointer. */
	if (t->call.args[1] && (*result = copy_prepare(t->call.args[1], sizeof(status))))
		return true;
	*result = proc_reap(t->proc, pid, &status);
	if (*result > 0 && t->call.args[1])
		copyout(t->call.args[1], &status, sizeof(status));
	return *result != 0 || (t->call.args[2] & WNOHANG);
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
	if (((int)pid < 1 && (int)pid != -1) || (options & ~WNOHANG))
		return -EINVAL;
	if (!try_wait(t, &result))
		wait_for_child(t);
	return result;
}
