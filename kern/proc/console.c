/* kern/proc/console.c: the console as an object that descriptors stand for. (lab 3) */
#include <proc/proc.h>
#include <core/core.h>
#include <error.h>

#define LINE 256u /* bytes that one read takes at most */

static struct wait_queue readers;

void console_wake(void)
{
	wait_queue_wake(&readers);
}

static long write_console(struct object *o, struct thread *t)
{
	char part[128];
	vaddr_t from = t->call.args[1];
	uint32_t done = 0, n = MIN(t->call.args[2], WRITE_MAX); /* interrupts are off: the machine is not to stand still for a megabyte */
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

/* => to is prepared: nothing is taken off the line before it is sure that the program can have it. */
static long take_line(vaddr_t to, uint32_t n)
{
	char line[LINE];
	n = console_read(line, MIN(n, LINE));
	copyout(to, line, n);
	return n;
}

static long read_console(struct object *o, struct thread *t)
{
	vaddr_t to = t->call.args[1];
	uint32_t n = t->call.args[2];
	if (n == 0)
		return 0;
	int error = copy_prepare(to, MIN(n, LINE));
	if (error)
		return error;
	return console_line_ready() ? take_line(to, n) : object_wait(o, t, &readers);
}

static unsigned console_events(struct object *o)
{
	return POLLOUT | (console_line_ready() ? POLLIN : 0);
}

static struct wait_queue *console_queue(struct object *o)
{
	return &readers;
}

const struct object_type console_type = {
	.name = "console", .read = read_console, .write = write_console, .events = console_events, .queue = console_queue,
};
static struct object console = { .type = &console_type, .refs = 1 }; /* the kernel's own reference: never freed */

void descriptors_console(struct proc *p)
{
	for (unsigned fd = 0; fd < 3; fd++)
		descriptor_open(p, object_ref(&console), 0);
}
