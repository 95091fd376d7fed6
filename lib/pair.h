/* lib/pair.h: sums of two doubles, which carry about 106 bits: for the parts of a function that need more than 53. (lab 3)
 * The low half is at most half a unit in the last place of the high one. Every operation here rounds like IEEE 754
 * doubles do, to nearest; no compiler may contract or reorder it.
 */
#ifndef LIB_PAIR_H
#define LIB_PAIR_H

typedef struct {
	double hi, lo;
} pair;

/* a + b, exactly. */
static inline pair pair_sum(double a, double b)
{
	double s = a + b, part = s - a;

	return (pair){ s, (a - (s - part)) + (b - part) };
}

/* The same, for |a| >= |b| or a = 0. */
static inline pair pair_tidy(double a, double b)
{
	double s = a + b;

	return (pair){ s, b - (s - a) };
}

/* a * b, exactly, if nothing over- or underflows: by halves of 26 bits. */
static inline pair pair_product(double a, double b)
{
	const double halve = 134217729; /* 2^27 + 1 */
	double p = a * b, t = halve * a, a1 = t - (t - a), a2 = a - a1, u = halve * b, b1 = u - (u - b), b2 = b - b1;

	return (pair){ p, ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2 };
}

static inline pair pair_add(pair a, pair b)
{
	pair s = pair_sum(a.hi, b.hi);

	return pair_tidy(s.hi, s.lo + (a.lo + b.lo));
}

static inline pair pair_negative(pair a)
{
	return (pair){ -a.hi, -a.lo };
}

static inline pair pair_multiply(pair a, pair b)
{
	pair p = pair_product(a.hi, b.hi);

	return pair_tidy(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

static inline pair pair_scale(pair a, double b)
{
	return pair_multiply(a, (pair){ b, 0 });
}

static inline pair pair_divide(pair a, pair b)
{
	double q = a.hi / b.hi;
	pair rest = pair_add(a, pair_negative(pair_scale(b, q)));

	return pair_tidy(q, (rest.hi + rest.lo) / b.hi);
}

/* => a > 0, or 0 */
double sqrt(double x);
static inline pair pair_root(pair a)
{
	double r = sqrt(a.hi);
	pair square = pair_product(r, r);

	return r == 0 ? (pair){ 0, 0 } : pair_tidy(r, ((a.hi - square.hi) - square.lo + a.lo) / (2 * r));
}

/* For other files: e^x * 2^scale, x in range; and the logarithm of a finite x > 0. (math_exp.c, math_log.c) */
pair __exp_pair(pair x, int *exponent); /* in about 0.7 .. 1.5, to be multiplied by 2^exponent */
double __exp_scaled(pair x, int scale); /* any x; sets errno */
pair __log_pair(double x);

#endif
