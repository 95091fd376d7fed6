/* lib/number.c: numbers out of text. (lab 3) */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

static int digit_of(char c)
{
	return isdigit(c) ? c - '0' : isalpha(c) ? tolower(c) - 'a' + 10 : 99;
}

static bool hex_follows(const char *s)
{
	return s[0] == '0' && tolower(s[1]) == 'x' && isxdigit(s[2]);
}

/* Blanks, sign, prefix, digits. *overflow: the number does not fit into an unsigned long. */
static unsigned long parse(const char *s, char **end, int base, bool *negative, bool *overflow)
{
	const char *p = s;
	unsigned long value = 0;
	bool digits = false;

	while (isspace(*p))
		p++;
	*negative = *p == '-';
	if (*p == '-' || *p == '+')
		p++;
	if ((base == 0 || base == 16) && hex_follows(p)) {
		p += 2;
		base = 16;
	}
	if (base == 0)
		base = *p == '0' ? 8 : 10;
	for (*overflow = false; digit_of(*p) < base; p++, digits = true) {
		*overflow |= __builtin_mul_overflow(value, (unsigned long)base, &value);
		*overflow |= __builtin_add_overflow(value, (unsigned long)digit_of(*p), &value);
	}
	if (end)
		*end = (char *)(digits ? p : s);
	return value;
}

unsigned long strtoul(const char *s, char **end, int base)
{
	bool negative, overflow;
	unsigned long value = parse(s, end, base, &negative, &overflow);

	if (overflow) {
		errno = ERANGE;
		return ULONG_MAX;
	}
	return negative ? -value : value;
}

long strtol(const char *s, char **end, int base)
{
	bool negative, overflow;
	unsigned long value = parse(s, end, base, &negative, &overflow);

	if (overflow || value > LONG_MAX + (unsigned long)negative) {
		errno = ERANGE;
		return negative ? LONG_MIN : LONG_MAX;
	}
	return negative ? -value : value;
}

int atoi(const char *s) { return strtol(s, NULL, 10); }
long atol(const char *s) { return strtol(s, NULL, 10); }
int abs(int n) { return n < 0 ? -n : n; }
long labs(long n) { return n < 0 ? -n : n; }
