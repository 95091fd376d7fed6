/* lib/math_log.c: logarithms. (lab 3) */
#include "pair.h"
#include <errno.h>
#include <math.h>
#include <stdbool.h>

#define LN2_HIGH 0x1.62e42fefa3000p-1
#define LN2_LOW 0x1.3de6af278ece6p-42
#define ROOT_HALF 0x1.6a09e667f3bcdp-1

/*
 * x = m * 2^k, 0.7 < m < 1.42; with s = (m - 1) / (m + 1), log m = 2 (s + s^3/3 + s^5/5 ...), s < 0.172. The first two
 * terms are pairs: the result is right to about 65 bits.
 */
pair __log_pair(double x)
{
	static const double inverse[] = { 2 / 25.0, 2 / 23.0, 2 / 21.0, 2 / 19.0, 2 / 17.0, 2 / 15.0, 2 / 13.0, 2 / 11.0, 2 / 9.0,
		2 / 7.0, 2 / 5.0 };
	static const pair two_thirds = { 0x1.5555555555555p-1, 0x1.5555555555555p-55 };
	int k;
	double m = frexp(x, &k), sum = 0;

	if (m < ROOT_HALF) {
		m *= 2;
		k--;
	}
	pair s = pair_divide((pair){ m - 1, 0 }, pair_sum(m, 1)), z = pair_multiply(s, s);
	for (unsigned i = 0; i < sizeof(inverse) / sizeof(*inverse); i++)
		sum = sum * z.hi + inverse[i];
	pair rest = pair_multiply(pair_multiply(s, z), pair_add(two_thirds, (pair){ sum * z.hi, 0 }));
	pair log_m = pair_add((pair){ 2 * s.hi, 2 * s.lo }, rest);
	return pair_add(pair_tidy(k * LN2_HIGH, k * LN2_LOW), log_m);
}

/* Not a finite positive number: *result is what the logarithm gives for it. */
static bool special(double x, double *result)
{
	if (x > 0 && x < HUGE_VAL)
		return false;
	if (x == 0)
		errno = ERANGE;
	if (x < 0)
		errno = EDOM;
	*result = x == 0 ? -HUGE_VAL : x < 0 ? NAN : x;
	return true;
}

/* All of them: error below 0.51 of a unit in the last place; exact where the result is a whole number. */
double log(double x)
{
	double result;

	return special(x, &result) ? result : __log_pair(x).hi;
}

double log10(double x)
{
	static const pair per_ln10 = { 0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57 };
	double result;

	return special(x, &result) ? result : pair_multiply(__log_pair(x), per_ln10).hi;
}

double log2(double x)
{
	static const pair per_ln2 = { 0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56 };
	double result;

	return special(x, &result) ? result : pair_multiply(__log_pair(x), per_ln2).hi;
}

double log1p(double x)
{
	double result;

	if (special(x + 1, &result))
		return x == HUGE_VAL || x != x ? x : result;
	if (fabs(x) < 0x1p-60)
		return x;
	pair u = pair_sum(x, 1), log_u = __log_pair(u.hi);
	return log_u.hi + (log_u.lo + u.lo / u.hi);
}

float logf(float x) { return log(x); }
float log10f(float x) { return log10(x); }
float log2f(float x) { return log2(x); }
float log1pf(float x) { return log1p(x); }
