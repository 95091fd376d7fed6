/* kern/proc/io.c: system calls about descriptors, whatever they stand for; and how reads and writes wait. (lab 6) */
#include <proc/proc.h>
#include <core/core.h>
#include <error.h>

/* descriptor_object, without a call. */
static inline struct object *object_at(struct thread *t, uint32_t fd)
{
	return fd < OPEN_MAX ? t->proc->descriptors.object[fd] : NULL;
}

long sys_write(uint32_t fd, uint32_t from, uint32_t n, uint32_t d)
{
	struct thread *t = call_begin(SYS_write, fd, from, n, d);
	struct object *o = object_at(t, fd);
	return o ? o->type->write(o, t) : -EBADF;
}

long sys_read(uint32_t fd, uint32_t to, uint32_t n, uint32_t d)
{
	struct thread *t = call_begin(SYS_read, fd, to, n, d);
	struct object *o = object_at(t, fd);
	return o ? o->type->read(o, t) : -EBADF;
}

long object_no_io(struct object *o, struct thread *t)
{
	return -EBADF;
}

/* A signal ends a call that has written something with how much that was. */
static bool go_on(struct thread *t)
{
	struct object *o = t->call_object;
	if (wait_cut_short(t)) {
		if (t->call.done)
			tf_set_result(&t->tf, t->call.done);
	} else {
		bool reads = t->call.number == SYS_read;
		long result = (reads ? o->type->read : o->type->write)(o, t);
		if (t->state == THREAD_WAITING)
			return false;
		tf_set_result(&t->tf, result);
	}
	t->call_object = NULL;
	object_unref(o);
	return true;
}

long object_wait(struct object *o, struct thread *t, struct wait_queue *q)
{
	if (o->flags & O_NONBLOCK)
		return -EAGAIN;
	if (!t->call_object)
		t->call_object = object_ref(o);
	wait_queue_add(q, &t->waiter);
	return sched_wait(t, o->type->name, go_on);
}

long object_finish(struct thread *t, long result, long mine)
{
	struct object *o = t->call_object;
	DEBUG_ASSERT(t->state == THREAD_WAITING && !t->timer_link && !t->awaited && !t->cancel);
	t->resume = NULL;
	t->call_object = NULL;
	tf_set_result(&t->tf, result);
	sched_wake(t, WAKE_READY);
	object_unref(o);
	return mine;
}

long sys_close(uint32_t fd, uint32_t b, uint32_t c, uint32_t d)
{
	return descriptor_close(current_thread()->proc, fd);
}

/* Another descriptor for what fd stands for. */
static long copy_descriptor(struct proc *p, struct object *o, unsigned from)
{
	int fd = descriptor_open(p, object_ref(o), from);
	if (fd < 0)
		object_unref(o);
	return fd;
}

long sys_dup(uint32_t fd, uint32_t to, uint32_t c, uint32_t d)
{
	struct proc *p = current_thread()->proc;
	struct object *o = descriptor_object(p, fd);
	if (!o || (to >= OPEN_MAX && to != -1u))
		return -EBADF;
	if (to == -1u)
		return copy_descriptor(p, o, 0);
	if (to != fd) {
		descriptor_close(p, to); /* fd holds o: it stays, even if both stood for it */
		copy_descriptor(p, o, to);
	}
	return to;
}

static void set_close_on_exec(struct proc *p, unsigned fd, bool on)
{
	uint32_t bit = 1u << fd % 32, *word = &p->descriptors.close_on_exec[fd / 32];
	*word = on ? *word | bit : *word & ~bit;
}

static long duplicate_from(struct proc *p, struct object *o, uint32_t from, bool close_on_exec)
{
	if (from >= OPEN_MAX)
		return -EINVAL;
	long fd = copy_descriptor(p, o, from);
	if (fd >= 0)
		set_close_on_exec(p, fd, close_on_exec);
	return fd;
}

static long access_mode(const struct object_type *type)
{
	return type->write == object_no_io ? O_RDONLY : type->read == object_no_io ? O_WRONLY : O_RDWR;
}

long sys_fcntl(uint32_t fd, uint32_t command, uint32_t argument, uint32_t d)
{
	struct proc *p = current_thread()->proc;
	struct object *o = descriptor_object(p, fd);
	if (!o)
		return -EBADF;
	switch (command) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC: return duplicate_from(p, o, argument, command == F_DUPFD_CLOEXEC);
	case F_GETFD: return p->descriptors.close_on_exec[fd / 32] >> fd % 32 & FD_CLOEXEC;
	case F_SETFD: return set_close_on_exec(p, fd, argument & FD_CLOEXEC), 0;
	case F_GETFL: return access_mode(o->type) | o->flags;
	case F_SETFL: return o->flags = argument & O_NONBLOCK, 0;
	case F_ISATTY: return o->type == &console_type ? 1 : -ENOTTY;
	default: return -EINVAL;
	}
}
