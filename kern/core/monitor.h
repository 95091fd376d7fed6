/* kern/core/monitor.h: what a monitor command gets and how it is announced. (lab 1) */
#ifndef KERN_CORE_MONITOR_H
#define KERN_CORE_MONITOR_H

#include <arch/port.h>
#include <core/core.h>

enum monitor_next { MONITOR_STAY, MONITOR_LEAVE };

struct monitor {
	struct trapframe *tf; /* the interrupted context, or NULL */
	bool user;            /* tf is a program's */
};

/* argv[0] is the command's name. Errors are one line, printed by the command. */
typedef enum monitor_next (*monitor_run)(struct monitor *m, int argc, char **argv);

struct monitor_command {
	const char *name, *usage, *help;
	int least, most; /* arguments */
	monitor_run run;
};

/* Tables, each ended by an entry without a name. */
extern const struct monitor_command monitor_memory[], monitor_process[];

/* An address or a number in hexadecimal, 0x or not; false after saying that it is none. */
bool monitor_hex(const char *text, uint32_t *value);
bool monitor_decimal(const char *text, uint32_t *value);

/* monitor_process.c: a single step has been done. True: the next one has been asked for, and the monitor isn't entered. */
bool monitor_stepped(struct monitor *m);

extern bool panicked; /* panic.c: there is nothing to go back to */

#endif
