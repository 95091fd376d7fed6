/* kern/proc/object.h: what descriptors stand for: objects of the kernel, counted by their holders. (lab 6) */
#ifndef KERN_PROC_OBJECT_H
#define KERN_PROC_OBJECT_H

#include <arch/port.h>

struct object;
struct proc;
struct thread;
struct wait_queue;

/*
 * What an object can do; NULL: it can't, and the call fails. read and write are given the running thread, whose call
 * began with call_begin(fd, buffer, n): they return the result, or have made the thread wait, with a resume that goes on
 * from t->call. The object stays while a thread waits in it: the thread holds a reference (t->call_object).
 */
struct object_type {
	const char *name;
	long (*read)(struct object *o, struct thread *t, vaddr_t to, uint32_t n);
	long (*write)(struct object *o, struct thread *t, vaddr_t from, uint32_t n);
	unsigned (*events)(struct object *o);             /* POLL* that hold now */
	struct wait_queue *(*queue)(struct object *o);    /* whose threads are woken when events may have changed */
	void (*close)(struct object *o);                  /* its last holder is gone: free it */
};

struct object {
	const struct object_type *type;
	uint32_t refs;
};

struct object *object_ref(struct object *o);
void object_unref(struct object *o);

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

#endif
