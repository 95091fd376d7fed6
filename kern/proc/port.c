/* kern/proc/port.c: ports, rights to send and to answer, and how waiting in them ends. (lab 4) */
#include <proc/port.h>
#include <mem/pool.h>
#include <core/core.h>
#include <descriptor.h>
#include <error.h>

/* [helpers of lab 4] Your own functions for this file. */
/* [end of helpers] */

static struct pool port_pool = { .size = ROUND_UP(sizeof(struct port), 8) };
static struct pool right_pool = { .size = ROUND_UP(sizeof(struct right), 8) };
static struct pool answer_pool = { .size = ROUND_UP(sizeof(struct answer), 8) };

void port_look(struct port *port)
{
	port->attention = port->senders.first || port->bits || (port->had_rights && !port->rights);
}

bool port_cut_short(struct thread *t)
{
	tf_end_message(&t->tf, 0);
	return wait_cut_short(t);
}

static void leave_place(struct thread *t)
{
	struct thread *server = t->awaited->server;
	t->awaited->thread = NULL;
	t->awaited = NULL;
	if (server && server->priority != server->base_priority)
		futex_priority_changed(server);
}

void port_forget(struct thread *t)
{
	leave_place(t);
	/* The short way has set nothing up but the place that names the thread. The number: of a call that never starts again. */
	t->call.number = SYS_port_receive;
	t->resume = port_cut_short;
}

void port_release(struct thread *t)
{
	if (t->awaited)
		leave_place(t);
	t->resume = NULL;
	sched_wake(t, WAKE_READY);
}

void port_fail(struct thread *t, int error)
{
	tf_end_message(&t->tf, error);
	port_release(t);
}

void port_no_answer(struct thread *t)
{
	/* [lab 4.4, 1 point] The caller's wait is over, and its call fails: EPIPE. */
	port_fail(t->caller.thread, -EPIPE);
	/* [end of lab 4.4] */
}

void port_thread_ends(struct thread *t)
{
	if (t->caller.thread)
		port_no_answer(t);
	t->window_pages = 0;
}

struct thread *port_receiver(struct port *port)
{
	if (port->receiver.thread)
		return port->receiver.thread;
	return port->receivers.first ? port->receivers.first->thread : NULL;
}

static void fail_receivers(struct port *port, int error)
{
	for (struct thread *t; (t = port_receiver(port));)
		port_fail(t, error);
}

void port_bits(struct port *port, uint32_t bits)
{
	struct thread *t = port_receiver(port);
	bits |= port->bits;
	if (!bits)
		return;
	if (t) {
		port->bits = 0;
		tf_set_message(&t->tf, PORT_NOTIFIED, 0, bits, 0, 0);
		tf_keep_message(&t->tf);
		port_release(t);
	} else {
		port->bits = bits;
		port->attention = true;
		wait_queue_wake(&port->watchers);
	}
}

static bool holds(const struct proc *p, const struct object *o)
{
	for (unsigned fd = 0; fd < OPEN_MAX; fd++)
		if (p->descriptors.object[fd] == o)
			return true;
	return false;
}

int port_deadlock(const struct port *port, const struct thread *t)
{
	for (; t && port->object.refs == 1; t = t->caller.thread)
		if (!t->proc->threads->sibling && holds(t->proc, &port->object))
			return -EDEADLK;
	return 0;
}

static void free_port(struct port *port)
{
	if (port->dead && port->rights == 0)
		pool_free(&port_pool, port);
}

static void close_port(struct object *o)
{
	struct port *port = (struct port *)o;
	port->dead = true;
	/*
	 * [lab 4.4, 2 points] Nobody can receive here any more: no thread may be left waiting. To senders the partner is gone, and
	 * so it is to callers; a receiver had its descriptor closed under it. port.h says what each is told.
	 */
	while (port->senders.first)
		port_fail(port->senders.first->thread, -EPIPE);
	fail_receivers(port, -EBADF);
	/* [end of lab 4.4] */
	wait_queue_wake(&port->watchers);
	free_port(port);
}

static void close_right(struct object *o)
{
	struct port *port = ((struct right *)o)->port;
	pool_free(&right_pool, o);
	if (--port->rights == 0 && port->had_rights && !port->dead) {
		port->attention = true;
		/* [lab 4.4, 1 point] That was the last right to send: for what do those wait who receive? port.h says what they are told. */
		fail_receivers(port, -EPIPE);
		/* [end of lab 4.4] */
		wait_queue_wake(&port->watchers);
	}
	free_port(port);
}

static void close_answer(struct object *o)
{
	struct answer *answer = (struct answer *)o;
	if (answer->caller.thread)
		port_fail(answer->caller.thread, -EPIPE);
	pool_free(&answer_pool, answer);
}

static unsigned port_events(struct object *o)
{
	struct port *port = (struct port *)o;
	return (port->senders.first || port->bits ? POLLIN : 0) | (port->had_rights && !port->rights ? POLLHUP : 0);
}

/* Sending may wait at any time: what poll can tell is that it would fail. */
static unsigned right_events(struct object *o)
{
	return ((struct right *)o)->port->dead ? POLLERR : POLLOUT;
}

static unsigned answer_events(struct object *o)
{
	return ((struct answer *)o)->caller.thread ? POLLOUT : POLLERR;
}

static struct wait_queue *port_queue(struct object *o)
{
	return &((struct port *)o)->watchers;
}

static struct wait_queue *right_queue(struct object *o)
{
	return &((struct right *)o)->port->watchers;
}

const struct object_type port_type = {
	.name = "port", .read = object_no_io, .write = object_no_io, .events = port_events, .queue = port_queue, .close = close_port,
};
const struct object_type right_type = {
	.name = "right", .read = object_no_io, .write = object_no_io, .events = right_events, .queue = right_queue, .close = close_right,
};
const struct object_type answer_type = {
	.name = "answer", .read = object_no_io, .write = object_no_io, .events = answer_events, .close = close_answer,
};

/* A descriptor of the new object o, whose first reference it is. */
static long open_new(struct thread *t, struct object *o, const struct object_type *type)
{
	o->type = type;
	o->refs = 1;
	int fd = descriptor_open(t->proc, o, 0);
	if (fd < 0)
		object_unref(o);
	return fd;
}

/* Programs started from here on don't get it, but for forked ones: who receives must be meant to. */
long sys_port_create(uint32_t flags, uint32_t b, uint32_t c, uint32_t d)
{
	struct thread *t = current_thread();
	struct port *port = flags ? NULL : pool_alloc(&port_pool);
	if (!port)
		return flags ? -EINVAL : -ENOMEM;
	long fd = open_new(t, &port->object, &port_type);
	if (fd >= 0)
		t->proc->descriptors.close_on_exec[fd / 32] |= 1u << fd % 32;
	return fd;
}

/* The running thread's caller need not be answered next, nor by this thread. */
static long make_answer(struct thread *t)
{
	if (!t->caller.thread)
		return -ESRCH;
	struct answer *answer = pool_alloc(&answer_pool);
	if (!answer)
		return -ENOMEM;
	long fd = open_new(t, &answer->object, &answer_type);
	if (fd >= 0) {
		answer->caller.thread = t->caller.thread;
		answer->caller.thread->awaited = &answer->caller;
		t->caller.thread = NULL;
		futex_priority_changed(t);
	}
	return fd;
}

long sys_port_right(uint32_t fd, uint32_t badge, uint32_t c, uint32_t d)
{
	struct thread *t = current_thread();
	if (fd == -1u)
		return make_answer(t);
	struct object *o = descriptor_object(t->proc, fd);
	if (!o || o->type != &port_type)
		return -EBADF;
	struct right *right = pool_alloc(&right_pool);
	if (!right)
		return -ENOMEM;
	right->port = (struct port *)o;
	right->badge = badge;
	right->port->rights++;
	long made = open_new(t, &right->object, &right_type);
	if (made >= 0)
		right->port->had_rights = true;
	port_look((struct port *)o);
	return made;
}

long sys_port_notify(uint32_t fd, uint32_t bits, uint32_t c, uint32_t d)
{
	struct object *o = descriptor_object(current_thread()->proc, fd);
	struct port *port = o && o->type == &port_type ? (struct port *)o :
			    o && o->type == &right_type ? ((struct right *)o)->port : NULL;
	if (!port)
		return -EBADF;
	if (port->dead)
		return -EPIPE;
	port_bits(port, bits);
	return 0;
}

long sys_port_window(uint32_t va, uint32_t pages, uint32_t deadline, uint32_t d)
{
	struct thread *t = current_thread();
	if (pages > PORT_PAGES_MAX || va % PAGE_SIZE ||
	    (pages && (va < PAGE_SIZE || va > UTOP - pages * PAGE_SIZE)))
		return -EINVAL;
	t->window = va;
	t->window_pages = pages;
	t->port_deadline = deadline;
	return 0;
}
