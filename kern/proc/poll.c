/* kern/proc/poll.c: waiting for any of several descriptors. (lab 6) */
#include <proc/proc.h>
#include <core/core.h>
#include <error.h>

/*
 * A poll under way: what it was asked, and its places in the queues of all objects that it waits for. It is an object
 * itself, held by the thread (t->call_object), so it goes with the call or with the thread. It fills a frame.
 */
struct poll_set {
	struct object object;
	unsigned n;
	struct pollfd fds[POLL_MAX];
	struct {
		struct object *object; /* one reference; NULL: not open, or no entry */
		struct waiter waiter;
	} places[POLL_MAX];
};
_Static_assert(sizeof(struct poll_set) <= PAGE_SIZE, "a poll_set fits into a frame");

static struct poll_set *set_of(struct thread *t)
{
	return CONTAINER_OF(t->call_object, struct poll_set, object);
}

static void set_close(struct object *o)
{
	struct poll_set *set = CONTAINER_OF(o, struct poll_set, object);
	for (unsigned i = 0; i < set->n; i++)
		if (set->places[i].object)
			object_unref(set->places[i].object);
	frame_unref(frame_addr(set));
}

static const struct object_type set_type = { .name = "poll", .close = set_close };

/* 0 or a negated error. What the entries name is held from now on: another thread may close it. */
static int set_fill(struct poll_set *set, struct thread *t, vaddr_t from, unsigned n)
{
	set->object = (struct object){ .type = &set_type, .refs = 1 };
	set->n = 0;
	int error = copyin(set->fds, from, n * sizeof(struct pollfd));
	if (!error)
		error = copy_prepare(from, n * sizeof(struct pollfd));
	if (error)
		return error;
	for (set->n = 0; set->n < n; set->n++) {
		struct object *o = descriptor_object(t->proc, set->fds[set->n].fd);
		set->places[set->n].object = o ? object_ref(o) : NULL;
		set->places[set->n].waiter = (struct waiter){ .thread = t };
	}
	return 0;
}

static unsigned events_of(struct object *o)
{
	return o->type->events ? o->type->events(o) : POLLIN | POLLOUT;
}

/* How many entries have something to say. */
static long look(struct poll_set *set)
{
	long ready = 0;
	for (unsigned i = 0; i < set->n; i++) {
		struct pollfd *f = &set->fds[i];
		struct object *o = set->places[i].object;
		f->revents = o ? events_of(o) & (f->events | POLLERR | POLLHUP) : f->fd < 0 ? 0 : POLLNVAL;
		ready += f->revents != 0;
	}
	return ready;
}

static void leave_queues(struct thread *t)
{
	struct poll_set *set = set_of(t);
	for (unsigned i = 0; i < set->n; i++)
		wait_queue_remove(&set->places[i].waiter);
}

static bool finish_poll(struct thread *t);

static void wait_for_any(struct thread *t, struct poll_set *set)
{
	sched_wait(t, "poll", finish_poll);
	for (unsigned i = 0; i < set->n; i++) {
		struct object *o = set->places[i].object;
		if (o && o->type->queue)
			wait_queue_add(o->type->queue(o), &set->places[i].waiter);
	}
	if ((int)t->call.args[2] > 0)
		timer_set(t, t->call.done);
	t->cancel = leave_queues;
}

/* True: the call is over, with *result. */
static bool try_poll(struct thread *t, bool last, long *result)
{
	struct poll_set *set = set_of(t);
	*result = look(set);
	if (*result == 0 && !last) {
		wait_for_any(t, set);
		return false;
	}
	int error = copyout(t->call.args[0], set->fds, set->n * sizeof(struct pollfd));
	if (error)
		*result = error;
	t->call_object = NULL;
	object_unref(&set->object);
	return true;
}

static bool finish_poll(struct thread *t)
{
	long result;
	if (t->woken_by == WAKE_SIGNAL) {
		struct object *set = t->call_object;
		t->call_object = NULL;
		object_unref(set);
		result = -EINTR;
	} else if (!try_poll(t, t->woken_by == WAKE_TIMEOUT, &result)) {
		return false;
	}
	tf_set_result(&t->tf, result);
	return true;
}

/* In ticks, rounded up, and one more: the tick that is running has partly gone by. */
static uint32_t ticks_from(uint32_t milliseconds)
{
	const uint32_t unit = 1000 / CLOCK_HZ;
	return milliseconds / unit + (milliseconds % unit != 0) + 1;
}

long sys_poll(uint32_t fds, uint32_t n, uint32_t milliseconds, uint32_t d)
{
	struct thread *t = call_begin(SYS_poll, fds, n, milliseconds, d);
	if (n > POLL_MAX)
		return -EINVAL;
	paddr_t pa = frame_alloc(FRAME_KERNEL);
	if (!pa)
		return -ENOMEM;
	struct poll_set *set = frame_ptr(pa);
	long result = set_fill(set, t, fds, n);
	if (result) {
		object_unref(&set->object);
		return result;
	}
	t->call.done = ticks + ticks_from(milliseconds);
	t->call_object = &set->object;
	try_poll(t, milliseconds == 0, &result);
	return result;
}
