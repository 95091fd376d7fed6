/* kern/core/test_console.c: host test of the console's line discipline, by a plain model of it. Argument: a seed. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <types.h>

/* The console needs a serial line, a screen and the current thread's frame; nothing else of the machine. */
#define KERN_ARCH_PORT_H
#define KERN_PROC_PROC_H
struct trapframe;
static struct trapframe *current_frame(void) { return NULL; }
void machine_screen_putc(int c);
#include "console.c"

static char serial[1 << 16];
static size_t serial_length;
static unsigned screen_count, wakes, monitors, failures;
static int signalled;

void uart_putc(int c)
{
	if (serial_length < sizeof(serial) - 1)
		serial[serial_length++] = c;
	serial[serial_length] = 0;
}

void machine_screen_putc(int c) { screen_count++; }
static const char *typed = ""; /* and waits in the serial port */
int uart_getc(void) { return *typed ? *typed++ : -1; }
int keyboard_getc(void) { return -1; }
void console_wake(void) { wakes++; }
void console_signal(int signal) { signalled = signal; }
void monitor(struct trapframe *tf, const char *why) { monitors++; }

#define CHECK(cond)                                                                     \
	do {                                                                            \
		if (!(cond) && failures++ < 10)                                         \
			printf("FAIL console: %s (line %d)\n", #cond, __LINE__);        \
	} while (0)

static void reset(void)
{
	for_programs.read_at = for_programs.committed = for_programs.written = 0;
	serial_length = screen_count = wakes = monitors = 0;
	serial[0] = 0;
}

static void keys(const char *s)
{
	while (*s)
		console_input((unsigned char)*s++);
}

/* What a reader with a buffer of n gets; NULL when nothing is ready. */
static const char *got(size_t n)
{
	static char buf[4096];

	if (!console_line_ready())
		return NULL;
	buf[console_read(buf, n)] = 0;
	return buf;
}

#define READS(n, text) CHECK(console_line_ready() && strcmp(got(n), text) == 0)
#define SILENT() CHECK(!console_line_ready())

static void test_lines(void)
{
	reset();
	keys("hello");
	SILENT();
	CHECK(wakes == 0);
	keys("\r");
	CHECK(wakes == 1);
	CHECK(strcmp(serial, "hello\r\n") == 0);
	CHECK(screen_count == 6);
	READS(100, "hello\n");
	SILENT();
	keys("one\ntwo\nthr");
	READS(2, "on");
	READS(100, "e\n");
	READS(100, "two\n");
	SILENT();
}

static void test_editing(void)
{
	reset();
	keys("\b\x7f" "ab\bc\x7f\x7f\x7f" "x\n");
	READS(100, "x\n");
	CHECK(strcmp(serial, "ab\b \bc\b \b\b \bx\r\n") == 0);
	reset();
	keys("wrong\x15right\n");
	READS(100, "right\n");
	keys("gr\xc3\xbc\xc3\x9f\b\be\n"); /* a letter of two bytes goes by one key, and takes one place off the screen */
	READS(100, "gre\n");
	keys("a\tb\x01\x1b\n");
	READS(100, "a\tb\n");
	keys("x\x1b[A\x1bOH\x1b[3~y\x1bz\x1b[1\nA\n"); /* cursor up, Home, Delete; Escape by itself; one cut short */
	READS(100, "xyz\n");
	READS(100, "A\n");
	keys("kept\n\b\b\x15");
	READS(100, "kept\n");
}

static void test_end_of_input(void)
{
	reset();
	keys("\x04");
	CHECK(wakes == 1);
	READS(100, "");
	SILENT();
	keys("tail\x04");
	READS(100, "tail");
	SILENT();
	keys("tail\x04");
	READS(4, "tail"); /* exactly full: the end that follows is not a second read of nothing */
	SILENT();
	keys("a\n\x04");
	READS(100, "a\n");
	READS(100, "");
	SILENT();
}

static void test_bounds(void)
{
	static char long_line[SIZE + 2];

	reset();
	for (int i = 0; i < 3000; i++)
		console_input('a' + i % 26);
	CHECK(serial[serial_length - 1] == '\a');
	console_input('\r');
	for (unsigned i = 0; i < SIZE - 1; i++)
		long_line[i] = 'a' + i % 26;
	long_line[SIZE - 1] = '\n';
	READS(4000, long_line);
	SILENT();
	for (int i = 0; i < 3000; i++)
		console_input('\n');
	for (unsigned i = 0; i < SIZE; i++)
		READS(100, "\n");
	SILENT();
}

static void test_keys(void)
{
	reset();
	console_input(MONITOR_KEY);
	CHECK(monitors == 1);
	SILENT();
}

/* What programs were sent, and what is being typed for them, is there again when the monitor has left. */
static void test_monitor(void)
{
	char answer[8];

	reset();
	keys("sent\nha");
	typed = "hepp\blp\n\n\x1d\x04half\x03too long\nrest\n";
	CHECK(console_ask(answer, sizeof(answer)) && strcmp(answer, "heplp") == 0);
	CHECK(console_ask(answer, sizeof(answer)) && answer[0] == 0);
	CHECK(!console_ask(answer, sizeof(answer)) && answer[0] == 0);
	CHECK(console_ask(answer, sizeof(answer)) && answer[0] == 0);
	CHECK(console_ask(answer, sizeof(answer)) && strcmp(answer, "too lon") == 0);
	CHECK(console_ask(answer, sizeof(answer)) && strcmp(answer, "rest") == 0);
	CHECK(wakes == 1 && monitors == 0 && signalled == 0);
	keys("lf\n");
	READS(100, "sent\n");
	READS(100, "half\n");
}

/* The keyboard's signals take with them what was typed for somebody else. */
static void test_signals(void)
{
	reset();
	keys("sent\nhalf\x03");
	CHECK(signalled == SIGINT && strcmp(serial, "sent\r\nhalf^C\r\n") == 0);
	SILENT();
	keys("a\x1a");
	CHECK(signalled == SIGTSTP);
	keys("b\x1c");
	CHECK(signalled == SIGQUIT);
	keys("c\n");
	READS(100, "c\n");
	SILENT();
}

/* The model: what has been sent off, and the line in the making. */
static char sent[1 << 16], line[SIZE];
static size_t sent_from, sent_to, line_length;
static uint64_t state;

static unsigned random_below(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % n;
}

static void model_send(char last)
{
	memcpy(sent + sent_to, line, line_length);
	sent_to += line_length;
	line_length = 0;
	sent[sent_to++] = last;
}

static void model_key(int c)
{
	size_t room = SIZE - (sent_to - sent_from) - line_length;

	if (c == '\b')
		line_length -= line_length > 0;
	else if (c == 0x15)
		line_length = 0;
	else if (c == '\n' || c == 4) {
		if (room >= 1)
			model_send(c);
	} else if (room >= 2)
		line[line_length++] = c;
}

static size_t model_read(char *buf, size_t n)
{
	size_t i = 0;

	while (i < n && sent_from < sent_to && sent[sent_from] != 4)
		if ((buf[i++] = sent[sent_from++]) == '\n')
			return i;
	if (sent_from < sent_to && sent[sent_from] == 4)
		sent_from++;
	return i;
}

static void random_read(void)
{
	char a[SIZE + 1], b[SIZE + 1];
	size_t n = 1 + random_below(random_below(3) ? 20 : SIZE), na, nb;

	CHECK(console_line_ready() == (sent_from < sent_to));
	if (sent_from == sent_to)
		return;
	na = console_read(a, n);
	nb = model_read(b, n);
	CHECK(na == nb && memcmp(a, b, na) == 0);
}

/* Keys and readers by turns; now and then the reader stays away until the buffer is full. */
static void test_random(void)
{
	static const int special[] = { '\n', '\n', '\n', '\n', '\b', '\b', 0x15, 4 };

	reset();
	for (int i = 0; i < 400000; i++) {
		int c = random_below(8) ? (int)('a' + random_below(26)) : special[random_below(8)];

		if (sent_to > sizeof(sent) - 2 * SIZE) {
			memmove(sent, sent + sent_from, sent_to - sent_from);
			sent_to -= sent_from, sent_from = 0;
		}
		console_input(c);
		model_key(c);
		if (i / 5000 % 2 && random_below(6) == 0)
			random_read();
	}
}

int main(int argc, char **argv)
{
	unsigned long long seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 20260101;

	state = seed ? seed : 1;
	test_lines();
	test_editing();
	test_end_of_input();
	test_bounds();
	test_keys();
	test_monitor();
	test_signals();
	test_random();
	printf(failures ? "FAIL console: %u failures, seed %llu\n" : "PASS console (%u failures, seed %llu)\n", failures, seed);
	return failures != 0;
}
