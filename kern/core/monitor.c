/* kern/core/monitor.c: looking at the stopped machine and changing it: prompt, line editing, commands. (lab 1) */
#include <core/monitor.h>
#include <dev/dev.h>
#include <string.h>

#define LINE_MAX 128
#define ARGS_MAX 8
#define CTRL(c) ((c) & 0x1f)
#define ESCAPE 0x1b

static enum monitor_next run_help(struct monitor *m, int argc, char **argv);

static enum monitor_next run_continue(struct monitor *m, int argc, char **argv)
{
	return MONITOR_LEAVE;
}

static enum monitor_next run_quit(struct monitor *m, int argc, char **argv)
{
	uart_drain();
	machine_poweroff(panicked ? 255 : 0);
}

/* What a bug would do, on purpose. */
static enum monitor_next run_panic(struct monitor *m, int argc, char **argv)
{
	uint32_t va;

	if (argc == 1)
		panic("asked for in the monitor");
	if (monitor_hex(argv[1], &va))
		printf("0x%08x holds 0x%08x\n", va, *(volatile uint32_t *)va);
	return MONITOR_STAY;
}

static const struct monitor_command general[] = {
	{ "help", "[command]", "list the commands", 0, 1, run_help },
	{ "continue", "", "go on with the interrupted program (also Ctrl-d)", 0, 0, run_continue },
	{ "quit", "", "switch the machine off", 0, 0, run_quit },
	{ "poweroff", "", "the same", 0, 0, run_quit },
	{ "panic", "[address]", "on purpose; or by the kernel's reading that address", 0, 1, run_panic },
	{ NULL }
};

static const struct monitor_command *const tables[] = { general, monitor_process, monitor_memory };

/* The n-th of all commands, NULL past the last. */
static const struct monitor_command *command_at(unsigned n)
{
	for (unsigned t = 0; t < ARRAY_LEN(tables); t++)
		for (const struct monitor_command *c = tables[t]; c->name; c++)
			if (n-- == 0)
				return c;
	return NULL;
}

static bool begins_with(const struct monitor_command *c, const char *name)
{
	return strncmp(c->name, name, strlen(name)) == 0;
}

/* By its name or an unambiguous beginning; NULL after saying why there is none. */
static const struct monitor_command *command_need(const char *name)
{
	const struct monitor_command *c, *found = NULL;
	unsigned matches = 0;

	for (unsigned i = 0; (c = command_at(i)); i++) {
		if (strcmp(c->name, name) == 0)
			return c;
		if (begins_with(c, name))
			found = c, matches++;
	}
	if (matches == 1)
		return found;
	printf(matches ? "%s could be" : "no command \"%s\"; help lists them", name);
	for (unsigned i = 0; matches && (c = command_at(i)); i++)
		if (begins_with(c, name))
			printf(" %s", c->name);
	printf("\n");
	return NULL;
}

static void print_command(const struct monitor_command *c)
{
	char form[40];

	snprintf(form, sizeof(form), "%s %s", c->name, c->usage);
	printf("  %-28s %s\n", form, c->help);
}

static enum monitor_next run_help(struct monitor *m, int argc, char **argv)
{
	const struct monitor_command *c;

	if (argc > 1) {
		if ((c = command_need(argv[1])))
			print_command(c);
		return MONITOR_STAY;
	}
	for (unsigned i = 0; (c = command_at(i)); i++)
		print_command(c);
	printf("A name may be cut short. Addresses and sizes are hexadecimal, process ids and counts decimal.\n");
	return MONITOR_STAY;
}

bool monitor_hex(const char *text, uint32_t *value)
{
	if (parse_u32(text, 16, value))
		return true;
	printf("%s: not a hexadecimal number of 32 bits\n", text);
	return false;
}

bool monitor_decimal(const char *text, uint32_t *value)
{
	if (parse_u32(text, 10, value))
		return true;
	printf("%s: not a decimal number\n", text);
	return false;
}

/* Cursor keys and their like send escape sequences, ESC [ ... letter: swallowed, for there is nothing to move in. */
static void skip_escape(void)
{
	int c = console_getc_poll();

	if (c == '[' || c == 'O')
		while ((c = console_getc_poll()) < '@')
			;
}

static void erase(unsigned *n, unsigned keep)
{
	for (; *n > keep; --*n)
		printf("\b \b");
}

/* One line without its end. False: Ctrl-d on an empty one. */
static bool read_line(char *line)
{
	unsigned n = 0;
	int c;

	while ((c = console_getc_poll()) != '\r' && c != '\n') {
		if ((c == '\b' || c == 127) && n)
			erase(&n, n - 1);
		else if (c == CTRL('u') || c == CTRL('c'))
			erase(&n, 0);
		else if (c == CTRL('d') && !n)
			return false;
		else if (c == ESCAPE)
			skip_escape();
		else if (c >= ' ' && c < 127 && n < LINE_MAX - 1)
			printf("%c", line[n++] = c);
	}
	line[n] = 0;
	printf("\n");
	return true;
}

/* Cuts line into words. -1: there are too many. */
static int split(char *line, char **argv)
{
	int argc = 0;

	for (;;) {
		while (*line == ' ')
			*line++ = 0;
		if (!*line)
			return argc;
		if (argc == ARGS_MAX)
			return -1;
		argv[argc++] = line;
		while (*line && *line != ' ')
			line++;
	}
}

static enum monitor_next run_line(struct monitor *m, char *line)
{
	char *argv[ARGS_MAX];
	int argc = split(line, argv);
	const struct monitor_command *c;

	if (argc == 0)
		return MONITOR_STAY;
	if (argc < 0) {
		printf("too many words; no command takes that many\n");
		return MONITOR_STAY;
	}
	c = command_need(argv[0]);
	if (!c)
		return MONITOR_STAY;
	if (argc - 1 < c->least || argc - 1 > c->most) {
		printf("usage: %s %s\n", c->name, c->usage);
		return MONITOR_STAY;
	}
	return c->run(m, argc, argv);
}

static bool is_user(const struct trapframe *tf)
{
	struct cpu *cpu = this_cpu();

	return tf && cpu->current && tf == (const void *)cpu->current; /* a thread starts with its frame */
}

void monitor(struct trapframe *tf, const char *why)
{
	struct monitor m = { tf, is_user(tf) };
	char line[LINE_MAX];

	if (monitor_stepped(&m))
		return;
	printf("\nmonitor: %s", why);
	if (tf)
		printf(", pc 0x%08x", tf_pc(tf));
	printf(". Type help for the commands, %s.\n", panicked ? "quit to switch the machine off" : "continue to go on");
	do {
		printf("K> ");
		if (!read_line(line)) {
			printf("continue\n");
			return;
		}
	} while (run_line(&m, line) == MONITOR_STAY);
}
