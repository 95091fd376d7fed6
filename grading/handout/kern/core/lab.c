/* kern/core/lab.c: the kernel has come to something that is not written yet: it says so, and stops. (all labs)
 * Printing, backtraces and the monitor may be what is not written yet. So the message goes to the serial port by itself;
 * the rest is tried, one thing after the other, and what is not written comes back here.
 */
#include <arch/port.h>
#include <core/core.h>
#include <core/monitor.h>
#include <string.h>

#define COM1 0x3f8
#define LSR (COM1 + 5)
#define LSR_RECEIVED 0x01
#define LSR_ROOM 0x20
#define LSR_IDLE 0x40
#define PATIENCE 1000000 /* a port that is not there never has room */

void lab_todo_text(const char *text) __attribute__((noreturn));

static enum { SWITCH_OFF, TRACE, MONITOR, KEY } next; /* what to try */

static void wait_for(uint8_t status)
{
	for (unsigned i = 0; i < PATIENCE && !(inb(LSR) & status); i++)
		;
}

static void send(char c)
{
	wait_for(LSR_ROOM);
	outb(COM1, c);
}

/* On the screen only at first: that code may not be written either. */
static void put(char c)
{
	if (c == '\n')
		send('\r');
	send(c);
	if (next == SWITCH_OFF)
		machine_screen_putc(c);
}

static void say(const char *text)
{
	while (*text)
		put(*text++);
}

static void say_number(unsigned n)
{
	if (n >= 10)
		say_number(n / 10);
	put('0' + n % 10);
}

/* "2.4" belongs to lab 2. */
static void say_exercise(const char *exercise)
{
	say("lab ");
	for (const char *p = exercise; *p && *p != '.'; p++)
		put(*p);
	say(", exercise ");
	say(exercise);
}

/* A test waits for the end, not for keys. */
static void switch_off_if_test(void)
{
	char value[8];

	if (cmdline_get("test", value, sizeof(value)) || (cmdline_get("panic", value, sizeof(value)) && strcmp(value, "off") == 0)) {
		wait_for(LSR_IDLE);
		machine_poweroff(255);
	}
}

/* Without somebody who asks for it, what stops in the monitor would come back here for ever. */
static void wait_for_key(void)
{
	say("\nThis can't go on. A key tries the monitor.\n");
	while (!(inb(LSR) & LSR_RECEIVED))
		;
	inb(COM1);
}

static void __attribute__((noreturn)) stop(void)
{
	interrupts_off();
	if (next == SWITCH_OFF) {
		next = TRACE;
		switch_off_if_test();
	}
	if (next == TRACE) {
		next = MONITOR;
		backtrace();
	}
	if (next == KEY)
		wait_for_key();
	next = KEY;
	panicked = true;
	for (;;)
		monitor(NULL, "this is as far as it goes");
}

void lab_todo(const char *exercise, const char *file, int line)
{
	say("\n");
	say_exercise(exercise);
	say(" is not written yet: ");
	say(file);
	put(':');
	say_number(line);
	say("\n");
	stop();
}

/* From lab.S: the exercise, and behind it, as a second string and a third, the rest of the sentence. */
void lab_todo_text(const char *text)
{
	say("\n");
	say_exercise(text);
	text += strlen(text) + 1;
	say(text);
	say("\n");
	stop();
}
