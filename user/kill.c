/* user/kill.c: sends a signal to processes: kill [-signal] pid ...; kill -l lists the signals. (lab 4) */
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *name;
	int number;
} signals[] = {
#define SIGNAL_NAME(name, number, text) { &#name[3], number },
	SIGNAL_LIST(SIGNAL_NAME)
#undef SIGNAL_NAME
};
#define COUNT (sizeof(signals) / sizeof(signals[0]))

/* A number, or a name with or without SIG. -1: there is none such. */
static int parse_signal(const char *text)
{
	if (isdigit((unsigned char)*text))
		return atoi(text);
	if (strncasecmp(text, "SIG", 3) == 0)
		text += 3;
	for (size_t i = 0; i < COUNT; i++)
		if (strcasecmp(text, signals[i].name) == 0)
			return signals[i].number;
	return -1;
}

static int list(void)
{
	for (size_t i = 0; i < COUNT; i++)
		printf("%2d %-7s %s\n", signals[i].number, signals[i].name, strsignal(signals[i].number));
	return 0;
}

static int usage(void)
{
	fprintf(stderr, "kill: kill [-signal] pid ... (-pid: a group), or kill -l\n");
	return 2;
}

int main(int argc, char **argv)
{
	int number = SIGTERM, first = 1, failed = 0;

	if (argc == 2 && strcmp(argv[1], "-l") == 0)
		return list();
	if (argc > 2 && argv[1][0] == '-') {
		number = parse_signal(argv[1] + 1);
		first = 2;
	}
	if (first == argc)
		return usage();
	if (number < 0) {
		fprintf(stderr, "kill: %s: no such signal; kill -l lists them\n", argv[1] + 1);
		return 2;
	}
	for (int i = first; i < argc; i++) {
		char *end;
		long pid = strtol(argv[i], &end, 10);
		if (*end || end == argv[i])
			return usage();
		if (kill(pid, number) < 0) {
			fprintf(stderr, "kill: %s: %s\n", argv[i], strerror(errno));
			failed = 1;
		}
	}
	return failed;
}
