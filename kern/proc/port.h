/* kern/proc/port.h: ports: places where threads meet and messages pass from one to the other. (lab 4)
 *
 * A message is three words, pages and descriptors if wanted (syscall.h: Messages). It goes from its sender's hands into
 * its receiver's when both are there: whoever comes first waits, and the kernel keeps nothing of it. Three kinds of
 * objects stand behind descriptors: the port itself, which is the right to receive (it dies with its last holder); rights
 * to send to it, each with a badge that its receivers see; and rights to answer one caller, once.
 *
 * A partner that is gone is an error at once. EPIPE: the port has died, or whoever was to answer has ended or has received
 * again without answering; or, for a receiver, there were rights to send and all are gone. EBADF: the port was closed
 * under a waiting receiver. ESRCH: there is no caller to answer: it has ended, or given up, or there was none. EDEADLK:
 * the only thread that could receive is waiting for this one. A message call that a signal ends fails with EINTR and is
 * never started again by itself.
 *
 * Who is to answer runs with the caller's priority, if that is higher, and so does whom that one waits for in turn.
 * Callers and senders in line lend theirs to the thread that received there last, for nobody knows who will be next.
 */
#ifndef KERN_PROC_PORT_H
#define KERN_PROC_PORT_H

#include <proc/proc.h>

struct port {
	struct object object;        /* must stay first */
	struct place receiver;       /* waits, and nothing runs that could end that but a message: for the short way */
	uint32_t attention;              /* a receiver must look before it waits: senders, bits, no rights. May be true in vain */
	bool had_rights, dead;
	struct wait_queue receivers; /* the other ones that wait */
	struct wait_queue senders;   /* first come, first served */
	struct wait_queue watchers;  /* poll */
	uint32_t bits;               /* notified, and nobody has been told yet */
	uint32_t rights;             /* how many there are to send */
	int served_by;               /* tid of whoever asked for a message last */
};

struct right {
	struct object object;        /* must stay first */
	struct port *port;
	uint32_t badge;
};

struct answer {
	struct object object;        /* must stay first */
	struct place caller;         /* NULL: it has ended, or given up. Nobody has its priority: who answers is not known */
};

/* port.c */
extern const struct object_type port_type, right_type, answer_type;
void port_forget(struct thread *t);      /* for wait_forget: nobody names t any more */
/* t ends, or becomes another program: who waits for its answer gets none. */
void port_thread_ends(struct thread *t);
void port_no_answer(struct thread *t); /* t has a caller, who will get no answer from it */
void port_bits(struct port *port, uint32_t bits); /* notify; from interrupts, too */
void port_look(struct port *port);       /* set port->attention */
bool port_cut_short(struct thread *t);   /* resume of those who wait in a message call */
/* t's wait in a message call is over, with what its frame says; or with this error. */
void port_release(struct thread *t);
void port_fail(struct thread *t, int error);
struct thread *port_receiver(struct port *port); /* the one that waits longest, or NULL */
/* The running thread t may wait to send to port: -EDEADLK: nobody but threads that wait for t could receive. */
int port_deadlock(const struct port *port, const struct thread *t);

static inline bool port_is_message_call(uint32_t number)
{
	return number >= SYS_port_send && number <= SYS_port_reply_receive;
}

/*
 * message.c: entry.S jumps here. None of these returns; the compiler is not told, for it would keep a way back for a
 * debugger where a jump will do.
 */
#define PORT_CALL(name) void name(uint32_t fd, uint32_t w0, uint32_t w1, uint32_t w2)
PORT_CALL(port_send);
PORT_CALL(port_receive);
PORT_CALL(port_call);
PORT_CALL(port_reply_receive);

/*
 * carry.c: what a message of s carries goes over to r; w: its three words, rewritten for r. Neither runs in user mode.
 * 0; or a negated error for s: then nothing has changed. Either's address space may be loaded, then and before.
 */
int port_carry(struct thread *s, struct thread *r, uint32_t *w);
/*
 * The short way, for one page that moves: word is its address. s runs, r has a pmap to which mmu_switch can go. True: r's
 * is loaded, and its window has the page. False: nothing has changed.
 */
bool port_carry_page(struct cpu *cpu, struct thread *s, struct thread *r, uint32_t word);
/* Before s waits: can what it carries be sent? Resolves its pages. 0, or a negated error, be it -EPARKED. s runs. */
int port_carry_check(struct thread *s);

#endif
