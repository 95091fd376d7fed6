/* lib/math_trig.c: sine, cosine, tangent, of any argument. (lab 3) */
#include "pair.h"
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define QUARTER 0x1.921fb54442d18p-1 /* pi / 4 */
#define FRACTION_WORDS 6

/* 2 / pi, behind the point, after two words of zeros: as many bits as the largest double can ask for. */
static const uint32_t two_per_pi[] = { 0, 0,
	0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab, 0xdebbc561, 0xb7246e3a, 0x424dd2e0,
	0x06492eea, 0x09d1921c, 0xfe1deb1c, 0xb129a73e, 0xe88235f5, 0x2ebb4484, 0xe99c7026, 0xb45f7e41, 0x3991d639, 0x835339f4,
	0x9c845f8b, 0xbdf9283b, 0x1ff897ff, 0xde05980f, 0xef2f118b, 0x5a0a6d1f, 0x6d367ecf, 0x27cb09b7, 0x4f463f66, 0x9e5fea2d,
	0x7527bac7, 0xebe5f17b, 0x3d0739f7, 0x8a5292ea, 0x6bfb5fb1, 0x1f8d5d08, 0x56033046, 0xfc7b6bab };

/*
 * m * 2^e * 2/pi modulo 4, in units of 2^-190: words, least significant first. Bits of 2/pi that would give multiples of
 * 4 are left out at the front, and those that change nothing at the end.
 */
static void multiply(uint64_t m, int e, uint32_t words[FRACTION_WORDS])
{
	unsigned from = e - 2 + 64, shift = from % 32;
	uint64_t carry = 0, low = (uint32_t)m, high = m >> 32, before = 0;

	for (int i = 0; i < FRACTION_WORDS; i++) {
		const uint32_t *p = &two_per_pi[from / 32 + FRACTION_WORDS - 1 - i];
		uint32_t bits = shift ? p[0] << shift | p[1] >> (32 - shift) : p[0];
		uint64_t product = low * bits, sum = carry + (uint32_t)product + (uint32_t)(high * before);

		words[i] = sum;
		carry = (sum >> 32) + (product >> 32) + (high * before >> 32);
		before = bits;
	}
}

/* The value of the words as a fraction of 2^192. */
static pair fraction(const uint32_t words[FRACTION_WORDS])
{
	pair sum = { 0, 0 };
	double unit = 0x1p-32;

	for (int i = FRACTION_WORDS - 1; i >= 0; i--, unit *= 0x1p-32)
		sum = pair_add(sum, (pair){ words[i] * unit, 0 });
	return sum;
}

/* x = n * pi/2 + r, |r| <= pi/4: n modulo 4. Exact to more than 100 bits, for however large an x. => x is finite */
static int reduce(double x, pair *r)
{
	static const pair half_pi = { 0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54 };
	uint32_t words[FRACTION_WORDS];
	int e, n;

	*r = (pair){ x, 0 };
	if (fabs(x) <= QUARTER)
		return 0;
	uint64_t m = (uint64_t)ldexp(frexp(fabs(x), &e), 53);
	multiply(m, e - 53, words);
	n = words[FRACTION_WORDS - 1] >> 30;
	for (int i = FRACTION_WORDS - 1; i >= 0; i--) /* the two bits go */
		words[i] = words[i] << 2 | (i ? words[i - 1] >> 30 : 0);
	bool above = words[FRACTION_WORDS - 1] >> 31; /* half and more: from the next multiple down */
	for (int i = 0; above && i < FRACTION_WORDS; i++)
		words[i] = ~words[i];
	*r = pair_multiply(fraction(words), half_pi);
	if (above != (x < 0))
		*r = pair_negative(*r);
	n += above;
	return (x < 0 ? -n : n) & 3;
}

/* Of |r| <= pi/4, as its two leading parts. */
static pair sine(pair r)
{
	static const double c[] = { 1 / 355687428096000.0, -1 / 1307674368000.0, 1 / 6227020800.0, -1 / 39916800.0, 1 / 362880.0,
		-1 / 5040.0, 1 / 120.0, -1 / 6.0 };
	double z = r.hi * r.hi, sum = 0;

	for (unsigned i = 0; i < sizeof(c) / sizeof(*c); i++)
		sum = sum * z + c[i];
	return pair_tidy(r.hi, r.hi * z * sum + r.lo * (1 - z / 2));
}

static pair cosine(pair r)
{
	static const double c[] = { -1 / 6402373705728000.0, 1 / 20922789888000.0, -1 / 87178291200.0, 1 / 479001600.0, -1 / 3628800.0,
		1 / 40320.0, -1 / 720.0, 1 / 24.0 };
	double z = r.hi * r.hi, sum = 0;
	pair square = pair_product(r.hi, r.hi), first = pair_sum(1, -square.hi / 2);

	for (unsigned i = 0; i < sizeof(c) / sizeof(*c); i++)
		sum = sum * z + c[i];
	return pair_tidy(first.hi, first.lo - square.lo / 2 + (z * z * sum - r.hi * r.lo));
}

static double undefined(double x)
{
	if (x == x)
		errno = EDOM;
	return NAN;
}

/* Error below 0.8 of a unit in the last place. */
double sin(double x)
{
	pair r, result;

	if (!(fabs(x) < HUGE_VAL))
		return undefined(x);
	if (fabs(x) < 0x1p-27)
		return x;
	int n = reduce(x, &r);
	result = n & 1 ? cosine(r) : sine(r);
	return n & 2 ? -(result.hi + result.lo) : result.hi + result.lo;
}

/* Below 0.8. */
double cos(double x)
{
	pair r, result;

	if (!(fabs(x) < HUGE_VAL))
		return undefined(x);
	int n = reduce(x, &r);
	result = n & 1 ? sine(r) : cosine(r);
	return (n + 1) & 2 ? -(result.hi + result.lo) : result.hi + result.lo;
}

/* Below 1. */
double tan(double x)
{
	pair r, quotient;

	if (!(fabs(x) < HUGE_VAL))
		return undefined(x);
	if (fabs(x) < 0x1p-27)
		return x;
	int n = reduce(x, &r);
	quotient = n & 1 ? pair_divide(cosine(r), pair_negative(sine(r))) : pair_divide(sine(r), cosine(r));
	return quotient.hi + quotient.lo;
}

float sinf(float x) { return sin(x); }
float cosf(float x) { return cos(x); }
float tanf(float x) { return tan(x); }
