/* lib/float_parse.c: text as doubles and floats, always the nearest: strtod, strtof, atof. (lab 3)
 * A number in decimal is a quotient of two whole numbers. They are divided exactly, bit by bit, to as many bits as the
 * result has; what remains decides about rounding, once, ties to even.
 */
#include "big.h"
#include "float_parse.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/*
 * A number half way between two doubles has at most 768 digits. Those past so many can only say "a little more".
 */
#define KEPT_DIGITS 770
#define EXPONENT_LIMIT 20000 /* far out of range, and far from an overflow of int */
#define DECIMAL_MAX 310      /* 10^310 is infinite, 10^-345 nothing, for all kinds */
#define DECIMAL_MIN (-345)

/* What was read: digit * base^exponent (base 10), or * 2^exponent (base 16). */
struct number {
	struct big digits;
	int exponent;
	int used; /* digits that are in it, without zeros at the front */
	bool more; /* and not zero was what did not fit */
};

static int digit_value(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

static bool is_digit(char c, bool hex)
{
	return hex ? isxdigit((unsigned char)c) : isdigit((unsigned char)c);
}

static void add_digit(struct number *n, int digit, bool hex)
{
	if (n->used == KEPT_DIGITS) {
		n->more |= digit != 0;
		n->exponent += hex ? 4 : 1;
	} else if (digit || n->used) {
		if (n->digits.used)
			__big_multiply_add(&n->digits, hex ? 16 : 10, digit);
		else
			__big_set(&n->digits, digit);
		n->used++;
	}
}

/* Digits, with a point perhaps. Where they end; NULL: there is no digit. */
static const char *read_digits(const char *p, struct number *n, bool hex)
{
	bool any = false, point = false;

	for (;; p++) {
		if (*p == '.' && !point) {
			point = true;
		} else if (is_digit(*p, hex)) {
			any = true;
			add_digit(n, digit_value(*p), hex);
			n->exponent -= point ? hex ? 4 : 1 : 0;
		} else {
			return any ? p : NULL;
		}
	}
}

/* "e-5", "p+3"; without digits behind the letter it does not belong to the number. */
static const char *read_exponent(const char *p, char letter, int *exponent)
{
	const char *digits = p + 1;
	int value = 0;

	if (tolower((unsigned char)*p) != letter)
		return p;
	bool negative = *digits == '-';
	if (*digits == '-' || *digits == '+')
		digits++;
	if (!isdigit((unsigned char)*digits))
		return p;
	for (p = digits; isdigit((unsigned char)*p); p++)
		if (value < EXPONENT_LIMIT)
			value = value * 10 + (*p - '0');
	*exponent += negative ? -value : value;
	return p;
}

static uint64_t infinity(const struct float_kind *kind)
{
	return ((1ull << kind->exponent_bits) - 1) << (kind->mantissa - 1);
}

static uint64_t out_of_range(uint64_t result)
{
	errno = ERANGE;
	return result;
}

/* The nearest to top / bottom * 2^exponent. Both are used up. */
static uint64_t divide(struct big *top, struct big *bottom, int exponent, bool more, const struct float_kind *kind)
{
	int shift = __big_bits(top) - __big_bits(bottom), bits;
	uint64_t quotient = 0, mantissa;

	/* Make it 1 <= top / bottom < 2. */
	exponent += shift;
	if (shift > 0)
		__big_shift(bottom, shift);
	else
		__big_shift(top, -shift);
	if (__big_compare(top, bottom) < 0) {
		__big_shift(top, 1);
		exponent--;
	}
	bits = exponent < kind->exponent_min ? kind->mantissa - (kind->exponent_min - exponent) : kind->mantissa;
	if (bits < 0)
		return out_of_range(0);
	for (int i = 0; i <= bits; i++) { /* one more bit than there will be */
		quotient <<= 1;
		if (__big_compare(top, bottom) >= 0) {
			__big_subtract(top, bottom);
			quotient |= 1;
		}
		__big_shift(top, 1);
	}
	more |= top->used != 0;
	mantissa = quotient >> 1;
	if ((quotient & 1) && (more || (mantissa & 1)))
		mantissa++;
	if (bits < kind->mantissa) /* too small to be normal: then the exponent field is 0 */
		return more || (quotient & 1) ? out_of_range(mantissa) : mantissa;
	/* The leading one adds one to the exponent field, and a carry out of the mantissa one more. */
	mantissa += (uint64_t)(exponent - kind->exponent_min) << (kind->mantissa - 1);
	return mantissa < infinity(kind) ? mantissa : out_of_range(infinity(kind));
}

static uint64_t decimal_value(struct number *n, const struct float_kind *kind)
{
	struct big one;

	if (n->used + n->exponent > DECIMAL_MAX)
		return out_of_range(infinity(kind));
	if (n->used + n->exponent < DECIMAL_MIN)
		return out_of_range(0);
	__big_set(&one, 1);
	if (n->exponent > 0)
		__big_multiply_5(&n->digits, n->exponent);
	else
		__big_multiply_5(&one, -n->exponent);
	return divide(&n->digits, &one, n->exponent, n->more, kind);
}

static uint64_t hex_value(struct number *n, const struct float_kind *kind)
{
	struct big one;
	int magnitude = n->exponent + 4 * n->used;

	if (magnitude > 2000)
		return out_of_range(infinity(kind));
	if (magnitude < -2000)
		return out_of_range(0);
	__big_set(&one, 1);
	return divide(&n->digits, &one, n->exponent, n->more, kind);
}

/* "inf", "infinity", "nan", "nan(...)". NULL: none of them. */
static const char *read_name(const char *p, const struct float_kind *kind, uint64_t *bits)
{
	*bits = infinity(kind);
	if (strncasecmp(p, "inf", 3) == 0)
		return strncasecmp(p, "infinity", 8) == 0 ? p + 8 : p + 3;
	if (strncasecmp(p, "nan", 3) != 0)
		return NULL;
	*bits |= 1ull << (kind->mantissa - 2);
	const char *inside = p += 3;
	if (*inside++ != '(')
		return p;
	while (isalnum((unsigned char)*inside) || *inside == '_')
		inside++;
	return *inside == ')' ? inside + 1 : p;
}

uint64_t __float_parse(const char *text, char **end, const struct float_kind *kind, int *negative)
{
	struct number n = { .exponent = 0 };
	const char *p = text, *behind;
	uint64_t bits = 0;

	while (isspace((unsigned char)*p))
		p++;
	*negative = *p == '-';
	if (*p == '-' || *p == '+')
		p++;
	bool hex = p[0] == '0' && tolower((unsigned char)p[1]) == 'x' &&
		   (isxdigit((unsigned char)p[2]) || (p[2] == '.' && isxdigit((unsigned char)p[3])));
	if ((behind = read_name(p, kind, &bits))) {
		/* done */
	} else if ((behind = read_digits(hex ? p + 2 : p, &n, hex))) {
		behind = read_exponent(behind, hex ? 'p' : 'e', &n.exponent);
		bits = !n.used ? 0 : hex ? hex_value(&n, kind) : decimal_value(&n, kind);
	} else {
		behind = text;
		bits = 0;
		*negative = 0;
	}
	if (end)
		*end = (char *)behind;
	return bits;
}

double strtod(const char *text, char **end)
{
	static const struct float_kind kind = { 53, -1022, 11 };
	int negative;
	uint64_t bits = __float_parse(text, end, &kind, &negative);
	double value;

	bits |= (uint64_t)negative << 63;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

float strtof(const char *text, char **end)
{
	static const struct float_kind kind = { 24, -126, 8 };
	int negative;
	uint32_t bits = __float_parse(text, end, &kind, &negative);
	float value;

	bits |= (uint32_t)negative << 31;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

long double strtold(const char *text, char **end) { return strtod(text, end); }
double atof(const char *text) { return strtod(text, NULL); }
