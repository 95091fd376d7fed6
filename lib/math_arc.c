/* lib/math_arc.c: the inverses of sine, cosine, tangent. (lab 3) */
#include "pair.h"
#include <errno.h>
#include <math.h>
#include <stdbool.h>

static const pair half_pi = { 0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54 };
static const pair pi = { 0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53 };

/* Of c = k / 8. */
static const pair arcs[] = { { 0, 0 }, { 0x1.fd5ba9aac2f6ep-4, -0x1.cd37686760c17p-59 },
	{ 0x1.f5b75f92c80ddp-3, 0x1.8ab6e3cf7afbdp-57 }, { 0x1.6f61941e4def1p-2, -0x1.c63aae6f6e918p-56 },
	{ 0x1.dac670561bb4fp-2, 0x1.a2b7f222f65e2p-56 }, { 0x1.1e00babdefeb4p-1, -0x1.928df287a668fp-58 },
	{ 0x1.4978fa3269ee1p-1, 0x1.2419a87f2a458p-56 }, { 0x1.700a7c5784634p-1, -0x1.8c34d25aadef6p-56 },
	{ 0x1.921fb54442d18p-1, 0x1.1a62633145c07p-55 } };

/* 0 <= y / x <= 1. The arc of t = (y/x - c) / (1 + c y/x), which is at most 1/16, and that of c. */
static pair small_arc(pair y, pair x)
{
	static const double inverse[] = { -1 / 15.0, 1 / 13.0, -1 / 11.0, 1 / 9.0, -1 / 7.0, 1 / 5.0, -1 / 3.0 };
	int k = (int)(8 * (y.hi / x.hi) + 0.5);
	double c = k / 8.0, z, sum = 0;
	pair t = pair_divide(pair_add(y, pair_scale(x, -c)), pair_add(x, pair_scale(y, c)));

	z = t.hi * t.hi;
	for (unsigned i = 0; i < sizeof(inverse) / sizeof(*inverse); i++)
		sum = sum * z + inverse[i];
	return pair_add(arcs[k], pair_tidy(t.hi, t.lo + t.hi * z * sum));
}

/* The angle of (x, y) in the first quadrant, not both zero, of moderate size. */
static pair arc(pair y, pair x)
{
	if (y.hi > x.hi)
		return pair_add(half_pi, pair_negative(small_arc(x, y)));
	return small_arc(y, x);
}

/* All of them: error below 0.6 of a unit in the last place. */
double atan(double x)
{
	double a = fabs(x);

	if (!(a > 0x1p-27))
		return x;
	pair result = a > 0x1p60 ? half_pi : arc((pair){ a, 0 }, (pair){ 1, 0 });
	return copysign(result.hi, x);
}

/* For x not negative, y not negative. */
static pair quadrant(double y, double x)
{
	int ey, ex;

	if (y == HUGE_VAL && x == HUGE_VAL)
		return arcs[8];
	if (y == 0 || x == HUGE_VAL)
		return (pair){ 0, 0 };
	if (x == 0 || y == HUGE_VAL)
		return half_pi;
	frexp(y, &ey);
	frexp(x, &ex);
	if (ey - ex > 70)
		return half_pi;
	if (ex - ey > 70)
		return (pair){ y / x, 0 };
	return arc((pair){ ldexp(y, -ex), 0 }, (pair){ ldexp(x, -ex), 0 });
}

double atan2(double y, double x)
{
	pair result;

	if (x != x || y != y)
		return x + y;
	result = quadrant(fabs(y), fabs(x));
	if (signbit(x))
		result = pair_add(pi, pair_negative(result));
	return copysign(result.hi, y);
}

/* sqrt(1 - x^2) */
static pair other_side(double x)
{
	pair square = pair_product(x, x);

	return pair_root(pair_add((pair){ 1, 0 }, pair_negative(square)));
}

static bool outside(double x)
{
	if (fabs(x) > 1)
		errno = EDOM;
	return !(fabs(x) <= 1);
}

double asin(double x)
{
	if (outside(x))
		return NAN;
	if (fabs(x) < 0x1p-27)
		return x;
	return copysign(arc((pair){ fabs(x), 0 }, other_side(x)).hi, x);
}

double acos(double x)
{
	pair result;

	if (outside(x))
		return NAN;
	result = arc(other_side(x), (pair){ fabs(x), 0 });
	return x < 0 ? pair_add(pi, pair_negative(result)).hi : result.hi;
}

float atanf(float x) { return atan(x); }
float atan2f(float y, float x) { return atan2(y, x); }
float asinf(float x) { return asin(x); }
float acosf(float x) { return acos(x); }
