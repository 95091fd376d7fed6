/* kern/core/console.c: output to serial line and screen; input collected into lines, with echo and editing. (lab 1) */
#include <arch/port.h>
#include <core/core.h>
#include <dev/dev.h>
#include <proc/proc.h>

#define SIZE 1024 /* a power of two */
#define CTRL(c) ((c) & 0x1f)
#define ESCAPE 0x1b
#define END CTRL('d') /* stands in the buffer where input ended: never typed into a line */

/*
 * A ring. [read, committed) are whole lines for readers, [committed, written) the line being typed, which editing may
 * still change. The counters run freely; their low bits are the place.
 */
static char ring[SIZE];
static uint32_t read_at, committed, written;

void console_putc(int c)
{
	if (c == '\n')
		uart_putc('\r');
	uart_putc(c);
	machine_screen_putc(c);
}

static void echo(const char *s)
{
	while (*s)
		console_putc(*s++);
}

static bool full(uint32_t room_kept)
{
	return SIZE - (written - read_at) <= room_kept;
}

static void put(char c)
{
	ring[written++ % SIZE] = c;
}

static void commit(char last)
{
	put(last);
	committed = written;
	console_wake();
}

/* A character of several bytes (UTF-8) goes as one: its later bytes are 10xxxxxx. */
static void erase_one(void)
{
	while (written != committed && (ring[--written % SIZE] & 0xc0) == 0x80)
		;
	echo("\b \b");
}

static void erase_line(void)
{
	while (written != committed)
		erase_one();
}

/* The last place is kept for what ends a line, so that a line typed too long can still be sent off. */
static void type(int c)
{
	if (full(1))
		return echo("\a");
	put(c);
	console_putc(c == '\t' ? ' ' : c);
}

static void end_line(void)
{
	if (full(0))
		return echo("\a");
	echo("\n");
	commit('\n');
}

static void end_input(void)
{
	if (full(0))
		return echo("\a");
	commit(END);
}

/* What was typed and not read yet goes, too. */
static void interrupt(const char *shown, int signal)
{
	read_at = committed = written;
	echo(shown);
	console_signal(signal);
}

static struct trapframe *interrupted(void)
{
	struct thread *t = this_cpu()->current;

	return t ? &t->tf : NULL;
}

/* Cursor keys and their like send escape sequences, ESC [ ... letter: swallowed, for there is nothing to move in. */
static bool in_escape(int c)
{
	static enum { OUTSIDE, BEGUN, INSIDE } state;
	bool was_inside = state == INSIDE;

	if (c < ' ')
		state = c == ESCAPE ? BEGUN : OUTSIDE;
	else if (state == BEGUN)
		state = c == '[' || c == 'O' ? INSIDE : OUTSIDE;
	else if (c >= '@')
		state = OUTSIDE;
	return state == INSIDE || (was_inside && c >= ' ');
}

void console_input(int c)
{
	if (in_escape(c))
		return;
	switch (c) {
	case '\r':
	case '\n': return end_line();
	case '\b':
	case 127:
		if (written != committed)
			erase_one();
		return;
	case CTRL('u'): return erase_line();
	case END: return end_input();
	case CTRL('c'): return interrupt("^C\n", SIGINT);
	case CTRL('z'): return interrupt("^Z\n", SIGTSTP);
	case CTRL('\\'): return interrupt("^\\\n", SIGQUIT);
	case MONITOR_KEY: return monitor(interrupted(), "key pressed");
	default:
		if (c == '\t' || (c & 0xff) >= ' ')
			type(c);
	}
}

bool console_line_ready(void)
{
	return read_at != committed;
}

/* An end of input that follows text ends that text; by itself it is a read of nothing. */
size_t console_read(char *buf, size_t n)
{
	size_t got = 0;

	while (got < n && read_at != committed && ring[read_at % SIZE] != END) {
		buf[got] = ring[read_at++ % SIZE];
		if (buf[got++] == '\n')
			return got;
	}
	if (read_at != committed && ring[read_at % SIZE] == END && n)
		read_at++;
	return got;
}

int console_getc_poll(void)
{
	int c;

	for (;;) {
		if ((c = uart_getc()) >= 0 || (c = keyboard_getc()) >= 0)
			return c;
	}
}
