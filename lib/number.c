/* lib/number.c: numbers out of text. (lab 3) */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

static unsigned digit_of(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : isalpha((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : 99;
}

static bool hex_follows(const char *s)
{
	return s[0] == '0' && (s[1] | ' ') == 'x' && digit_of(s[2]) < 16;
}

/* *value * base + digit. False: it does not fit. In halves, which machines of 32 bits multiply at once. */
static bool append(uint64_t *value, unsigned base, unsigned digit)
{
	uint64_t low = (*value & 0xffffffff) * base + digit;
	uint64_t high = (*value >> 32) * base + (low >> 32);

	*value = high << 32 | (low & 0xffffffff);
	return high >> 32 == 0;
}

struct number {
	uint64_t value;
	bool negative, overflow; /* overflow: it is not even an uint64_t */
};

/* Blanks, sign, prefix, digits. */
static struct number parse(const char *s, char **end, int base)
{
	const char *p = s;
	struct number n = { 0 };
	bool digits = false;

	while (isspace((unsigned char)*p))
		p++;
	n.negative = *p == '-';
	if (*p == '-' || *p == '+')
		p++;
	if ((base == 0 || base == 16) && hex_follows(p)) {
		p += 2;
		base = 16;
	}
	if (base == 0)
		base = *p == '0' ? 8 : 10;
	if (base < 2 || base > 36) {
		errno = EINVAL;
		base = 0;
	}
	for (; digit_of(*p) < (unsigned)base; p++, digits = true)
		n.overflow |= !append(&n.value, base, digit_of(*p));
	if (end)
		*end = (char *)(digits ? p : s);
	return n;
}

static uint64_t parse_unsigned(const char *s, char **end, int base, uint64_t most)
{
	struct number n = parse(s, end, base);

	if (n.overflow || n.value > most) {
		errno = ERANGE;
		return most;
	}
	return n.negative ? -n.value : n.value;
}

static int64_t parse_signed(const char *s, char **end, int base, int64_t most)
{
	struct number n = parse(s, end, base);

	if (n.overflow || n.value > (uint64_t)most + n.negative) {
		errno = ERANGE;
		return n.negative ? -most - 1 : most;
	}
	return n.negative ? -n.value : n.value;
}

unsigned long strtoul(const char *s, char **end, int base) { return parse_unsigned(s, end, base, ULONG_MAX); }
unsigned long long strtoull(const char *s, char **end, int base) { return parse_unsigned(s, end, base, ULLONG_MAX); }
uintmax_t strtoumax(const char *s, char **end, int base) { return parse_unsigned(s, end, base, UINTMAX_MAX); }
long strtol(const char *s, char **end, int base) { return parse_signed(s, end, base, LONG_MAX); }
long long strtoll(const char *s, char **end, int base) { return parse_signed(s, end, base, LLONG_MAX); }
intmax_t strtoimax(const char *s, char **end, int base) { return parse_signed(s, end, base, INTMAX_MAX); }

int atoi(const char *s) { return strtol(s, NULL, 10); }
long atol(const char *s) { return strtol(s, NULL, 10); }
long long atoll(const char *s) { return strtoll(s, NULL, 10); }
int abs(int n) { return n < 0 ? -n : n; }
long labs(long n) { return n < 0 ? -n : n; }
long long llabs(long long n) { return n < 0 ? -n : n; }
intmax_t imaxabs(intmax_t n) { return n < 0 ? -n : n; }
div_t div(int n, int d) { return (div_t){ n / d, n % d }; }
ldiv_t ldiv(long n, long d) { return (ldiv_t){ n / d, n % d }; }
lldiv_t lldiv(long long n, long long d) { return (lldiv_t){ n / d, n % d }; }
imaxdiv_t imaxdiv(intmax_t n, intmax_t d) { return (imaxdiv_t){ n / d, n % d }; }
