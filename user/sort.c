/* user/sort.c: sorts lines: sort [-fnru] [-k field] [file ...]; fields are separated by blanks. (lab 3) */
#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static bool fold, numeric, reverse, unique;
static long field = 1;
static char **lines;
static size_t count, room;

/* From the field on that is compared. */
static const char *key(const char *s)
{
	for (long i = 1; i < field && *s; i++) {
		while (isspace((unsigned char)*s))
			s++;
		while (*s && !isspace((unsigned char)*s))
			s++;
	}
	return s;
}

static int by_key(const char *a, const char *b)
{
	if (numeric) {
		double x = strtod(a, NULL), y = strtod(b, NULL);

		return (x > y) - (x < y);
	}
	return fold ? strcasecmp(a, b) : strcoll(a, b);
}

/* Lines with equal keys, by all that is in them: so the result does not depend on how it was found. */
static int compare(const void *a, const void *b)
{
	const char *one = *(char *const *)a, *two = *(char *const *)b;
	int order = by_key(key(one), key(two));

	if (order == 0 && !unique)
		order = strcmp(one, two);
	return reverse ? -order : order;
}

static void add(FILE *f)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	for (; (n = getline(&line, &size, f)) > 0; line = NULL, size = 0) {
		if (line[n - 1] == '\n')
			line[n - 1] = 0;
		if (count == room) {
			room = room ? room * 2 : 256;
			lines = realloc(lines, room * sizeof(*lines));
			if (!lines)
				err(2, "%zu lines", count);
		}
		lines[count++] = line;
	}
	if (ferror(f))
		err(2, "reading");
	free(line);
}

int main(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "fnruk:")) != -1)
		switch (c) {
		case 'f': fold = true; break;
		case 'n': numeric = true; break;
		case 'r': reverse = true; break;
		case 'u': unique = true; break;
		case 'k': field = strtol(optarg, NULL, 10); break;
		default: errx(2, "usage: sort [-fnru] [-k field] [file ...]");
		}
	if (optind == argc)
		add(stdin);
	for (; optind < argc; optind++) {
		FILE *f = fopen(argv[optind], "r");

		if (!f)
			err(2, "%s", argv[optind]);
		add(f);
		fclose(f);
	}
	qsort(lines, count, sizeof(*lines), compare);
	for (size_t i = 0; i < count; i++)
		if (!unique || i == 0 || compare(&lines[i - 1], &lines[i]) != 0)
			puts(lines[i]);
	return fflush(stdout) == EOF ? 2 : 0;
}
