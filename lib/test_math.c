/* lib/test_math.c: host test: our <math.h> functions against the host's long double ones: error in units in the last place. */
#include <errno.h>
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES(N) N(exp) N(exp2) N(expm1) N(log) N(log2) N(log10) N(log1p) N(sin) N(cos) N(tan) N(asin) N(acos) N(atan) N(sinh) \
	N(cosh) N(tanh) N(cbrt) N(pow) N(atan2) N(hypot) N(fmod)
#define HOST_1(name) static long double (*const host_##name)() __attribute__((unused)) = (long double (*)())name##l;
NAMES(HOST_1)
#define EXACT(N) N(floor) N(ceil) N(trunc) N(round) N(rint) N(logb)
#define HOST_2(name) static double (*const host_##name)(double) = name;
EXACT(HOST_2)
static double (*const host_ldexp)(double, int) = ldexp;
static double (*const host_frexp)(double, int *) = frexp;
static double (*const host_nextafter)(double, double) = nextafter;

/* Ours under other names, beside them. sqrt is the host's: it is an instruction. */
#define exp our_exp
#define exp2 our_exp2
#define expm1 our_expm1
#define log our_log
#define log2 our_log2
#define log10 our_log10
#define log1p our_log1p
#define sin our_sin
#define cos our_cos
#define tan our_tan
#define asin our_asin
#define acos our_acos
#define atan our_atan
#define atan2 our_atan2
#define sinh our_sinh
#define cosh our_cosh
#define tanh our_tanh
#define cbrt our_cbrt
#define pow our_pow
#define hypot our_hypot
#define fmod our_fmod
#define floor our_floor
#define ceil our_ceil
#define trunc our_trunc
#define round our_round
#define rint our_rint
#define logb our_logb
#define ldexp our_ldexp
#define frexp our_frexp
#define nextafter our_nextafter
double exp(double), exp2(double), expm1(double), log(double), log2(double), log10(double), log1p(double), sin(double), cos(double),
	tan(double), asin(double), acos(double), atan(double), sinh(double), cosh(double), tanh(double), cbrt(double),
	pow(double, double), hypot(double, double), fmod(double, double), atan2(double, double), floor(double), ceil(double),
	trunc(double), round(double), rint(double), logb(double), ldexp(double, int), frexp(double, int *), nextafter(double, double);
#include "math_arc.c"
#include "math_exp.c"
#undef LN2_HIGH
#undef LN2_LOW
#include "math_log.c"
#include "math_root.c"
#include "math_round.c"
#include "math_trig.c"

static unsigned failures;
static unsigned long checks;
static uint64_t state = 88172645463325252u;

static uint64_t random64(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Between low and high; some of every size, some evenly spread. */
static double pick(double low, double high)
{
	double x;

	do
		x = random64() % 2 ? low + (high - low) * (double)(random64() >> 11) * 0x1p-53 : double_of(random64());
	while (!(x >= low && x <= high));
	return x;
}

static double error_of(double ours, long double exact)
{
	double rounded = (double)exact;

	if (rounded == ours || (rounded != rounded && ours != ours))
		return 0;
	if (fabs(rounded) == HUGE_VAL || fabs(ours) == HUGE_VAL || ours != ours || rounded != rounded)
		return 1e9;
	double unit = fabs(rounded) < 0x1p-1022 ? 0x1p-1074 : host_ldexp(1, (int)host_logb(rounded) - 52);
	return (double)(((long double)ours - exact) / unit);
}

static double worst;
static double worst_x, worst_y;

static void note(double error, double x, double y)
{
	checks++;
	if (!(fabs(error) <= worst)) {
		worst = fabs(error);
		worst_x = x;
		worst_y = y;
	}
}

static void judge(const char *name, double bound, bool verbose)
{
	if (verbose)
		printf("%s: %.3f, at %a %a\n", name, worst, worst_x, worst_y);
	if (!(worst <= bound) && failures++ < 20)
		printf("FAIL math: %s is wrong by %.3f units in the last place at %a %a (%.17g %.17g), not below %.2f\n", name, worst, worst_x,
		       worst_y, worst_x, worst_y, bound);
	worst = 0;
}

static unsigned turns = 40000;
static bool verbose;

static void try_one(const char *name, double (*ours)(double), long double (*host)(long double), double low, double high, double bound)
{
	static const double edges[] = { 0, -0.0, 1, -1, 0.5, -0.5, 2, 10, 1000, 0.1, 1e-300, 1e300, 0x1p-1074, 1e22, -7, 100, 1 - 0x1p-53 };

	for (unsigned i = 0; i < sizeof(edges) / sizeof(*edges); i++)
		if (edges[i] >= low && edges[i] <= high)
			note(error_of(ours(edges[i]), host(edges[i])), edges[i], 0);
	for (unsigned i = 0; i < turns; i++) {
		double x = pick(low, high);
		note(error_of(ours(x), host(x)), x, 0);
	}
	judge(name, bound, verbose);
}

static void try_two(const char *name, double (*ours)(double, double), long double (*host)(long double, long double), double low,
	double high, double low_y, double high_y, double bound)
{
	for (unsigned i = 0; i < turns; i++) {
		double x = pick(low, high), y = pick(low_y, high_y);
		note(error_of(ours(x, y), host(x, y)), x, y);
	}
	judge(name, bound, verbose);
}

#define ONE(name, low, high, bound) try_one(#name, our_##name, (long double (*)(long double))host_##name, low, high, bound)
#define TWO(name, ...) try_two(#name, our_##name, (long double (*)(long double, long double))host_##name, __VA_ARGS__)

static void test_functions(void)
{
	ONE(exp, -708, 709.7, 0.8);
	ONE(exp, -1e300, 1e300, 1.1);
	ONE(exp2, -1100, 1100, 1.1);
	ONE(expm1, -50, 709, 1.2);
	ONE(expm1, -1, 1, 1.2);
	ONE(log, 0, 1e308, 0.52);
	ONE(log, 0.5, 2, 0.52);
	ONE(log2, 0, 1e308, 0.52);
	ONE(log10, 0, 1e308, 0.52);
	ONE(log1p, -0.999, 1e10, 0.8);
	ONE(sin, -10, 10, 0.8);
	ONE(sin, -1.7e308, 1.7e308, 0.8);
	ONE(cos, -10, 10, 0.8);
	ONE(cos, -1.7e308, 1.7e308, 0.8);
	ONE(tan, -10, 10, 1);
	ONE(tan, -1.7e308, 1.7e308, 1);
	ONE(asin, -1, 1, 0.6);
	ONE(acos, -1, 1, 0.6);
	ONE(atan, -1e308, 1e308, 0.6);
	ONE(atan, -4, 4, 0.6);
	ONE(sinh, -709, 709, 2.2);
	ONE(sinh, -2, 2, 2.2);
	ONE(cosh, -709, 709, 1.2);
	ONE(tanh, -30, 30, 2.2);
	ONE(cbrt, -1e308, 1e308, 0.8);
	TWO(pow, 0, 1e308, -3, 3, 0.8);
	TWO(pow, 0.5, 2, -1000, 1000, 0.8);
	TWO(pow, 0.999, 1.001, -300000, 300000, 0.8);
	TWO(atan2, -10, 10, -10, 10, 0.6);
	TWO(atan2, -1e308, 1e308, -1e308, 1e308, 0.6);
	TWO(hypot, -1e300, 1e300, -1e300, 1e300, 0.6);
	TWO(hypot, -2, 2, -2, 2, 0.6);
	TWO(fmod, -1e5, 1e5, -10, 10, 0);
	TWO(fmod, -1e308, 1e308, -1e308, 1e308, 0);
}

static void same(const char *what, double x, double ours, double host)
{
	checks++;
	if (memcmp(&ours, &host, sizeof(ours)) != 0 && !(ours != ours && host != host) && failures++ < 20)
		printf("FAIL math: %s of %a: %a, the host says %a\n", what, x, ours, host);
}

static void test_exact(double x)
{
	int a, b, n = (int)(random64() % 4400) - 2200;

#define SAME(name) same(#name, x, our_##name(x), host_##name(x));
	EXACT(SAME)
	same("ldexp", x, our_ldexp(x, n), host_ldexp(x, n));
	same("frexp", x, our_frexp(x, &a), host_frexp(x, &b));
	if (x - x == 0)
		same("frexp's exponent", x, a, b);
	same("nextafter", x, our_nextafter(x, n), host_nextafter(x, n));
}

/* What the standard says of zeros, infinities and NaN. */
static void test_special(void)
{
	static const double v[] = { 0, -0.0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 1e308, -1e308, INFINITY, -INFINITY, NAN, 1e-310, 4503599627370497 };

	for (unsigned i = 0; i < sizeof(v) / sizeof(*v); i++) {
		test_exact(v[i]);
		for (unsigned j = 0; j < sizeof(v) / sizeof(*v); j++) {
			double x = v[i], y = v[j];
			if (error_of(pow(x, y), ((long double (*)(long double, long double))host_pow)(x, y)) > 0.8)
				same("pow", x, pow(x, y), (double)((long double (*)(long double, long double))host_pow)(x, y));
			same("atan2", x, atan2(x, y), (double)((long double (*)(long double, long double))host_atan2)(x, y));
			same("fmod", x, fmod(x, y), (double)((long double (*)(long double, long double))host_fmod)(x, y));
			if (x == x && y == y)
				same("hypot", x, hypot(x, y), (double)((long double (*)(long double, long double))host_hypot)(x, y));
		}
#define SPECIAL(name) if (fabs(v[i]) == HUGE_VAL || v[i] != v[i] || v[i] == 0) \
		same(#name, v[i], our_##name(v[i]), (double)((long double (*)(long double))host_##name)(v[i]));
		SPECIAL(exp) SPECIAL(exp2) SPECIAL(expm1) SPECIAL(log) SPECIAL(log2) SPECIAL(log10) SPECIAL(log1p) SPECIAL(sin) SPECIAL(cos)
		SPECIAL(tan) SPECIAL(asin) SPECIAL(acos) SPECIAL(atan) SPECIAL(sinh) SPECIAL(cosh) SPECIAL(tanh) SPECIAL(cbrt)
	}
}

int main(int argc, char **argv)
{
	if (argc > 1)
		turns = atoi(argv[1]);
	verbose = argc > 2;
	test_functions();
	test_special();
	for (unsigned i = 0; i < turns; i++) {
		test_exact(double_of(random64()));
		test_exact((double)(int64_t)random64() * 0x1p-62);
		test_exact((double)(int64_t)(random64() % 64) / 4 - 8);
	}
	if (failures)
		printf("FAIL math: %u of %lu checks\n", failures, checks);
	else
		printf("PASS math (%lu checks)\n", checks);
	return failures != 0;
}
