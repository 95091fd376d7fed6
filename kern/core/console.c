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
 * A ring. [read_at, committed) are whole lines for readers, [committed, written) the line being typed, which editing may
 * still change. The counters run freely; their low bits are the place.
 */
struct input {
	char ring[SIZE];
	uint32_t read_at, committed, written;
};
static struct input for_programs, for_monitor, *in = &for_programs; /* in: whose keys these are */

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
	return SIZE - (in->written - in->read_at) <= room_kept;
}

static void put(char c)
{
	in->ring[in->written++ % SIZE] = c;
}

static void commit(char last)
{
	put(last);
	in->committed = in->written;
	if (in == &for_programs)
		console_wake();
}

/* A character of several bytes (UTF-8) goes as one: its later bytes are 10xxxxxx. */
static void erase_one(void)
{
	while (in->written != in->committed && (in->ring[--in->written % SIZE] & 0xc0) == 0x80)
		;
	echo("\b \b");
}

static void erase_line(void)
{
	while (in->written != in->committed)
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

/* What was typed and not read yet goes, too. The monitor takes it for an empty line. */
static void interrupt(const char *shown, int signal)
{
	in->read_at = in->committed = in->written;
	echo(shown);
	if (in == &for_programs)
		console_signal(signal);
	else
		commit('\n');
}

static void enter_monitor(void)
{
	if (in == &for_programs)
		monitor(current_frame(), "key pressed");
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
		if (in->written != in->committed)
			erase_one();
		return;
	case CTRL('u'): return erase_line();
	case END: return end_input();
	case CTRL('c'): return interrupt("^C\n", SIGINT);
	case CTRL('z'): return interrupt("^Z\n", SIGTSTP);
	case CTRL('\\'): return interrupt("^\\\n", SIGQUIT);
	case MONITOR_KEY: return enter_monitor();
	default:
		if (c == '\t' || (c & 0xff) >= ' ')
			type(c);
	}
}

bool console_line_ready(void)
{
	return in->read_at != in->committed;
}

/* An end of input that follows text ends that text; by itself it is a read of nothing. */
size_t console_read(char *buf, size_t n)
{
	size_t got = 0;

	while (got < n && in->read_at != in->committed && in->ring[in->read_at % SIZE] != END) {
		buf[got] = in->ring[in->read_at++ % SIZE];
		if (buf[got++] == '\n')
			return got;
	}
	if (in->read_at != in->committed && in->ring[in->read_at % SIZE] == END && n)
		in->read_at++;
	return got;
}

static int poll(void)
{
	int c;

	while ((c = uart_getc()) < 0 && (c = keyboard_getc()) < 0)
		;
	return c;
}

bool console_ask(char *line, size_t size)
{
	in = &for_monitor;
	in->read_at = in->committed = in->written;
	while (!console_line_ready())
		console_input(poll());
	size_t n = console_read(line, size - 1);
	in = &for_programs;
	line[n && line[n - 1] == '\n' ? n - 1 : n] = 0;
	return n;
}
