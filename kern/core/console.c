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

static bool monitor_asks(void)
{
	return in == &for_monitor;
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

/* All that nobody has read yet. */
static void forget(void)
{
	in->read_at = in->committed = in->written;
}

static void commit(char last)
{
	put(last);
	in->committed = in->written;
	if (!monitor_asks())
		console_wake();
}

/* [helpers of lab 1] Your own functions for this file. */
/* [end of helpers] */

/* A character of several bytes (UTF-8) goes as one: its later bytes are 10xxxxxx. */
static void erase_one(void)
{
	/*
	 * [lab 1.4, 2 points] Take the last character off the line being typed, all its bytes, and off the screen, where
	 * it is one place wide. => the line is not empty
	 */
	do
		in->written--;
	while (in->written != in->committed && (in->ring[in->written % SIZE] & 0xc0) == 0x80);
	echo("\b \b");
	/* [end of lab 1.4] */
}

static void erase_line(void)
{
	/*
	 * [lab 1.4, 1 point] Take all of it away, and off the screen.
	 */
	while (in->written != in->committed)
		erase_one();
	/* [end of lab 1.4] */
}

/* The last place is kept for what ends a line, so that a line typed too long can still be sent off. */
static void type(int c)
{
	/*
	 * [lab 1.4, 2 points] Append c to the line and echo it, a tab as a blank. If only the last place is left: a bell
	 * instead ("\a").
	 */
	if (full(1))
		return echo("\a");
	put(c);
	console_putc(c == '\t' ? ' ' : c);
	/* [end of lab 1.4] */
}

static void end_line(void)
{
	/*
	 * [lab 1.4, 2 points] The line, with its newline, is ready for readers; echo that. No place left: a bell.
	 */
	if (full(0))
		return echo("\a");
	echo("\n");
	commit('\n');
	/* [end of lab 1.4] */
}

static void end_input(void)
{
	/*
	 * [lab 1.4, 1 point] The same with END, which shows nowhere.
	 */
	if (full(0))
		return echo("\a");
	commit(END);
	/* [end of lab 1.4] */
}

/* What was typed and not read yet goes, too. The monitor takes it for an empty line. */
static void interrupt(const char *shown, int signal)
{
	/*
	 * [lab 1.4, 2 points] Forget, show, and send the signal to the programs; for the monitor it is a line instead.
	 */
	forget();
	echo(shown);
	if (monitor_asks())
		commit('\n');
	else
		console_signal(signal);
	/* [end of lab 1.4] */
}

static void enter_monitor(void)
{
	if (!monitor_asks())
		monitor(current_frame(), "key pressed");
}

/* Cursor keys and their like send escape sequences, ESC [ ... letter: swallowed, for there is nothing to move in. */
static bool in_escape(int c)
{
	static enum { OUTSIDE, BEGUN, INSIDE } state;
	/*
	 * [lab 1.4, 2 points] Is c a part of an escape sequence, and therefore to be ignored? One begins with ESC and then
	 * [ or O; it goes on with any number of characters, and ends with one from @ on, which belongs to it. ESC followed
	 * by anything else is no sequence, and a control character (below the blank) always breaks off what had begun. ESC
	 * itself need not be reported: console_input() has no use for it.
	 */
	bool was_inside = state == INSIDE;

	if (c < ' ')
		state = c == ESCAPE ? BEGUN : OUTSIDE;
	else if (state == BEGUN)
		state = c == '[' || c == 'O' ? INSIDE : OUTSIDE;
	else if (c >= '@')
		state = OUTSIDE;
	return state == INSIDE || (was_inside && c >= ' ');
	/* [end of lab 1.4] */
}

void console_input(int c)
{
	if (in_escape(c))
		return;
	/*
	 * [lab 1.4, 4 points] One key. Enter is \r or \n; \b and 127 erase a character of the line being typed, if it has
	 * one; Ctrl-u all of them; Ctrl-d ends input; Ctrl-c, Ctrl-z and Ctrl-\ interrupt with SIGINT, SIGTSTP, SIGQUIT,
	 * showing ^C and so on in a line; MONITOR_KEY asks for the monitor. Other control characters do nothing, except the
	 * tab, which is text, as is everything from the blank on.
	 */
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
	/* [end of lab 1.4] */
}

bool console_line_ready(void)
{
	return in->read_at != in->committed;
}

/* An end of input that follows text ends that text; by itself it is a read of nothing. */
size_t console_read(char *buf, size_t n)
{
	/*
	 * [lab 1.4, 4 points] Copy what is committed to buf: n bytes at most, and no further than a newline, which is
	 * copied, or END, which is not. An END that ends what was copied is used up by this read; so is one that stands
	 * alone, which reads as 0 bytes. With n = 0 nothing is used up. What is left stays for the next read.
	 */
	size_t got = 0;

	while (got < n && in->read_at != in->committed && in->ring[in->read_at % SIZE] != END) {
		buf[got] = in->ring[in->read_at++ % SIZE];
		if (buf[got++] == '\n')
			return got;
	}
	if (in->read_at != in->committed && in->ring[in->read_at % SIZE] == END && n)
		in->read_at++;
	return got;
	/* [end of lab 1.4] */
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
	forget();
	while (!console_line_ready())
		console_input(poll());
	size_t n = console_read(line, size - 1);
	in = &for_programs;
	line[n && line[n - 1] == '\n' ? n - 1 : n] = 0;
	return n;
}
