/* user/tail.c: the last lines, or those from one on: tail [-n lines | -n +line] [file]. (lab 3) */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *line;
static size_t size;

static void from_line(FILE *f, unsigned long first)
{
	for (unsigned long n = 1; getline(&line, &size, f) > 0; n++)
		if (n >= first)
			fputs(line, stdout);
}

/* The lines go round in a ring of as many as are wanted. */
static void last_lines(FILE *f, unsigned long count)
{
	char **ring = calloc(count, sizeof(*ring));
	unsigned long at = 0;

	if (!ring)
		err(1, "%lu lines", count);
	while (getline(&line, &size, f) > 0) {
		free(ring[at]);
		ring[at] = line;
		line = NULL;
		at = (at + 1) % count;
	}
	for (unsigned long i = 0; i < count; i++) {
		char *text = ring[(at + i) % count];

		if (text)
			fputs(text, stdout);
		free(text);
	}
	free(ring);
}

int main(int argc, char **argv)
{
	const char *lines = "10";
	FILE *f = stdin;
	char *end;
	int c;

	while ((c = getopt(argc, argv, "n:")) != -1) {
		if (c != 'n')
			errx(2, "usage: tail [-n lines | -n +line] [file]");
		lines = optarg;
	}
	unsigned long count = strtoul(lines, &end, 10);
	if (*end || end == lines || strchr(lines, '-'))
		errx(2, "%s: not a number of lines", lines);
	if (optind < argc && !(f = fopen(argv[optind], "r")))
		err(1, "%s", argv[optind]);
	if (*lines == '+')
		from_line(f, count);
	else if (count > 0)
		last_lines(f, count);
	return fflush(stdout) == EOF;
}
