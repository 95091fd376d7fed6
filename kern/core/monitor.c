/* kern/core/monitor.c: looking at the stopped machine and changing it: prompt, line editing, commands. (lab 1) */
#include <core/monitor.h>
#include <dev/dev.h>
#include <proc/proc.h>
#include <string.h>

#define LINE_MAX 128
#define WORDS_MAX 8

static void run_help(struct monitor *m);

static void run_continue(struct monitor *m)
{
	m->leave = true;
}

static void run_quit(struct monitor *m)
{
	uart_drain();
	machine_poweroff(panicked ? 255 : 0);
}

/* What a bug would do, on purpose. */
static void run_panic(struct monitor *m)
{
	if (!m->argc)
		panic("asked for in the monitor");
	printf("0x%08x holds 0x%08x\n", m->number[0], *(volatile uint32_t *)m->number[0]);
}

static const struct monitor_command general[] = {
	{ "help", "[command]", "list the commands", "S", run_help },
	{ "continue", "", "go on with the interrupted program (also Ctrl-d)", "", run_continue },
	{ "quit", "", "switch the machine off", "", run_quit },
	{ "poweroff", "", "the same", "", run_quit },
	{ "panic", "[address]", "on purpose; or by the kernel's reading that address", "X", run_panic },
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

static void run_help(struct monitor *m)
{
	const struct monitor_command *c;

	if (m->argc) {
		if ((c = command_need(m->argv[0])))
			print_command(c);
		return;
	}
	for (unsigned i = 0; (c = command_at(i)); i++)
		print_command(c);
	printf("A name may be cut short. Addresses and sizes are hexadecimal, process ids and counts decimal.\n");
}

bool monitor_number(const char *text, unsigned base, uint32_t *value)
{
	if (parse_u32(text, base, value))
		return true;
	printf("%s: not a %s\n", text, base == 16 ? "hexadecimal number of 32 bits" : "decimal number");
	return false;
}

/* Cuts line into words. -1: there are too many. */
static int split(char *line, char **argv)
{
	int argc = 0;

	for (;;) {
		while (*line == ' ' || *line == '\t')
			*line++ = 0;
		if (!*line)
			return argc;
		if (argc == WORDS_MAX)
			return -1;
		argv[argc++] = line;
		while (*line && *line != ' ' && *line != '\t')
			line++;
	}
}

/* The command's arguments, each as it wants it; false after saying what is wrong. */
static bool take_arguments(struct monitor *m, const struct monitor_command *c, int argc, char **argv)
{
	int most = strlen(c->args);

	if (argc > most || (argc < most && c->args[argc] >= 'a')) {
		printf("usage: %s %s\n", c->name, c->usage);
		return false;
	}
	m->argc = argc;
	for (int i = 0; i < argc; i++) {
		char kind = c->args[i] | 0x20;
		m->argv[i] = argv[i];
		if (kind != 's' && !monitor_number(argv[i], kind == 'x' ? 16 : 10, &m->number[i]))
			return false;
	}
	return true;
}

static void run_line(struct monitor *m, char *line)
{
	char *argv[WORDS_MAX];
	int argc = split(line, argv);
	const struct monitor_command *c;

	if (argc < 0)
		printf("too many words; no command takes that many\n");
	else if (argc && (c = command_need(argv[0])) && take_arguments(m, c, argc - 1, argv + 1))
		c->run(m);
}

void monitor(struct trapframe *tf, const char *why)
{
	struct monitor m = { .tf = tf, .user = tf && tf == current_frame() };
	char line[LINE_MAX];

	if (monitor_stepped(&m))
		return;
	printf("\nmonitor: %s", why);
	if (tf)
		printf(", pc 0x%08x", tf_pc(tf));
	printf(". Type help for the commands, %s.\n", panicked ? "quit to switch the machine off" : "continue to go on");
	while (!m.leave) {
		printf("K> ");
		if (console_ask(line, sizeof(line)))
			run_line(&m, line);
		else
			run_continue(&m);
	}
}
