/* lib/test_float.c: host test: floating point as text, both ways, against the host's. Arguments: a seed, how many thousands. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static double (*const host_strtod)(const char *, char **) = strtod;
static float (*const host_strtof)(const char *, char **) = strtof;

/* Ours under other names, beside them. */
#define strtod our_strtod
#define strtof our_strtof
#define strtold our_strtold
#define atof our_atof
#include "big.c"
#include "float_format.c"
#include "float_parse.c"
#pragma GCC diagnostic ignored "-Waddress" /* on the host format_float is there, weak or not */
#include "format.c"

static unsigned failures;
static unsigned long checks;
static uint64_t random_state;

static uint64_t random64(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static double double_of(uint64_t bits)
{
	double d;

	memcpy(&d, &bits, sizeof(d));
	return d;
}

static int ours(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = format_buffer(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"

static void try_format(const char *fmt, double d)
{
	static char a[3000], b[3000];
	int na = ours(a, sizeof(a), fmt, d), nb = snprintf(b, sizeof(b), fmt, d);

	checks++;
	if ((na != nb || strcmp(a, b) != 0) && failures++ < 10)
		printf("FAIL float: \"%s\" of %a: [%.400s] %d, the host says [%.400s] %d\n", fmt, d, a, na, b, nb);
}

/* Value, where it ends, errno. */
static void try_parse(const char *text)
{
	char *end_a, *end_b;
	int error_a, error_b;
	double a, b;
	float fa, fb;

	checks++;
	errno = 0;
	a = our_strtod(text, &end_a);
	error_a = errno;
	errno = 0;
	b = host_strtod(text, &end_b);
	error_b = errno;
	if ((memcmp(&a, &b, sizeof(a)) != 0 || end_a != end_b || error_a != error_b) && failures++ < 10)
		printf("FAIL float: strtod of [%.100s]: %a, %d characters, errno %d; the host says %a, %d, %d\n", text, a,
		       (int)(end_a - text), error_a, b, (int)(end_b - text), error_b);
	fa = our_strtof(text, &end_a);
	fb = host_strtof(text, &end_b);
	if ((memcmp(&fa, &fb, sizeof(fa)) != 0 || end_a != end_b) && failures++ < 10)
		printf("FAIL float: strtof of [%.100s]: %a; the host says %a\n", text, fa, fb);
}

static const uint64_t special[] = { 0, 1, 2, 0xfffffffffffff, 0x10000000000000, 0x10000000000001, 0x3ff0000000000000,
	0x3fefffffffffffff, 0x3ff0000000000001, 0x7fefffffffffffff, 0x7ff0000000000000, 0x7ff8000000000000, 0x3fb999999999999a,
	0x3fe0000000000000, 0x3ff8000000000000, 0x4004000000000000, 0x400c000000000000, 0x4023ffffffffffff, 0x40c3880000000000,
	0x412e848000000000, 0x412e847fffffffff, 0x4341c37937e08000, 0x3f1a36e2eb1c432d, 0x3f1a36e2eb1c432c, 0x43e0000000000000,
	0x4058fffffffffffe, 0x3feffffffffffff7, 0x3f50624dd2f1a9fc };

/* 9.7 is 1e+01 to one digit. There the host's %#g loses zeros that C wants. */
static bool carries(double d)
{
	char rounded[64], exact[64];

	snprintf(rounded, sizeof(rounded), "%.0e", d);
	snprintf(exact, sizeof(exact), "%.40e", d);
	return strchr(rounded, 'e') && strcmp(strchr(rounded, 'e'), strchr(exact, 'e')) != 0;
}

static void test_formats(void)
{
	static const char *const flags[] = { "", "-", "0", "+", " #", "#0" };
	static const char *const widths[] = { "", "12", "40" };
	static const char *const precisions[] = { "", ".", ".0", ".1", ".2", ".3", ".6", ".12", ".13", ".14", ".17", ".25", ".340" };
	char fmt[64];

	try_format("%.1100f", 0x1.fffffffffffffp-1022);
	try_format("%.2000e", -0x1.fffffffffffffp-1000);
	for (unsigned v = 0; v < 2 * sizeof(special) / sizeof(*special); v++)
		for (unsigned f = 0; f < sizeof(flags) / sizeof(*flags); f++)
			for (unsigned w = 0; w < sizeof(widths) / sizeof(*widths); w++)
				for (unsigned p = 0; p < sizeof(precisions) / sizeof(*precisions); p++)
					for (const char *c = "aAeEfFgG"; *c; c++) {
						double d = double_of(special[v / 2] | (uint64_t)(v & 1) << 63);

						snprintf(fmt, sizeof(fmt), "%%%s%s%s%c", flags[f], widths[w], precisions[p], *c);
						if (!strchr("gG", *c) || !strchr(fmt, '#') || !carries(d))
							try_format(fmt, d);
					}
}

static void test_own(void)
{
	char text[32];

	ours(text, sizeof(text), "%#g %Lg", 999999.9999, 2.5l);
	if (strcmp(text, "1.00000e+06 2.5") != 0 && failures++ < 10)
		printf("FAIL float: %%#g, %%Lg: %s\n", text);
}

static void test_texts(void)
{
	static const char *const texts[] = { "", " ", "0", "-0", "+1", "- 1", "1.", ".5", ".", "-.", "1e", "1e+", "1e5", "1E-5x", "1.5.5",
		"inf", "-INFINITY", "infinit", "nan", "-nan(12_a)", "nan(", "nan()", "0x", "0x.", "0xg", "0x1", "0x1p", "0x1p-3", "0X.8P1",
		"0x1.fffffffffffff7p0", "0x1.fffffffffffff8p0", "0x1.fffffffffffff80000000000000001p0", "0x.00000000000000000001p80",
		"0x1p-1074", "0x1p-1075", "0x1.8p-1075", "0x1p1024", "0x1.fffffffffffff7ffp1023", "0x1.fffffffffffff8p1023",
		"4.9e-324", "2.4703282292062327208e-324", "2.4703282292062328e-324", "2.2250738585072011e-308", "2.2250738585072014e-308",
		"1.7976931348623157e308", "1.7976931348623158e308", "1.7976931348623159e308", "1e309", "-1e400", "1e-400", "1e999999999999",
		"1e-999999999999", "0e999999999999", "9007199254740993", "9007199254740992.9999999999", "9007199254740993.00000000001",
		"123456789012345678901234567890", "0.1e1 ", "\t\n 12", "1e23", "8.5e22", "6.02e+23,", "3.40282357e38", "1.4e-45", "7e-46",
		"0.000000000000000000000000000000000000000000000000001", "1000000000000000000000000000000000000000000000000000.0" };

	for (unsigned i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		try_parse(texts[i]);
}

/* Just half way between two doubles, and a little beside it: as many digits as can matter, and more than are kept. */
static void test_halves(void)
{
	static char text[2000];

	for (int i = 0; i < 300; i++) {
		uint64_t bits = random64() >> 1;
		if (i % 3 == 0)
			bits &= 0xfffffffffffff; /* subnormal */
		if (bits >> 52 >= 0x7fe)
			continue;
		struct digits d;
		int exponent = bits >> 52 ? (int)(bits >> 52) : 1;
		uint64_t m = (bits & 0xfffffffffffff) | (uint64_t)(bits >> 52 != 0) << 52;
		decimal_digits(&d, 2 * m + 1, exponent - BIAS - 1);
		int n = sprintf(text, "0.%.*s", d.n, d.digit);
		sprintf(text + n, "e%d", d.point);
		try_parse(text);
		text[n - 1]--; /* its last digit is a 5 */
		try_parse(text);
		text[n - 1] += 2;
		try_parse(text);
		text[n - 1]--;
		sprintf(text + n, "%0*d1e%d", 10 + 80 * (i % 2), 0, d.point);
		try_parse(text);
	}
}

static void test_random(unsigned thousands)
{
	static const char *const formats[] = { "%.17g", "%g", "%e", "%.3f", "%a", "%.0f", "%.16e", "%.5a", "%.9g", "%f" };
	char text[1200];

	for (unsigned long i = 0; i < thousands * 1000ul; i++) {
		uint64_t bits = random64();
		double d = double_of(bits);
		double near = double_of((bits & 0x800fffffffffffff) | (0x3c0 + (bits >> 52) % 0x80) << 52); /* of everyday size */

		try_format(formats[i % 10], near);
		if (i % 4 == 0)
			try_format(formats[i / 4 % 10], d);
		snprintf(text, sizeof(text), formats[i / 2 % 10], i % 4 ? near : d);
		try_parse(text);
		snprintf(text, sizeof(text), "%lld.%llde%d", (long long)random64() >> random64() % 64,
			 (long long)(random64() >> 1) >> random64() % 64, (int)(random64() % 660) - 330);
		try_parse(text);
	}
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 20260102;

	random_state = seed ? seed : 1;
	test_formats();
	test_own();
	test_texts();
	test_halves();
	test_random(argc > 2 ? atoi(argv[2]) : 50);
	if (failures)
		printf("FAIL float: %u of %lu checks; seed %llu\n", failures, checks, (unsigned long long)seed);
	else
		printf("PASS float (%lu checks, seed %llu)\n", checks, (unsigned long long)seed);
	return failures != 0;
}
