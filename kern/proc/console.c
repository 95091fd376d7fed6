/* kern/proc/console.c: the console as an object that descriptors stand for. (lab 3) */
#include <proc/proc.h>
#include <core/core.h>
#include <error.h>

static struct wait_queue readers;

void console_wake(void)
{
	wait_queue_wake(&readers);
}

static long write_console(struct object *o, struct thread *t, vaddr_t from, uint32_t n)
{
	char part[128];
	uint32_t done = 0;
	n = MIN(n, WRITE_MAX); /* interrupts are off: the machine is not to stand still for a megabyte */
	while (done < n) {
		uint32_t count = MIN(n - done, sizeof(part));
		int error = copyin(part, from + done, count);
		if (error)
			return done ? (long)done : error;
		for (uint32_t i = 0; i < count; i++)
			console_putc(part[i]);
		done += count;
	}
	return done;
}

/* Takes a line, or waits for one. Nothing is taken off the line before it is sure that the program can have it. */
static long take_line(struct thread *t)
{
	char line[256];
	uint32_t n = MIN(t->call.args[2], sizeof(line));
	int error = copy_prepare(t->call.args[1], n);
	if (error)
		return error;
	n = console_read(line, n);
	copyout(t->call.args[1], line, n);
	return n;
}

static void wait_for_line(struct thread *t);

static bool go_on(struct thread *t)
{
	if (wait_cut_short(t))
		return true;
	if (!console_line_ready()) { /* another reader was faster */
		wait_for_line(t);
		return false;
	}
	tf_set_result(&t->tf, take_line(t));
	return true;
}

static void wait_for_line(struct thread *t)
{
	sched_wait(t, "console", go_on);
	wait_queue_add(&readers, &t->waiter);
}

static long read_console(struct object *o, struct thread *t, vaddr_t to, uint32_t n)
{
	if (n == 0)
		return 0;
	int error = copy_prepare(to, MIN(n, 256u));
	if (error)
		return error;
	if (console_line_ready())
		return take_line(t);
	wait_for_line(t);
	return 0;
}

static const struct object_type console_type = { .name = "console", .read = read_console, .write = write_console };
static struct object console = { .type = &console_type, .refs = 1 }; /* the kernel's own reference: never freed */

void descriptors_console(struct proc *p)
{
	for (unsigned fd = 0; fd < 3; fd++)
		descriptor_open(p, object_ref(&console), 0);
}
