/* lib/scan.c: formatted input: scanf, fscanf, sscanf and their v- forms. (lab 3)
 * Integers, %c %s %[ %n %p %%; floating point by scan_float, which only programs that read it have (tools/floats.sh).
 */
#include "forward.h"
#include "scan.h"
#include <ctype.h>
#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* One conversion: %[*][width][length]conversion; for %[ the set of characters. */
struct scan_spec {
	bool discard;
	int width;      /* INT_MAX: none given */
	char length;    /* h l j z t L, H for hh, q for ll, 0 */
	char conversion;
	uint8_t set[(UCHAR_MAX + 1) / 8];
};

static bool in_set(const struct scan_spec *spec, int c)
{
	return spec->set[c / 8] >> c % 8 & 1;
}

int __scan_get(struct scan *s)
{
	int c;

	if (s->room == 0)
		return EOF;
	c = s->file ? fgetc(s->file) : *s->text ? (unsigned char)*s->text++ : EOF;
	if (c == EOF)
		return EOF;
	s->room--;
	s->taken++;
	return c;
}

/* The last one taken goes back. */
void __scan_unget(struct scan *s, int c)
{
	if (c == EOF)
		return;
	if (s->file)
		ungetc(c, s->file);
	else
		s->text--;
	s->room++;
	s->taken--;
}

static void skip_blanks(struct scan *s)
{
	int c;

	s->room = INT_MAX;
	do
		c = __scan_get(s);
	while (c != EOF && isspace(c));
	__scan_unget(s, c);
}

static bool at_end(struct scan *s)
{
	int c;

	s->room = INT_MAX;
	c = __scan_get(s);
	__scan_unget(s, c);
	return c == EOF;
}

static int size_of(const struct scan_spec *spec)
{
	if (spec->conversion == 'p')
		return sizeof(void *);
	switch (spec->length) {
	case 'H': return 1;
	case 'h': return 2;
	case 'l': return sizeof(long);
	case 'q': case 'j': return 8;
	case 'z': case 't': return sizeof(size_t);
	default: return sizeof(int);
	}
}

static void store(void *to, const struct scan_spec *spec, uint64_t value)
{
	switch (size_of(spec)) {
	case 1: *(uint8_t *)to = value; break;
	case 2: *(uint16_t *)to = value; break;
	case 8: *(uint64_t *)to = value; break;
	default: *(uint32_t *)to = value; break;
	}
}

/* A sign, "0x" where the base allows, digits. False: not even one digit. */
static bool scan_integer(struct scan *s, int base, uint64_t *value)
{
	int c = __scan_get(s);
	bool negative = c == '-', any = false;

	if (c == '-' || c == '+')
		c = __scan_get(s);
	if (c == '0' && (base == 0 || base == 16)) {
		any = true;
		c = __scan_get(s);
		if (c == 'x' || c == 'X') {
			any = false; /* "0x" alone is no number: the x can't go back together with the 0 */
			base = 16;
			c = __scan_get(s);
		} else if (base == 0) {
			base = 8;
		}
	}
	base = base ? base : 10;
	for (*value = 0; c != EOF && isxdigit(c); c = __scan_get(s)) {
		int digit = isdigit(c) ? c - '0' : tolower(c) - 'a' + 10;

		if (digit >= base)
			break;
		*value = *value * base + digit;
		any = true;
	}
	__scan_unget(s, c);
	*value = negative ? -*value : *value;
	return any;
}

static int base_of(char conversion)
{
	switch (conversion) {
	case 'i': return 0;
	case 'o': return 8;
	case 'x': case 'X': case 'p': return 16;
	default: return 10;
	}
}

/* Characters that belong to the set, into to (may be NULL), ended by a NUL unless it is %c. How many. */
static int scan_characters(struct scan *s, const struct scan_spec *spec, char *to)
{
	int n = 0, c = EOF;

	while (n < spec->width && (c = __scan_get(s)) != EOF && in_set(spec, c)) {
		if (to)
			to[n] = c;
		n++;
	}
	if (n < spec->width)
		__scan_unget(s, c);
	if (to && spec->conversion != 'c' && n)
		to[n] = 0;
	return n;
}

/* What %c and %s take; what %[ takes stands in the format, whose end is returned. */
static const char *parse_set(const char *p, struct scan_spec *spec)
{
	bool inverted = spec->conversion != '[';
	const char *start;

	memset(spec->set, 0, sizeof(spec->set));
	if (spec->conversion == 's')
		for (const char *blank = " \t\n\v\f\r"; *blank; blank++)
			spec->set[*blank / 8] |= 1 << *blank % 8;
	if (spec->conversion == '[') {
		if (p[1] == '^') {
			inverted = true;
			p++;
		}
		for (start = ++p; *p && (*p != ']' || p == start); p++) {
			unsigned from = (unsigned char)*p, to = from;

			if (p > start && p[0] == '-' && p[1] && p[1] != ']') {
				from = (unsigned char)p[-1];
				to = (unsigned char)p[1];
			}
			for (; from <= to; from++)
				spec->set[from / 8] |= 1 << from % 8;
		}
	}
	for (unsigned i = 0; inverted && i < sizeof(spec->set); i++)
		spec->set[i] = ~spec->set[i];
	return p;
}

static const char *length_of(const char *p, struct scan_spec *spec)
{
	bool twice = p[0] && p[1] == p[0];

	if (!*p || !strchr("hljztL", *p))
		return p;
	spec->length = *p == 'h' && twice ? 'H' : *p == 'l' && twice ? 'q' : *p;
	return p + (strchr("Hq", spec->length) ? 2 : 1);
}

/* p: behind the percent sign. Returns where the conversion ends. */
static const char *parse_spec(const char *p, struct scan_spec *spec)
{
	*spec = (struct scan_spec){ .width = 0 };
	if (*p == '*') {
		spec->discard = true;
		p++;
	}
	for (; isdigit((unsigned char)*p); p++)
		if (spec->width < INT_MAX / 20)
			spec->width = spec->width * 10 + (*p - '0');
	p = length_of(p, spec);
	spec->conversion = *p;
	if (!spec->width)
		spec->width = *p == 'c' ? 1 : INT_MAX;
	if (*p == 'c' || *p == 's' || *p == '[')
		p = parse_set(p, spec);
	return p;
}

/* False: the input does not match, or the conversion is unknown. */
static bool convert(struct scan *s, const struct scan_spec *spec, void *to)
{
	uint64_t value;

	s->room = spec->width;
	switch (spec->conversion) {
	case 'c':
	case 's':
	case '[':
		return scan_characters(s, spec, to) > 0; /* fewer than %5c asks for are accepted, as elsewhere */
	case 'd': case 'i': case 'u': case 'o': case 'x': case 'X': case 'p':
		if (!scan_integer(s, base_of(spec->conversion), &value))
			return false;
		if (to)
			store(to, spec, value);
		return true;
	case 'a': case 'A': case 'e': case 'E': case 'f': case 'F': case 'g': case 'G':
		return scan_float && scan_float(s, spec->length, to);
	default:
		return false;
	}
}

static bool literal(struct scan *s, char want)
{
	int c;

	s->room = INT_MAX;
	c = __scan_get(s);
	if (c == (unsigned char)want)
		return true;
	__scan_unget(s, c);
	return false;
}

/* How many were stored; EOF: the input ended before the first. */
static int scan(struct scan *s, const char *p, va_list ap)
{
	int stored = 0;
	struct scan_spec spec;

	for (; *p; p++) {
		if (isspace((unsigned char)*p)) {
			skip_blanks(s);
			continue;
		}
		if (*p != '%' || p[1] == '%') {
			p += *p == '%';
			if (*p == '%')
				skip_blanks(s);
			if (literal(s, *p))
				continue;
			return stored == 0 && at_end(s) ? EOF : stored;
		}
		p = parse_spec(p + 1, &spec);
		if (!*p)
			return stored;
		if (spec.conversion == 'n') {
			if (!spec.discard)
				store(va_arg(ap, void *), &spec, s->taken);
			continue;
		}
		if (!strchr("c[", spec.conversion))
			skip_blanks(s);
		if (at_end(s))
			return stored ? stored : EOF;
		if (!convert(s, &spec, spec.discard ? NULL : va_arg(ap, void *)))
			return stored;
		stored += !spec.discard;
	}
	return stored;
}

int vfscanf(FILE *f, const char *fmt, va_list ap)
{
	struct scan s = { .file = f };

	return scan(&s, fmt, ap);
}

int vsscanf(const char *text, const char *fmt, va_list ap)
{
	struct scan s = { .text = text };

	return scan(&s, fmt, ap);
}

int vscanf(const char *fmt, va_list ap) { return vfscanf(stdin, fmt, ap); }

int scanf(const char *fmt, ...) { FORWARD(vfscanf(stdin, fmt, ap)); }
int fscanf(FILE *f, const char *fmt, ...) { FORWARD(vfscanf(f, fmt, ap)); }
int sscanf(const char *text, const char *fmt, ...) { FORWARD(vsscanf(text, fmt, ap)); }
