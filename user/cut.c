/* user/cut.c: parts of each line: cut -f list [-d character] [-s], or cut -c list; a list is as 1,3-5,8-. (lab 3) */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLACES 1024

static bool wanted[PLACES + 2]; /* the last one: all that come later */
static bool fields, only_divided;

static size_t place(size_t n)
{
	return n <= PLACES ? n : PLACES + 1;
}

static void parse(char *list)
{
	char *part, *end;

	while ((part = strsep(&list, ","))) {
		unsigned long from = 1, to;

		if (*part != '-')
			from = strtoul(part, &part, 10);
		to = from;
		if (*part == '-')
			to = part[1] ? strtoul(part + 1, &end, 10) : PLACES + 1;
		if ((*part != '-' && *part) || from < 1 || to < from || (*part && part[1] && *end))
			errx(2, "a list is as 1,3-5,8-");
		for (; from <= to && from <= PLACES + 1; from++)
			wanted[from] = true;
	}
}

static void cut_fields(char *line, const char *divider)
{
	bool any = false;
	char *word;

	if (!strchr(line, *divider)) {
		if (!only_divided)
			puts(line);
		return;
	}
	for (size_t i = 1; (word = strsep(&line, divider)); i++)
		if (wanted[place(i)]) {
			printf("%s%s", any ? divider : "", word);
			any = true;
		}
	putchar('\n');
}

static void cut_characters(const char *line)
{
	for (size_t i = 1; *line; i++, line++)
		if (wanted[place(i)])
			putchar(*line);
	putchar('\n');
}

int main(int argc, char **argv)
{
	char divider[2] = "\t", *line = NULL;
	size_t size = 0;
	int c, lists = 0;

	while ((c = getopt(argc, argv, "c:f:d:s")) != -1)
		switch (c) {
		case 'c': case 'f':
			fields = c == 'f';
			lists++;
			parse(optarg);
			break;
		case 'd': divider[0] = *optarg; break;
		case 's': only_divided = true; break;
		default: lists = 9;
		}
	if (lists != 1 || !divider[0])
		errx(2, "usage: cut -f list [-d character] [-s], or cut -c list");
	while (getline(&line, &size, stdin) > 0) {
		line[strcspn(line, "\n")] = 0;
		if (fields)
			cut_fields(line, divider);
		else
			cut_characters(line);
	}
	free(line);
	return fflush(stdout) == EOF;
}
