/* lib/math_exp.c: the exponential function, powers, hyperbolic functions. (lab 3) */
#include "pair.h"
#include <errno.h>
#include <math.h>
#include <stdbool.h>

#define LN2_HIGH 0x1.62e42fefa3000p-1 /* 41 bits: times an exponent it is exact */
#define LN2_LOW 0x1.3de6af278ece6p-42
#define PER_LN2 0x1.71547652b82fep+0
#define TOO_LARGE 710.0 /* e^710 > DBL_MAX */
#define TOO_SMALL (-746.0)

/* e^r - 1 - r for |r| < 0.35, by its series; what is left out is below 2^-60 of it. */
static double tail(double r)
{
	static const double inverse[] = { 1 / 1307674368000.0, 1 / 87178291200.0, 1 / 6227020800.0, 1 / 479001600.0, 1 / 39916800.0,
		1 / 3628800.0, 1 / 362880.0, 1 / 40320.0, 1 / 5040.0, 1 / 720.0, 1 / 120.0, 1 / 24.0, 1 / 6.0, 0.5 };
	double sum = 0;

	for (unsigned i = 0; i < sizeof(inverse) / sizeof(*inverse); i++)
		sum = sum * r + inverse[i];
	return sum * r * r;
}

/* x = k ln 2 + r. */
pair __exp_pair(pair x, int *exponent)
{
	int k = (int)(x.hi * PER_LN2 + (x.hi < 0 ? -0.5 : 0.5));
	pair r = pair_sum(x.hi, -k * LN2_HIGH);

	r = pair_tidy(r.hi, r.lo + (x.lo - k * LN2_LOW));
	*exponent = k;
	pair sum = pair_sum(1, r.hi);
	return pair_tidy(sum.hi, sum.lo + (tail(r.hi) + r.lo * (1 + r.hi)));
}

double __exp_scaled(pair x, int scale)
{
	int k;

	if (x.hi != x.hi)
		return x.hi;
	if (x.hi > TOO_LARGE + 1 || x.hi < TOO_SMALL - 1) { /* scale is -1, 0 or 1 */
		errno = ERANGE;
		return x.hi > 0 ? HUGE_VAL : 0;
	}
	pair e = __exp_pair(x, &k);
	return ldexp(e.hi + e.lo, k + scale);
}

/* Error below 0.8 of a unit in the last place. */
double exp(double x)
{
	if (x == HUGE_VAL || x == -HUGE_VAL)
		return x > 0 ? x : 0;
	return __exp_scaled((pair){ x, 0 }, 0);
}

/* Below 0.8. */
double exp2(double x)
{
	static const pair ln2 = { 0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56 };

	if (!(fabs(x) < 2000))
		return exp(x);
	double whole = floor(x + 0.5);
	return ldexp(__exp_scaled(pair_scale(ln2, x - whole), 0), (int)whole);
}

/* Below 1.2. */
double expm1(double x)
{
	int k;

	if (fabs(x) < 0x1p-60)
		return x;
	if (fabs(x) < 0.25)
		return x + tail(x);
	if (!(x < 40) || x < -40)
		return exp(x) - 1;
	pair e = __exp_pair((pair){ x, 0 }, &k);
	pair sum = pair_sum(ldexp(e.hi, k), -1);
	return sum.hi + (sum.lo + ldexp(e.lo, k));
}

/* Below 2.2. */
double sinh(double x)
{
	double t, a = fabs(x);

	if (a > 22)
		return copysign(a == HUGE_VAL ? a : __exp_scaled((pair){ a, 0 }, -1), x);
	if (!(a >= 1e-8))
		return x;
	t = expm1(a);
	return copysign((t + t / (t + 1)) / 2, x);
}

/* Below 1.2. */
double cosh(double x)
{
	double a = fabs(x), e;

	if (a > 22)
		return a == HUGE_VAL ? a : __exp_scaled((pair){ a, 0 }, -1);
	e = exp(a);
	return (e + 1 / e) / 2;
}

/* Below 2.2. */
double tanh(double x)
{
	double a = fabs(x), t;

	if (a > 22)
		return copysign(1, x);
	if (!(a >= 1e-8))
		return x;
	t = expm1(2 * a);
	return copysign(t / (t + 2), x);
}

static bool is_whole(double x)
{
	return floor(x) == x;
}

static bool is_odd(double x)
{
	return fabs(x) < 0x1p53 && is_whole(x) && !is_whole(x / 2);
}

/* y is infinite: what matters is whether |x| is above 1. */
static double power_infinite(double x, double y)
{
	double a = fabs(x);

	return a == 1 ? 1 : (a > 1) == (y > 0) ? HUGE_VAL : 0;
}

/* x is 0 or infinite. */
static double power_special(double x, double y)
{
	bool large = (fabs(x) > 1) == (y > 0);
	double result = large ? HUGE_VAL : 0;

	if (large && x == 0)
		errno = ERANGE;
	return is_odd(y) ? copysign(result, x) : result;
}

/* Below 0.8, where the result is normal: e^(y log x), with 12 bits to spare. */
double pow(double x, double y)
{
	if (y == 0 || x == 1)
		return 1;
	if (x != x || y != y)
		return x + y;
	if (fabs(y) == HUGE_VAL)
		return power_infinite(x, y);
	if (x == 0 || fabs(x) == HUGE_VAL)
		return power_special(x, y);
	if (x < 0 && !is_whole(y)) {
		errno = EDOM;
		return NAN;
	}
	pair log_x = __log_pair(fabs(x));
	double rough = y * log_x.hi, sign = x < 0 && is_odd(y) ? -1 : 1;
	if (rough == 0) /* y may be too large to be taken apart */
		return sign;
	if (!(fabs(rough) < 1000)) {
		errno = ERANGE;
		return sign * (rough > 0 ? HUGE_VAL : 0);
	}
	return sign * __exp_scaled(pair_scale(log_x, y), 0);
}

float expf(float x) { return exp(x); }
float exp2f(float x) { return exp2(x); }
float expm1f(float x) { return expm1(x); }
float powf(float x, float y) { return pow(x, y); }
float sinhf(float x) { return sinh(x); }
float coshf(float x) { return cosh(x); }
float tanhf(float x) { return tanh(x); }
