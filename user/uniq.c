/* user/uniq.c: one of each row of equal lines: uniq [-cdiu], with counts, only repeated ones, in any case, only single ones. (lab 3) */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static bool counts, repeated, ignore_case, single;

static void show(const char *line, unsigned long n)
{
	if ((repeated && n < 2) || (single && n > 1))
		return;
	if (counts)
		printf("%7lu ", n);
	puts(line);
}

int main(int argc, char **argv)
{
	char *line = NULL, *last = NULL;
	size_t size = 0;
	unsigned long n = 0;
	ssize_t length;
	int c;

	while ((c = getopt(argc, argv, "cdiu")) != -1)
		switch (c) {
		case 'c': counts = true; break;
		case 'd': repeated = true; break;
		case 'i': ignore_case = true; break;
		case 'u': single = true; break;
		default: errx(2, "usage: uniq [-cdiu]");
		}
	while ((length = getline(&line, &size, stdin)) > 0) {
		if (line[length - 1] == '\n')
			line[length - 1] = 0;
		if (last && (ignore_case ? strcasecmp : strcmp)(line, last) == 0) {
			n++;
			continue;
		}
		if (last)
			show(last, n);
		free(last);
		last = strdup(line);
		if (!last)
			err(1, "a line");
		n = 1;
	}
	if (last)
		show(last, n);
	free(last);
	free(line);
	return fflush(stdout) == EOF;
}
