/* kern/proc/object.h: what descriptors stand for: objects of the kernel, counted by their holders. (lab 6) */
#ifndef KERN_PROC_OBJECT_H
#define KERN_PROC_OBJECT_H

#include <arch/port.h>
#include <descriptor.h>

struct object;
struct proc;
struct thread;
struct wait_queue;

/*
 * What an object can do; NULL: it can't, and the call fails. read and write are given the running thread, whose call
 * (t->call) has the arguments: descriptor, buffer, n. They return the result, or what object_wait returned: then they are called
 * again, with the same arguments, when somebody has woken the queue; t->call.done is how far a write has got.
 */
struct object_type {
	const char *name;
	long (*read)(struct object *o, struct thread *t); /* never NULL for what a descriptor can stand for: object_no_io */
	long (*write)(struct object *o, struct thread *t);
	unsigned (*events)(struct object *o);             /* POLL* that hold now; NULL: reading and writing never wait */
	struct wait_queue *(*queue)(struct object *o);    /* all its threads are woken when events may have changed */
	void (*close)(struct object *o);                  /* its last holder is gone: free it */
};

struct object {
	const struct object_type *type;
	uint32_t refs;
	uint32_t flags; /* O_NONBLOCK */
};

long object_no_io(struct object *o, struct thread *t); /* for those that can't: -EBADF */
/*
 * read or write of o can't go on: t waits in q until it is woken. The thread holds a reference (t->call_object): o stays
 * while somebody waits in it. Returns what read or write then return: 0, or -EAGAIN when o is not to be waited for.
 */
long object_wait(struct object *o, struct thread *t, struct wait_queue *q);

static inline struct object *object_ref(struct object *o)
{
	o->refs++;
	return o;
}

static inline void object_unref(struct object *o)
{
	if (--o->refs == 0)
		o->type->close(o);
}

/* A process' descriptors: the lowest free number is taken first. */
struct descriptors {
	uint32_t used[OPEN_MAX / 32];          /* bit n: descriptor n is open */
	uint32_t close_on_exec[OPEN_MAX / 32];
	struct object *object[OPEN_MAX];
};

struct object *descriptor_object(struct proc *p, uint32_t fd); /* NULL: not open. No reference is taken */
/* The lowest free number from `from` up, for o, whose reference it takes over. -EMFILE: none is free; o stays the caller's. */
int descriptor_open(struct proc *p, struct object *o, unsigned from);
int descriptor_close(struct proc *p, uint32_t fd);             /* 0 or -EBADF */
void descriptors_fork(struct proc *child, const struct proc *parent); /* the same objects, all referenced */
void descriptors_exec(struct proc *p);                         /* those marked close_on_exec are closed */
void descriptors_close(struct proc *p);                        /* all of them */
void descriptors_console(struct proc *p);                      /* 0, 1 and 2 are the console */
extern const struct object_type console_type;

#endif
