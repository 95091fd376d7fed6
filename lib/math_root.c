/* lib/math_root.c: what is made from roots. sqrt itself is an instruction: lib/<machine>/sqrt.c. (lab 3) */
#include "pair.h"
#include <errno.h>
#include <math.h>

/* The third root: error below 0.8 of a unit in the last place. */
double cbrt(double x)
{
	static const pair third = { 0x1.5555555555555p-2, 0x1.5555555555555p-56 };

	if (x == 0 || !(fabs(x) < HUGE_VAL))
		return x;
	return copysign(__exp_scaled(pair_multiply(__log_pair(fabs(x)), third), 0), x);
}

/* sqrt(x^2 + y^2), without over- or underflow on the way: below 0.6. */
double hypot(double x, double y)
{
	double a = fabs(x) > fabs(y) ? fabs(x) : fabs(y), b = fabs(x) > fabs(y) ? fabs(y) : fabs(x);
	int e;

	if (fabs(x) == HUGE_VAL || fabs(y) == HUGE_VAL)
		return HUGE_VAL;
	if (x != x || y != y)
		return x + y;
	if (a == 0)
		return 0;
	a = frexp(a, &e);
	b = ldexp(b, -e);
	if (b < 0x1p-60)
		return ldexp(a, e);
	return ldexp(pair_root(pair_add(pair_product(a, a), pair_product(b, b))).hi, e);
}

float cbrtf(float x) { return cbrt(x); }
float hypotf(float x, float y) { return hypot(x, y); }
