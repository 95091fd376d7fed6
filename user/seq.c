/* user/seq.c: numbers one after the other: seq [-s separator] [-f format] [first [step]] last. (lab 3) */
#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static double number(const char *text)
{
	char *end;
	double x = strtod(text, &end);

	if (*end || end == text || !isfinite(x))
		errx(2, "%s: not a number", text);
	return x;
}

/* Exactly one conversion, and it is of a double. */
static void check_format(const char *format)
{
	const char *p = strchr(format, '%');

	if (p)
		p += 1 + strspn(p + 1, "-+ #0123456789.");
	if (!p || !*p || !strchr("aefgEG", *p) || strchr(p, '%'))
		errx(2, "%s: a format has one %%g, %%f, %%e or %%a", format);
}

/* A minus sign and a digit are a number, not an option. */
static int is_number(const char *word)
{
	return word && word[0] == '-' && (word[1] == '.' || (word[1] >= '0' && word[1] <= '9'));
}

int main(int argc, char **argv)
{
	const char *separator = "\n", *format = "%g";
	double first = 1, step = 1, last;
	int c;

	while (!is_number(argv[optind]) && (c = getopt(argc, argv, "+s:f:")) != -1)
		switch (c) {
		case 's': separator = optarg; break;
		case 'f': format = optarg; break;
		default: errx(2, "usage: seq [-s separator] [-f format] [first [step]] last");
		}
	int n = argc - optind;
	if (n < 1 || n > 3)
		errx(2, "usage: seq [-s separator] [-f format] [first [step]] last");
	check_format(format);
	if (n > 1)
		first = number(argv[optind]);
	if (n > 2)
		step = number(argv[optind + 1]);
	last = number(argv[argc - 1]);
	if (step == 0)
		errx(2, "a step of 0 leads nowhere");
	double steps = floor((last - first) / step + 1e-9);
	for (double i = 0; i <= steps && !ferror(stdout); i++) {
		if (i > 0)
			fputs(separator, stdout);
		printf(format, first + i * step);
	}
	if (steps >= 0)
		putchar('\n');
	return fflush(stdout) == EOF;
}
