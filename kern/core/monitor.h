/* kern/core/monitor.h: what a monitor command gets and how it is announced. (lab 1) */
#ifndef KERN_CORE_MONITOR_H
#define KERN_CORE_MONITOR_H

#include <arch/port.h>
#include <core/core.h>

#define MONITOR_ARGS 3 /* that a command takes, at most */

struct monitor {
	struct trapframe *tf; /* the interrupted context, or NULL */
	bool user;            /* tf is a program's */
	bool leave;           /* set by a command: the monitor is left */
	int argc;             /* of the command: how many arguments; what they say, and which numbers they are: */
	char *argv[MONITOR_ARGS];
	uint32_t number[MONITOR_ARGS];
};

struct monitor_command {
	const char *name, *usage, *help;
	const char *args; /* a letter each: x hexadecimal, d decimal, s as it is; X, D, S: it may be left out */
	void (*run)(struct monitor *m); /* errors are one line */
};

/* Tables, each ended by an entry without a name. */
extern const struct monitor_command monitor_memory[], monitor_process[];

/* An address or a number to that base, 16 with 0x or not; false after saying that it is none. */
bool monitor_number(const char *text, unsigned base, uint32_t *value);

/* monitor_process.c: a single step has been done. True: the next one has been asked for, and the monitor isn't entered. */
bool monitor_stepped(struct monitor *m);

extern bool panicked; /* panic.c: there is nothing to go back to */

#endif
