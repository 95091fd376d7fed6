/* lib/math_round.c: what is done with a double's bits: rounding to whole numbers, scaling, taking apart; all exact. (lab 3) */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#define FRACTION_BITS 52
#define BIAS 1023
#define FIELD_MAX 0x7ff

static uint64_t bits_of(double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	return bits;
}

static double double_of(uint64_t bits)
{
	double x;

	memcpy(&x, &bits, sizeof(x));
	return x;
}

static int field(double x)
{
	return bits_of(x) >> FRACTION_BITS & FIELD_MAX;
}

double fabs(double x) { return double_of(bits_of(x) << 1 >> 1); }

double copysign(double x, double sign)
{
	return double_of(bits_of(x) << 1 >> 1 | bits_of(sign) >> 63 << 63);
}

/* Towards zero. */
double trunc(double x)
{
	int below = FRACTION_BITS - (field(x) - BIAS); /* bits of the fraction that are below one */

	if (below <= 0)
		return x;
	return double_of(below > FRACTION_BITS ? bits_of(x) >> 63 << 63 : bits_of(x) >> below << below);
}

double floor(double x)
{
	double t = trunc(x);

	return t > x ? t - 1 : t;
}

double ceil(double x)
{
	double t = trunc(x);

	return t < x ? copysign(t + 1, x) : t;
}

/* Halves away from zero. */
double round(double x)
{
	double t = trunc(x);

	return fabs(x - t) >= 0.5 ? t + copysign(1, x) : t;
}

/* By the rounding mode: added to 2^52, no bit below one has room. */
double rint(double x)
{
	volatile double big = copysign(0x1p52, x);

	if (!(fabs(x) < 0x1p52))
		return x;
	big += x;
	return copysign(big - copysign(0x1p52, x), x);
}

double nearbyint(double x) { return rint(x); }
long lround(double x) { return (long)round(x); }
long lrint(double x) { return (long)rint(x); }
long long llround(double x) { return (long long)round(x); }
long long llrint(double x) { return (long long)rint(x); }

/* x = the result * 2^*exponent, 0.5 <= the result < 1. */
double frexp(double x, int *exponent)
{
	int f = field(x);

	*exponent = 0;
	if (x == 0 || f == FIELD_MAX)
		return x;
	if (f == 0) {
		x = frexp(x * 0x1p64, exponent);
		*exponent -= 64;
		return x;
	}
	*exponent = f - BIAS + 1;
	return double_of((bits_of(x) & ~((uint64_t)FIELD_MAX << FRACTION_BITS)) | (uint64_t)(BIAS - 1) << FRACTION_BITS);
}

/* Rounded once. */
double ldexp(double x, int n)
{
	int exponent;

	if (x == 0 || field(x) == FIELD_MAX)
		return x;
	double m = frexp(x, &exponent);
	n = n > 5000 ? 5000 : n < -5000 ? -5000 : n;
	exponent += n;
	if (exponent > BIAS + 1) {
		errno = ERANGE;
		return copysign(HUGE_VAL, x);
	}
	if (exponent > -BIAS + 1)
		return double_of((bits_of(m) & ~((uint64_t)FIELD_MAX << FRACTION_BITS)) | (uint64_t)(exponent + BIAS - 1) << FRACTION_BITS);
	if (exponent < -BIAS - FRACTION_BITS - 1)
		exponent = -BIAS - FRACTION_BITS - 1;
	/* m * 2^54 has its last bit at 2 at least; the product rounds it to where a subnormal's last bit is. */
	volatile double product = double_of(bits_of(m) + ((uint64_t)(exponent + 64) << FRACTION_BITS));
	product *= 0x1p-64;
	if (product == 0)
		errno = ERANGE;
	return product;
}

double scalbn(double x, int n) { return ldexp(x, n); }
double scalbln(double x, long n) { return ldexp(x, n > 5000 ? 5000 : n < -5000 ? -5000 : (int)n); }

double modf(double x, double *whole)
{
	*whole = trunc(x);
	return copysign(fabs(x) == HUGE_VAL ? 0 : x - *whole, x);
}

int ilogb(double x)
{
	int exponent;

	if (x == 0 || x != x || fabs(x) == HUGE_VAL)
		return fabs(x) == HUGE_VAL ? 0x7fffffff : -0x7fffffff - 1;
	frexp(x, &exponent);
	return exponent - 1;
}

double logb(double x)
{
	return x == 0 ? -HUGE_VAL : fabs(x) == HUGE_VAL ? HUGE_VAL : x != x ? x : ilogb(x);
}

double nextafter(double x, double to)
{
	uint64_t bits = bits_of(x);

	if (x != x || to != to)
		return x + to;
	if (x == to)
		return to;
	if (x == 0)
		return copysign(0x1p-1074, to);
	return double_of((to > x) == (x > 0) ? bits + 1 : bits - 1);
}

/*
 * x minus a multiple of y, towards zero; exact: by shifting and subtracting, a bit of the quotient at a time.
 */
double fmod(double x, double y)
{
	int ex, ey;

	if (y == 0 || x != x || y != y || fabs(x) == HUGE_VAL) {
		if (x == x && y == y)
			errno = EDOM;
		return NAN;
	}
	if (fabs(x) < fabs(y))
		return x;
	uint64_t m = (uint64_t)(frexp(fabs(x), &ex) * 0x1p53), d = (uint64_t)(frexp(fabs(y), &ey) * 0x1p53);
	if (m >= d)
		m -= d;
	for (; ex > ey; ex--) {
		m <<= 1;
		if (m >= d)
			m -= d;
	}
	return copysign(ldexp((double)(int64_t)m, ey - 53), x);
}

double fmin(double a, double b) { return a != a || b < a ? b : a; }
double fmax(double a, double b) { return a != a || b > a ? b : a; }
double fdim(double a, double b) { return a <= b ? 0 : a - b; }
double nan(const char *tag) { return NAN; }

float fabsf(float x) { return fabs(x); }
float floorf(float x) { return floor(x); }
float ceilf(float x) { return ceil(x); }
float truncf(float x) { return trunc(x); }
float roundf(float x) { return round(x); }
float rintf(float x) { return rint(x); }
long lroundf(float x) { return lround(x); }
long lrintf(float x) { return lrint(x); }
float fmodf(float x, float y) { return fmod(x, y); }
float frexpf(float x, int *exponent) { return frexp(x, exponent); }
float ldexpf(float x, int n) { return ldexp(x, n); }
float fminf(float a, float b) { return fmin(a, b); }
float fmaxf(float a, float b) { return fmax(a, b); }
float copysignf(float x, float sign) { return copysign(x, sign); }
