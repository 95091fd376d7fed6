/* user/grep.c: lines that match a pattern: grep [-cinqv] pattern [file ...]; ^ $ . [set] x* and \x. (lab 3) */
#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool count_only, ignore_case, numbers, quiet, inverted, with_names;

/* Where the pattern's first piece (a character, or a set) ends. */
static const char *piece_end(const char *p)
{
	if (*p == '\\' && p[1])
		return p + 2;
	if (*p == '[' && strchr(p + 1 + (p[1] == '^') + 1, ']'))
		return strchr(p + 1 + (p[1] == '^') + 1, ']') + 1;
	return p + 1;
}

static bool same(int a, int b)
{
	return ignore_case ? tolower(a) == tolower(b) : a == b;
}

static bool in_set(const char *p, const char *end, int c)
{
	bool not = *p == '^', found = false;

	for (p += not; p < end; p++) {
		if (p[1] == '-' && p + 2 < end) {
			int from = (unsigned char)p[0], to = (unsigned char)p[2];

			found |= (c >= from && c <= to) || (ignore_case && ((tolower(c) >= from && tolower(c) <= to) ||
				(toupper(c) >= from && toupper(c) <= to)));
			p += 2;
		} else {
			found |= same(c, (unsigned char)*p);
		}
	}
	return found != not;
}

static bool piece_matches(const char *p, const char *end, int c)
{
	if (!c)
		return false;
	if (*p == '\\' && end == p + 2)
		return same((unsigned char)p[1], c);
	if (*p == '[' && end > p + 1)
		return in_set(p + 1, end - 1, c);
	return *p == '.' || same((unsigned char)*p, c);
}

/* Does the pattern match from here on? A star takes as much as it can, and gives back what the rest needs. */
static bool matches_here(const char *p, const char *s)
{
	while (*p) {
		const char *end, *first = s;

		if (p[0] == '$' && !p[1])
			return !*s;
		end = piece_end(p);
		if (*end != '*') {
			if (!piece_matches(p, end, (unsigned char)*s))
				return false;
			p = end;
			s++;
			continue;
		}
		while (piece_matches(p, end, (unsigned char)*s))
			s++;
		for (; s > first; s--)
			if (matches_here(end + 1, s))
				return true;
		p = end + 1;
	}
	return true;
}

static bool matches(const char *pattern, const char *s)
{
	if (*pattern == '^')
		return matches_here(pattern + 1, s);
	do
		if (matches_here(pattern, s))
			return true;
	while (*s++);
	return false;
}

/* Number of lines found. */
static unsigned long search(const char *pattern, FILE *f, const char *name)
{
	unsigned long found = 0, number = 0;
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, f) > 0) {
		line[strcspn(line, "\n")] = 0;
		number++;
		if (matches(pattern, line) == inverted)
			continue;
		found++;
		if (quiet)
			break;
		if (count_only)
			continue;
		if (with_names)
			printf("%s:", name);
		if (numbers)
			printf("%lu:", number);
		puts(line);
	}
	free(line);
	if (count_only && !quiet)
		printf("%s%s%lu\n", with_names ? name : "", with_names ? ":" : "", found);
	return found;
}

int main(int argc, char **argv)
{
	unsigned long found = 0;
	int c, failed = 0;

	while ((c = getopt(argc, argv, "cinqv")) != -1)
		switch (c) {
		case 'c': count_only = true; break;
		case 'i': ignore_case = true; break;
		case 'n': numbers = true; break;
		case 'q': quiet = true; break;
		case 'v': inverted = true; break;
		default: errx(2, "usage: grep [-cinqv] pattern [file ...]");
		}
	if (optind == argc)
		errx(2, "usage: grep [-cinqv] pattern [file ...]");
	const char *pattern = argv[optind++];
	with_names = argc - optind > 1;
	if (optind == argc)
		found = search(pattern, stdin, "(standard input)");
	for (; optind < argc; optind++) {
		FILE *f = fopen(argv[optind], "r");

		if (f) {
			found += search(pattern, f, argv[optind]);
			fclose(f);
		} else {
			warn("%s", argv[optind]);
			failed = 2;
		}
	}
	return failed ? failed : found == 0;
}
