/* kern/proc/pipe.c: pipes: bytes that wait in a page between those who write them and those who read them. (lab 6)
 * The two ends are two objects in one structure, which goes when nobody holds either.
 */
#include <proc/proc.h>
#include <mem/pool.h>
#include <core/core.h>
#include <error.h>

struct pipe {
	struct object read_end, write_end;
	struct wait_queue readers, writers;
	uint32_t start, used; /* the bytes stand from buf[start] on, around the end of the page */
	uint32_t wanted;      /* the least room that can be of use to anybody in writers */
	char *buf;            /* PIPE_BUF bytes */
};
_Static_assert(PIPE_BUF == PAGE_SIZE, "a pipe's bytes have a page");

#define PIPES_MAX 1024
static struct pool pipe_pool = { .size = ROUND_UP(sizeof(struct pipe), 8) };
static unsigned pipes;

static struct pipe *pipe_of_reader(struct object *o)
{
	return CONTAINER_OF(o, struct pipe, read_end);
}

static struct pipe *pipe_of_writer(struct object *o)
{
	return CONTAINER_OF(o, struct pipe, write_end);
}

static void wake_writers(struct pipe *p)
{
	p->wanted = PIPE_BUF; /* who waits again says again what for */
	wait_queue_wake(&p->writers);
}

/* n bytes out of it, n > 0. What can't be handed over stays. */
static __attribute__((noinline)) long take(struct pipe *p, vaddr_t to, uint32_t n)
{
	uint32_t first = MIN(n, PIPE_BUF - p->start);
	int error = copyout(to, p->buf + p->start, first);
	if (!error && first < n)
		error = copyout(to + first, p->buf, n - first);
	if (error)
		return error;
	p->used -= n;
	p->start = p->used ? (p->start + n) % PIPE_BUF : 0; /* empty: the next bytes stand in one piece, and aligned */
	if (PIPE_BUF - p->used >= p->wanted)
		wake_writers(p);
	return n;
}

/* What is wrong with the buffer is said now, not when something comes. */
static __attribute__((noinline)) long prepare_and_wait(struct pipe *p, struct thread *t, vaddr_t to)
{
	int error = copy_prepare(to, 1);
	return error ? error : object_wait(&p->read_end, t, &p->readers);
}

static long read_pipe(struct object *o, struct thread *t)
{
	struct pipe *p = pipe_of_reader(o);
	vaddr_t to = t->call.args[1];
	uint32_t n = t->call.args[2];
	if (n == 0)
		return 0;
	if (p->used)
		return take(p, to, MIN(n, p->used));
	if (p->write_end.refs == 0)
		return 0;
	return page_at_hand(to, ACCESS_WRITE) ? object_wait(o, t, &p->readers) : prepare_and_wait(p, t, to);
}

/* n bytes into it. What can't be fetched as a whole does not go in at all. */
static int put(struct pipe *p, vaddr_t from, uint32_t n)
{
	uint32_t at = (p->start + p->used) % PIPE_BUF, first = MIN(n, PIPE_BUF - at);
	int error = copyin(p->buf + at, from, first);
	if (!error && first < n)
		error = copyin(p->buf, from + first, n - first);
	if (error)
		return error;
	p->used += n;
	wait_queue_wake(&p->readers);
	return 0;
}

/* As much of the call's n bytes as may go in now: all that is left, or of many a part. 0, or a negated error. */
static int put_part(struct pipe *p, struct thread *t, vaddr_t from, uint32_t n)
{
	uint32_t left = n - t->call.done, part = MIN(left, PIPE_BUF - p->used);
	if (p->read_end.refs == 0) {
		signal_send(t, SIGPIPE);
		return -EPIPE;
	}
	if (part == 0 || (part < left && n <= PIPE_BUF))
		return 0;
	int error = put(p, from + t->call.done, part);
	if (!error)
		t->call.done += part;
	return error;
}

/* A call that gets stuck with a part done is done with that. */
static __attribute__((noinline)) long write_rest(struct object *o, struct thread *t)
{
	struct pipe *p = pipe_of_writer(o);
	uint32_t n = MIN(t->call.args[2], 0x7fffffffu);
	long error = put_part(p, t, t->call.args[1], n);
	uint32_t left = n - t->call.done;
	if (!error && left) {
		uint32_t use = MIN(left, PIPE_BUF / 2);
		p->wanted = MIN(p->wanted, n <= PIPE_BUF ? n : use); /* many bytes: not for each one that is read */
		error = object_wait(o, t, &p->writers);
		if (!error)
			return 0;
	}
	return t->call.done ? (long)t->call.done : error;
}

/* The way below, with more bytes, or with some of many: then the rest goes the other way. */
static __attribute__((noinline)) long hand_over(struct object *o, struct thread *t, struct thread *reader, void *at, uint32_t part)
{
	memcpy(at, (const void *)(t->call.args[1] + t->call.done), part);
	t->call.done += part;
	long done = object_finish(reader, part, t->call.done);
	return t->call.done == t->call.args[2] ? done : write_rest(o, t);
}

/*
 * If a thread waits to read, nothing is in the pipe: what t writes goes straight to its buffer, if that and t's are each in
 * one page that is there: all, or, of many bytes, a whole page. Few are moved here, and nothing is kept across a call.
 */
static long write_pipe(struct object *o, struct thread *t)
{
	struct waiter *w = pipe_of_writer(o)->readers.first;
	if (!w)
		return write_rest(o, t);
	struct thread *reader = w->thread;
	vaddr_t from = t->call.args[1] + t->call.done, to = reader->call.args[1];
	uint32_t left = t->call.args[2] - t->call.done, room = reader->call.args[2];
	uint32_t part = MIN(left, PIPE_BUF), last = part - 1;
	uint32_t crosses = (to % PAGE_SIZE + last) | (from % PAGE_SIZE + last); /* by bit PAGE_SHIFT */
	/* poll's; nothing is written, or it is longer than room */
	if ((w != &reader->waiter) | (last >= room) | (to >= UTOP) | (crosses >= PAGE_SIZE))
		return write_rest(o, t);
	pte_t e = pmap_entry_anywhere(reader->pmap, to);
	if (!pte_writable(e) || !page_at_hand(from, ACCESS_READ))
		return write_rest(o, t);
	char *at = (char *)frame_ptr(pte_addr(e)) + to % PAGE_SIZE;
	if (part > 8)
		return hand_over(o, t, reader, at, part);
	for (uint32_t i = 0; i < part; i++)
		at[i] = ((const char *)from)[i];
	return object_finish_quick(reader, part, t->call.done + part);
}

static unsigned read_events(struct object *o)
{
	struct pipe *p = pipe_of_reader(o);
	return (p->used ? POLLIN : 0) | (p->write_end.refs == 0 ? POLLHUP : 0);
}

/* Writable: the largest write that is atomic would not wait. */
static unsigned write_events(struct object *o)
{
	struct pipe *p = pipe_of_writer(o);
	return (p->used == 0 ? POLLOUT : 0) | (p->read_end.refs == 0 ? POLLERR : 0);
}

static struct wait_queue *read_queue(struct object *o)
{
	return &pipe_of_reader(o)->readers;
}

static struct wait_queue *write_queue(struct object *o)
{
	return &pipe_of_writer(o)->writers;
}

/* => nobody waits: each who did held an end. */
static void pipe_free(struct pipe *p)
{
	ASSERT(!p->readers.first && !p->writers.first);
	frame_unref(frame_addr(p->buf));
	pool_free(&pipe_pool, p);
	pipes--;
}

static void close_read_end(struct object *o)
{
	struct pipe *p = pipe_of_reader(o);
	if (p->write_end.refs)
		wake_writers(p);
	else
		pipe_free(p);
}

static void close_write_end(struct object *o)
{
	struct pipe *p = pipe_of_writer(o);
	if (p->read_end.refs)
		wait_queue_wake(&p->readers);
	else
		pipe_free(p);
}

static const struct object_type read_type = {
	.name = "pipe", .read = read_pipe, .write = object_no_io,
	.events = read_events, .queue = read_queue, .close = close_read_end,
};
static const struct object_type write_type = {
	.name = "pipe", .read = object_no_io, .write = write_pipe,
	.events = write_events, .queue = write_queue, .close = close_write_end,
};

/* The caller holds both ends. NULL: *error says why. */
static struct pipe *pipe_new(uint32_t flags, int *error)
{
	*error = -ENFILE;
	if (pipes == PIPES_MAX)
		return NULL;
	*error = -ENOMEM;
	paddr_t page = frame_alloc(FRAME_KERNEL);
	if (!page)
		return NULL;
	struct pipe *p = pool_alloc(&pipe_pool);
	if (!p) {
		frame_unref(page);
		return NULL;
	}
	pipes++;
	p->read_end = (struct object){ .type = &read_type, .refs = 1, .flags = flags & O_NONBLOCK };
	p->write_end = (struct object){ .type = &write_type, .refs = 1, .flags = flags & O_NONBLOCK };
	p->wanted = PIPE_BUF;
	p->buf = frame_ptr(page);
	return p;
}

/* Both ends get a descriptor, or none does; the pipe's ends are taken over in any case. */
static int open_ends(struct proc *proc, struct pipe *p, int fds[2])
{
	fds[0] = descriptor_open(proc, &p->read_end, 0);
	if (fds[0] < 0) {
		object_unref(&p->read_end);
		object_unref(&p->write_end);
		return fds[0];
	}
	fds[1] = descriptor_open(proc, &p->write_end, 0);
	if (fds[1] < 0) {
		descriptor_close(proc, fds[0]);
		object_unref(&p->write_end);
		return fds[1];
	}
	return 0;
}

long sys_pipe(uint32_t to, uint32_t flags, uint32_t c, uint32_t d)
{
	struct thread *t = call_begin(SYS_pipe, to, flags, c, d);
	int fds[2], error = flags & ~(O_CLOEXEC | O_NONBLOCK) ? -EINVAL : copy_prepare(to, sizeof(fds));
	if (error)
		return error;
	struct pipe *p = pipe_new(flags, &error);
	if (!p || (error = open_ends(t->proc, p, fds)))
		return error;
	if (flags & O_CLOEXEC)
		for (int i = 0; i < 2; i++)
			t->proc->descriptors.close_on_exec[fds[i] / 32] |= 1u << fds[i] % 32;
	return copyout(to, fds, sizeof(fds));
}
