/* kern/proc/message.c: messages: send, receive, call, answer. (lab 4)
 *
 * The short way: three words from a caller to a receiver that waits already, or back, between equal priorities and without
 * a timer. Words go from registers into the other's trap frame, and the other takes over the caller's turn and place: no
 * queue is touched, no scheduler asked. All else takes the long way below, and means the same.
 */
#include <proc/port.h>
#include <proc/handover.h>
#include <core/core.h>
#include <error.h>

/* [helpers of lab 4] Your own functions for this file. */
/* [end of helpers] */

/* The running thread's object behind fd, or NULL. Left to themselves compilers call it: 12 instructions. */
static inline __attribute__((always_inline)) void *object_at(struct thread *t, uint32_t fd)
{
	/* descriptors.object[fd], so that compilers add one number at run time and not two */
	uintptr_t at = (uintptr_t)t->proc + fd * sizeof(struct object *);
	return fd < OPEN_MAX ? *(struct object *const *)(at + offsetof(struct proc, descriptors.object)) : NULL;
}

/* o: NULL, or what begins with a struct object. */
static inline bool is_a(const struct object_type *type, const void *o)
{
	const struct object *object = o;
	return object && object->type == type;
}

static struct object *object_of(struct thread *t, uint32_t fd, const struct object_type *type)
{
	struct object *o = object_at(t, fd);
	return is_a(type, o) ? o : NULL;
}

/* The call fails, or ends without a message: the running thread goes on with this result. */
static __attribute__((noreturn)) void leave(struct thread *t, long result)
{
	tf_end_message(&t->tf, result);
	schedule();
}

static uint32_t carried(const struct thread *s)
{
	return s->call.args[0] & (PORT_PAGES | PORT_DESCRIPTORS);
}

/* The message of s, which runs or waits, into the frame of r, which does the other. 0, or a negated error for s. */
static int deliver(struct thread *s, struct thread *r, uint32_t kind, uint32_t badge)
{
	/*
	 * [lab 4.4, 3 points] s->call.args[1] to [3] are the words. What they name beside (carried: pages, descriptors) goes over
	 * first, by port_carry, which rewrites the words for r, and may fail: then r has got nothing. r finds the kind, with the
	 * bits of what was carried, the badge and the words in its frame (port.h: tf_set_message; r waits, so tf_keep_message).
	 */
	uint32_t w[3] = { s->call.args[1], s->call.args[2], s->call.args[3] };
	int error = carried(s) ? port_carry(s, r, w) : 0;
	if (error)
		return error;
	tf_set_message(&r->tf, kind | carried(s), badge, w[0], w[1], w[2]);
	tf_keep_message(&r->tf);
	return 0;
	/* [end of lab 4.4] */
}

/* The running thread waits; if it has asked for that, not for ever. */
static void wait(struct thread *t, const char *reason)
{
	sched_wait(t, reason, port_cut_short);
	if (t->call.args[0] & PORT_TIMED)
		timer_set(t, deadline_tick(t->port_deadline));
}

/* s waits, from now on if not already, for r's answer. */
static void await_answer(struct thread *s, struct thread *r)
{
	s->reason = NULL; /* as on the short way: sched_reason knows */
	s->resume = NULL; /* port_forget sets it */
	s->awaited = &r->caller;
	r->caller.thread = s;
	futex_priority_changed(r);
}

static uint32_t kind_of(const struct thread *s)
{
	return s->call.number == SYS_port_call ? PORT_CALLED : 0;
}

/* Nobody receives: the sender stands in line. */
static __attribute__((noreturn)) void stand_in_line(struct thread *t, struct port *port)
{
	int error = port_deadlock(port, t);
	if (error)
		leave(t, error);
	wait(t, "receiver");
	wait_queue_add(&port->senders, &t->waiter);
	futex_lend(t, thread_find(port->served_by));
	port->attention = true;
	wait_queue_wake(&port->watchers);
	schedule();
}

/* t sends, or calls, through a right. */
static __attribute__((noreturn)) void send_through(struct thread *t, struct right *right)
{
	struct port *port = right->port;
	int error = port->dead ? -EPIPE : carried(t) ? port_carry_check(t) : 0;
	if (error)
		leave(t, error);
	t->badge = right->badge;
	struct thread *r = port_receiver(port);
	if (!r)
		stand_in_line(t, port);
	error = deliver(t, r, kind_of(t), t->badge);
	if (error)
		leave(t, error);
	port_release(r);
	if (!kind_of(t))
		leave(t, 0);
	wait(t, "answer");
	await_answer(t, r);
	schedule();
}

/* t answers a caller that it, or another thread, had put off. The right to do so is used up, if it can be delivered. */
static long answer_later(struct thread *t, struct answer *answer, uint32_t fd)
{
	if (!answer->caller.thread)
		return -ESRCH;
	int error = carried(t) ? port_carry_check(t) : 0;
	if (!error)
		error = deliver(t, answer->caller.thread, 0, 0);
	if (error)
		return error;
	port_release(answer->caller.thread);
	descriptor_close(t->proc, fd);
	return 0;
}

static __attribute__((noreturn, noinline)) void send(uint32_t number, uint32_t fd, uint32_t w0, uint32_t w1, uint32_t w2)
{
	struct thread *t = call_begin(number, fd, w0, w1, w2);
	struct object *o;
	if (fd & ~(0xffff | PORT_PAGES | PORT_DESCRIPTORS | PORT_TIMED))
		leave(t, -EBADF);
	if ((o = object_of(t, fd & 0xffff, &right_type)))
		send_through(t, (struct right *)o);
	if (number == SYS_port_send && (o = object_of(t, fd & 0xffff, &answer_type)))
		leave(t, answer_later(t, (struct answer *)o, fd & 0xffff));
	leave(t, -EBADF);
}

/* t takes the first message that can be delivered; who sent one that can't learns why. False: there is none. */
static bool take(struct thread *t, struct port *port)
{
	/*
	 * [lab 4.4, 3 points] port->senders is the line of threads that wait to send, first come, first served; s->badge is the
	 * badge of the right that s sends through, kind_of(s) tells whether s calls. Once delivered, a send is over (port_fail with
	 * error 0 ends its wait), but a caller waits on: it leaves the line (wait_queue_remove, futex_take_back) and waits for t
	 * (await_answer). port_fail with an error ends the wait of a sender whose message can't be delivered: then the next.
	 */
	while (port->senders.first) {
		struct thread *s = port->senders.first->thread;
		uint32_t kind = kind_of(s);
		int error = deliver(s, t, kind, s->badge);
		if (error) {
			port_fail(s, error);
			continue;
		}
		if (kind == PORT_CALLED) {
			wait_queue_remove(&s->waiter);
			futex_take_back(s);
			await_answer(s, t);
		} else {
			port_fail(s, 0);
		}
		return true;
	}
	return false;
	/* [end of lab 4.4] */
}

/* => t has no caller. */
static __attribute__((noreturn)) void receive(struct thread *t, struct port *port, bool timed, uint32_t deadline)
{
	port->served_by = t->tid;
	if (port->bits) {
		tf_set_message(&t->tf, PORT_NOTIFIED, 0, port->bits, 0, 0);
		tf_keep_message(&t->tf);
		port->bits = 0;
	} else if (!take(t, port)) {
		if (port->had_rights && !port->rights)
			leave(t, -EPIPE);
		sched_wait(t, "message", port_cut_short);
		if (timed)
			timer_set(t, deadline_tick(deadline));
		if (timed || port->receiver.thread) {
			wait_queue_add(&port->receivers, &t->waiter);
		} else {
			port->receiver.thread = t;
			t->awaited = &port->receiver;
			t->reason = NULL;
			t->resume = NULL;
		}
	}
	port_look(port);
	schedule();
}

/* t answers its caller, and receives the next message, if port is not NULL. */
static __attribute__((noreturn)) void reply_receive(struct thread *t, struct port *port)
{
	int error = !t->caller.thread ? -ESRCH : carried(t) ? port_carry_check(t) : 0;
	if (!error)
		error = deliver(t, t->caller.thread, 0, 0);
	if (error)
		leave(t, error);
	port_release(t->caller.thread);
	if (!port)
		leave(t, 0);
	receive(t, port, t->call.args[0] & PORT_TIMED, t->port_deadline);
}

void port_send(uint32_t fd, uint32_t w0, uint32_t w1, uint32_t w2)
{
	send(SYS_port_send, fd, w0, w1, w2);
}

void port_receive(uint32_t fd, uint32_t deadline, uint32_t c, uint32_t d)
{
	struct thread *t = call_begin(SYS_port_receive, fd, deadline, c, d);
	struct port *port = (struct port *)object_of(t, fd, &port_type);
	if (!port)
		leave(t, -EBADF);
	if (t->caller.thread)
		port_no_answer(t); /* nobody could answer it any more */
	receive(t, port, deadline != 0, deadline);
}

/* t's message, with what it carries if that was seen to, goes to r, who waits for it at port. */
static inline __attribute__((always_inline)) void call_now(struct cpu *cpu, struct thread *t, struct port *port,
	struct thread *r)
{
	port->receiver.thread = NULL;
	r->awaited = NULL;
	r->caller.thread = t;
	t->awaited = &r->caller;
	hand_over(cpu, t, r);
}

/* t's answer goes to c, and t waits at port. */
static inline __attribute__((always_inline)) void reply_now(struct cpu *cpu, struct thread *t, struct port *port,
	struct thread *c)
{
	t->caller.thread = NULL;
	c->awaited = NULL;
	port->receiver.thread = t;
	t->awaited = &port->receiver;
	hand_over(cpu, t, c);
}

/* Must t look before it waits at port, or does its answer to c end a timer? */
static inline uintptr_t must_look(const struct port *port, const struct thread *c)
{
	return port->attention | (uintptr_t)port->receiver.thread | (uintptr_t)c->timer_link;
}

/* The short way with one page that moves. */
static void call_with_page(uint32_t fd, uint32_t w0, uint32_t w1, uint32_t w2)
{
	struct cpu *cpu = this_cpu_kept();
	struct thread *t = cpu->current, *r;
	struct right *right = object_at(t, fd - PORT_PAGES);
	if (!is_a(&right_type, right) || !(r = right->port->receiver.thread) || !may_hand_over(cpu, t, r, 0))
		return;
	if (!port_carry_page(cpu, t, r, w2))
		return stay_put(cpu, t);
	tf_set_message(&r->tf, PORT_CALLED | PORT_PAGES, right->badge, w0, w1, r->window);
	call_now(cpu, t, right->port, r);
}

static void reply_with_page(uint32_t fd, uint32_t w0, uint32_t w1, uint32_t w2)
{
	struct cpu *cpu = this_cpu_kept();
	struct thread *t = cpu->current, *c = t->caller.thread;
	struct port *port = object_at(t, fd - PORT_PAGES);
	if (!is_a(&port_type, port) || !c || !may_hand_over(cpu, t, c, must_look(port, c)))
		return;
	if (!port_carry_page(cpu, t, c, w2))
		return stay_put(cpu, t);
	tf_set_message(&c->tf, PORT_PAGES, 0, w0, w1, c->window);
	reply_now(cpu, t, port, c);
}

static __attribute__((noinline)) void call_the_long_way(uint32_t fd, uint32_t w0, uint32_t w1, uint32_t w2)
{
	if (fd - PORT_PAGES < OPEN_MAX)
		call_with_page(fd, w0, w1, w2); /* does not come back, or has done nothing */
	send(SYS_port_call, fd, w0, w1, w2);
}

/* The words of the call under way. Where the frame has them, they need no place of their own until then. */
#define WORDS tf_argument(&t->tf, 1, w0), tf_argument(&t->tf, 2, w1), tf_argument(&t->tf, 3, w2)

void port_call(uint32_t fd, uint32_t w0, uint32_t w1, uint32_t w2)
{
	struct cpu *cpu = this_cpu_kept();
	struct thread *t = cpu->current, *r;
	struct pmap *pmap;
	struct right *right = object_at(t, fd);
	struct port *port;
	if (!is_a(&right_type, right) || !(r = (port = right->port)->receiver.thread) || !(pmap = may_hand_over(cpu, t, r, 0)))
		return call_the_long_way(fd, WORDS);
	go_there(cpu, pmap);
	tf_set_message(&r->tf, PORT_CALLED, right->badge, WORDS);
	call_now(cpu, t, port, r);
}

static __attribute__((noinline)) void reply_the_long_way(uint32_t fd, uint32_t w0, uint32_t w1, uint32_t w2)
{
	if (fd - PORT_PAGES < OPEN_MAX)
		reply_with_page(fd, w0, w1, w2); /* does not come back, or has done nothing */
	struct thread *t = call_begin(SYS_port_reply_receive, fd, w0, w1, w2);
	bool none = (fd & 0xffff) == PORT_NONE;
	struct port *port = (struct port *)object_of(t, fd & 0xffff, &port_type);
	if ((fd & ~(0xffff | PORT_PAGES | PORT_DESCRIPTORS | PORT_TIMED)) || (!port && !none))
		leave(t, -EBADF);
	reply_receive(t, port);
}

void port_reply_receive(uint32_t fd, uint32_t w0, uint32_t w1, uint32_t w2)
{
	struct cpu *cpu = this_cpu_kept();
	struct thread *t = cpu->current, *c = t->caller.thread;
	struct pmap *pmap;
	struct port *port = object_at(t, fd);
	if (!is_a(&port_type, port) || !c || !(pmap = may_hand_over(cpu, t, c, must_look(port, c))))
		return reply_the_long_way(fd, WORDS);
	go_there(cpu, pmap);
	tf_set_message(&c->tf, 0, 0, WORDS);
	reply_now(cpu, t, port, c);
}
