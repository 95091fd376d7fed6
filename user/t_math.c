/* user/t_math.c: tests that <math.h> gives the same bits on every machine, and what stdio and stdlib make of floats. (lab 3) */
#include "test.h"
#include <float.h>
#include <math.h>

#define TURNS 200

static uint64_t hash, state;

static uint64_t bits_of(double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	return bits;
}

static void add(double x)
{
	hash = (hash ^ bits_of(x)) * 1099511628211u;
}

/* From -size to size. */
static double pick(double size)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (double)(int32_t)(state >> 32) / 2147483648.0 * size;
}

static double second(double (*two)(double, double), double x)
{
	return two(x, pick(20));
}

static uint64_t hash_one(double (*one)(double), double size, double offset)
{
	hash = 14695981039346656037u;
	state = 1;
	for (int i = 0; i < TURNS; i++)
		add(one(pick(size) + offset));
	return hash;
}

static uint64_t hash_two(double (*two)(double, double), double size, double offset)
{
	hash = 14695981039346656037u;
	state = 2;
	for (int i = 0; i < TURNS; i++)
		add(second(two, pick(size) + offset));
	return hash;
}

#define FUNCTIONS(ONE, TWO) \
	ONE(sqrt, 5, 5) ONE(exp, 300, 0) ONE(exp2, 300, 0) ONE(expm1, 1, 0) ONE(log, 9, 10) ONE(log2, 9, 10) ONE(log10, 9, 10)         \
	ONE(log1p, 0.5, 0) ONE(sin, 10, 0) ONE(cos, 1e9, 0) ONE(tan, 1e200, 0) ONE(asin, 1, 0) ONE(acos, 1, 0) ONE(atan, 5, 0)      \
	ONE(sinh, 20, 0) ONE(cosh, 20, 0) ONE(tanh, 2, 0) ONE(cbrt, 1e5, 0) ONE(floor, 100, 0) ONE(rint, 100, 0) ONE(round, 9, 0) \
	TWO(pow, 5, 6) TWO(atan2, 20, 0) TWO(hypot, 20, 0) TWO(fmod, 1e6, 0)

/* What the library's own code gives on another machine (the host's). */
static const uint64_t expected[] = {
	0x6334c775032a63d7, 0x0db15b8ec55bce62, 0x22b745c7a56ffc2c, 0xb8810961a4b618a1, 0xa6ef0877a550ae0b,
	0xf1c6d06d8aa8cd81, 0x17e4448e5b08db95, 0x4d3e15434b9db352, 0xa6da27eb5600d2e0, 0xbebdf60a47b221af,
	0xfc0422c11dbc49d7, 0x1a8368e48aa0edac, 0x3132cd1bb75cf80c, 0x2c4aaffac0cc686e, 0x4bb5d2b1cec9a25d,
	0x7db534655ec77eb8, 0xd085615a483e65b6, 0xd0c25b6af5b392e9, 0x38a33190f725c8c5, 0x74b8f190f725c8c5,
	0x4b767190f725c8c5, 0x0d6d176b47fda97f, 0x2d3c6343eb968e2d, 0x6bb5b9dc5ad34658, 0xaf3b1549b355c8c5,
};

static void check_functions(void)
{
	unsigned i = 0;

#define CHECK_ONE(name, size, offset) \
	if (hash_one(name, size, offset) != expected[i++]) { printf("FAIL: %s\n", #name); test_failures++; }
#define CHECK_TWO(name, size, offset) \
	if (hash_two(name, size, offset) != expected[i++]) { printf("FAIL: %s\n", #name); test_failures++; }
	FUNCTIONS(CHECK_ONE, CHECK_TWO)
}

static void check_texts(void)
{
	char text[128];
	double d = 0, e = 0;
	float f = 0;
	int n = 0;

	snprintf(text, sizeof(text), "%g|%-8.2f|%+e|%a|%08.3f|%G", 0.1, 2.675, 12345.678, 1.5, -3.14159, 1e-10);
	CHECK(strcmp(text, "0.1|2.67    |+1.234568e+04|0x1.8p+0|-003.142|1E-10") == 0);
	snprintf(text, sizeof(text), "%f %F %5g %Lg", INFINITY, -INFINITY, NAN, 2.5L);
	CHECK(strcmp(text, "inf -INF   nan 2.5") == 0 || strcmp(text, "inf -INF  -nan 2.5") == 0);
	snprintf(text, sizeof(text), "%.17g %.17g %g", DBL_MAX, DBL_MIN, 0x1p-1074);
	CHECK(strcmp(text, "1.7976931348623157e+308 2.2250738585072014e-308 4.94066e-324") == 0);
	CHECK(strtod("1e23", NULL) == 1e23 && strtof("3.4e38", NULL) == 3.4e38f && atof("-0x1.8p3") == -12);
	CHECK_IS(sscanf("1.5 2.5e-3,7", "%lf %f,%d", &d, &f, &n), 3);
	CHECK(d == 1.5 && f == 2.5e-3f && n == 7);
	CHECK_IS(sscanf("inf x", "%lf %lf", &d, &e), 1);
	CHECK(isinf(d) && d > 0);
	errno = 0;
	CHECK(strtod("1e400", NULL) == HUGE_VAL && errno == ERANGE);
}

/* Between floating point and 64-bit integers. */
static void check_integers(void)
{
	static volatile int64_t n[] = { 0, 1, -1, INT64_MAX, INT64_MIN, 1ll << 53 | 1, -(1ll << 40) - 3 };
	static const double d[] = { 0, 1, -1, 0x1p63, -0x1p63, 0x1p53, -0x1.0000000003p40 };
	volatile uint64_t u = UINT64_MAX;
	volatile double big = 1.8e19, small = -1.5;
	volatile float f; /* in memory: the x87's registers hold more than a float has */

	for (unsigned i = 0; i < sizeof(n) / sizeof(*n); i++)
		CHECK(bits_of((double)n[i]) == bits_of(d[i]));
	CHECK((double)u == 0x1p64 && (float)u == 0x1p64f);
	CHECK((uint64_t)big == 18000000000000000000u && (int64_t)small == -1);
	n[0] = 0x4000004000000001; /* rounded to a double first it would be half way between two floats */
	f = n[0];
	CHECK(f == 0x1.000002p62f);
}

int main(int argc, char **argv)
{
	check_functions();
	check_texts();
	check_integers();
	return test_end("math");
}
