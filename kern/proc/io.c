/* kern/proc/io.c: system calls about descriptors. (lab 6) */
#include <proc/proc.h>
#include <error.h>

long sys_write(uint32_t fd, uint32_t from, uint32_t n, uint32_t d)
{
	struct thread *t = call_begin(SYS_write, fd, from, n, d);
	struct object *o = descriptor_object(t->proc, fd);
	return o && o->type->write ? o->type->write(o, t, from, n) : -EBADF;
}

long sys_read(uint32_t fd, uint32_t to, uint32_t n, uint32_t d)
{
	struct thread *t = call_begin(SYS_read, fd, to, n, d);
	struct object *o = descriptor_object(t->proc, fd);
	return o && o->type->read ? o->type->read(o, t, to, n) : -EBADF;
}
