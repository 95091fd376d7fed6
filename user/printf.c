/* user/printf.c: formatted output: printf format [argument ...]; the format is used again while arguments are left. (lab 3) */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char **arguments;
static int failed;

static const char *next(void)
{
	return *arguments ? *arguments++ : NULL;
}

/* A character behind a backslash: a letter, or up to three octal digits. Returns where it ends. */
static const char *escape(const char *p)
{
	static const char letters[] = "abefnrtv", means[] = "\a\b\033\f\n\r\t\v";
	const char *found = *p ? strchr(letters, *p) : NULL;
	int c = 0, n = 0;

	if (found)
		return putchar(means[found - letters]), p + 1;
	for (; n < 3 && p[n] >= '0' && p[n] <= '7'; n++)
		c = c * 8 + (p[n] - '0');
	if (n == 0 && *p)
		return putchar(*p), p + 1;
	putchar(n ? c : '\\');
	return p + n;
}

static void escaped(const char *text)
{
	while (*text)
		if (*text == '\\')
			text = escape(text + 1);
		else
			putchar(*text++);
}

/* A quote and a character is its code. */
static long long integer(const char *text)
{
	char *end;

	if (!text)
		return 0;
	if (*text == '\'' || *text == '"')
		return (unsigned char)text[1];
	errno = 0;
	long long n = *text == '-' ? strtoll(text, &end, 0) : (long long)strtoull(text, &end, 0);
	if (*end || end == text || errno) {
		warnx("%s: not a number", text);
		failed = 1;
	}
	return n;
}

static double real(const char *text)
{
	char *end;
	double x = text ? strtod(text, &end) : 0;

	if (text && (*end || end == text)) {
		warnx("%s: not a number", text);
		failed = 1;
	}
	return x;
}

/* One conversion; returns where it ends. */
static const char *convert(const char *p)
{
	size_t n = strspn(p, "-+ #0123456789.");
	char format[40];

	if (!p[n] || n > 24 || !strchr("diouxXcsbaAeEfFgG", p[n]))
		errx(1, "%%%.*s: no such conversion", (int)n + 1, p);
	if (p[n] == 'b') {
		const char *text = next();

		escaped(text ? text : "");
		return p + n + 1;
	}
	const char *length = strchr("diouxX", p[n]) ? "ll" : "";
	snprintf(format, sizeof(format), "%%%.*s%s%c", (int)n, p, length, p[n]);
	if (*length) {
		printf(format, integer(next()));
	} else if (p[n] == 's') {
		const char *text = next();

		printf(format, text ? text : "");
	} else if (p[n] == 'c') {
		const char *text = next();

		if (text)
			printf(format, *text);
	} else {
		printf(format, real(next()));
	}
	return p + n + 1;
}

static void once(const char *p)
{
	while (*p) {
		if (*p == '\\') {
			p = escape(p + 1);
		} else if (*p == '%' && p[1] == '%') {
			putchar('%');
			p += 2;
		} else if (*p == '%') {
			p = convert(p + 1);
		} else {
			putchar(*p++);
		}
	}
}

int main(int argc, char **argv)
{
	char **before;

	if (argc < 2)
		errx(1, "usage: printf format [argument ...], as printf \"%%s: %%g\\\\n\" half 0.5");
	arguments = argv + 2;
	do {
		before = arguments;
		once(argv[1]);
	} while (*arguments && arguments > before);
	return failed || fflush(stdout) == EOF;
}
