/* kern/proc/job.c: process groups, the keyboard's signals, kill, and alarms. (lab 4) */
#include <proc/proc.h>
#include <core/core.h>
#include <error.h>
#include <string.h>

static int console_group; /* gets the keyboard's signals; 0: nobody does */
static struct proc *alarms; /* first the one whose time comes first */

void job_first(struct proc *p)
{
	p->group = console_group = p->pid;
}

/* signal 0: nobody gets anything. How many are in the group. A process that ends at once goes from proc.c's row. */
static int post_group(int group, int signal, int code, int from)
{
	int found = 0;
	unsigned slot = 0;
	for (struct proc *p; (p = proc_from(slot));) {
		slot = p->pid % PROC_MAX + 1;
		if (p->group != group)
			continue;
		found++; /* an ended one feels nothing, but is there until it is buried */
		signal_post(p, NULL, signal, code, from, 0);
	}
	return found;
}

bool job_exists(int group)
{
	return post_group(group, 0, 0, 0) > 0;
}

void console_signal(int signal)
{
	if (console_group)
		post_group(console_group, signal, SI_KERNEL, 0);
}

/* To -1, all processes, no program may send: it would end whatever else is under way on the machine. */
long sys_kill(uint32_t to, uint32_t signal, uint32_t c, uint32_t d)
{
	struct proc *self = current_thread()->proc, *p;
	const int pid = to, group = pid ? (int)-to : self->group;
	if (signal >= NSIG)
		return -EINVAL;
	if (pid == -1)
		return -EPERM;
	if (pid <= 0)
		return post_group(group, signal, SI_USER, self->pid) ? 0 : -ESRCH;
	if (!(p = proc_find(pid)))
		return -ESRCH;
	signal_post(p, NULL, signal, SI_USER, self->pid, 0);
	return 0;
}

long sys_thread_kill(uint32_t tid, uint32_t signal, uint32_t c, uint32_t d)
{
	struct proc *self = current_thread()->proc;
	struct thread *t = thread_find(tid);
	if (signal >= NSIG)
		return -EINVAL;
	if (!t || t->proc != self)
		return -ESRCH;
	signal_post(self, t, signal, SI_TKILL, self->pid, 0);
	return 0;
}

/* The caller or a child of it; 0: the caller. */
static struct proc *mine(uint32_t pid)
{
	struct proc *self = current_thread()->proc, *p = pid ? proc_find(pid) : self;
	return p && (p == self || p->parent == self) ? p : NULL;
}

long sys_setpgid(uint32_t pid, uint32_t group, uint32_t c, uint32_t d)
{
	struct proc *p = mine(pid);
	if ((int)group < 0)
		return -EINVAL;
	if (!p)
		return -ESRCH;
	if (group && (int)group != p->pid && !job_exists(group))
		return -EPERM;
	p->group = group ? (int)group : p->pid;
	return 0;
}

long sys_getpgid(uint32_t pid, uint32_t b, uint32_t c, uint32_t d)
{
	struct proc *p = pid ? proc_find(pid) : current_thread()->proc;
	return p ? p->group : -ESRCH;
}

/* 0 asks which it is. */
long sys_console_group(uint32_t fd, uint32_t group, uint32_t c, uint32_t d)
{
	struct object *o = descriptor_object(current_thread()->proc, fd);
	if (!o)
		return -EBADF;
	if (o->type != &console_type)
		return -ENOTTY;
	if ((int)group < 0)
		return -EINVAL;
	if (group == 0)
		return console_group;
	if (!job_exists(group))
		return -EPERM;
	console_group = group;
	return 0;
}

void alarm_stop(struct proc *p)
{
	if (p->alarm_link)
		LIST_REMOVE(p, alarm_next, alarm_link);
}

static void alarm_start(struct proc *p, uint32_t tick)
{
	struct proc **link = &alarms;
	while (*link && (int32_t)((*link)->alarm_at - tick) <= 0)
		link = &(*link)->alarm_next;
	p->alarm_at = tick;
	LIST_INSERT(link, p, alarm_next, alarm_link);
}

void alarm_tick(void)
{
	struct proc *p;
	while ((p = alarms) && (int32_t)(p->alarm_at - ticks) <= 0) {
		alarm_stop(p);
		signal_post(p, NULL, SIGALRM, SI_KERNEL, 0, 0);
	}
}

long sys_alarm(uint32_t milliseconds, uint32_t b, uint32_t c, uint32_t d)
{
	struct proc *p = current_thread()->proc;
	uint32_t left = p->alarm_link ? (p->alarm_at - ticks) * TICK_MS : 0;
	if (milliseconds > INT32_MAX)
		return -EINVAL;
	alarm_stop(p);
	if (milliseconds)
		alarm_start(p, tick_in(milliseconds));
	return left;
}
