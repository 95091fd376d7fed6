/* kern/proc/object.c: a process' descriptors, and the references that they hold. (lab 6) */
#include <proc/proc.h>
#include <core/core.h>
#include <error.h>

struct object *descriptor_object(struct proc *p, uint32_t fd)
{
	return fd < OPEN_MAX ? p->descriptors.object[fd] : NULL;
}

int descriptor_open(struct proc *p, struct object *o, unsigned from)
{
	struct descriptors *d = &p->descriptors;
	for (unsigned word = from / 32; word < OPEN_MAX / 32; word++) {
		uint32_t free = ~d->used[word];
		if (word == from / 32)
			free &= ~0u << from % 32;
		if (!free)
			continue;
		unsigned fd = word * 32 + __builtin_ctz(free);
		d->used[word] |= free & -free;
		d->object[fd] = o;
		return fd;
	}
	return -EMFILE;
}

int descriptor_close(struct proc *p, uint32_t fd)
{
	struct descriptors *d = &p->descriptors;
	struct object *o = descriptor_object(p, fd);
	if (!o)
		return -EBADF;
	d->object[fd] = NULL;
	d->used[fd / 32] &= ~(1u << fd % 32);
	d->close_on_exec[fd / 32] &= ~(1u << fd % 32);
	object_unref(o);
	return 0;
}

void descriptors_fork(struct proc *child, const struct proc *parent)
{
	child->descriptors = parent->descriptors;
	for (unsigned word = 0; word < OPEN_MAX / 32; word++)
		for (uint32_t bits = parent->descriptors.used[word]; bits; bits &= bits - 1)
			object_ref(parent->descriptors.object[word * 32 + __builtin_ctz(bits)]);
}

void descriptors_close(struct proc *p)
{
	for (unsigned word = 0; word < OPEN_MAX / 32; word++)
		while (p->descriptors.used[word])
			descriptor_close(p, word * 32 + __builtin_ctz(p->descriptors.used[word]));
}

void descriptors_exec(struct proc *p)
{
	for (unsigned word = 0; word < OPEN_MAX / 32; word++)
		for (uint32_t bits = p->descriptors.close_on_exec[word]; bits; bits &= bits - 1)
			descriptor_close(p, word * 32 + __builtin_ctz(bits));
}
