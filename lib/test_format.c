/* lib/test_format.c: host test: our formatter against the host's snprintf. Argument: a seed for the random part. */
#include <stdio.h>
#include <stdlib.h>
#include "format.c"

static unsigned failures, checks;

static int __attribute__((format(printf, 3, 4))) ours(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = format_buffer(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

static void compare(const char *fmt, const char *values, const char *a, int na, const char *b, int nb)
{
	checks++;
	if (na == nb && strcmp(a, b) == 0)
		return;
	if (failures++ < 10)
		printf("FAIL format: \"%s\" of %s: [%s] %d, the host says [%s] %d\n", fmt, values, a, na, b, nb);
}

#define TRY(fmt, ...)                                                   \
	do {                                                            \
		char a[2048], b[2048];                                  \
		int na = ours(a, sizeof(a), fmt, __VA_ARGS__);          \
		int nb = snprintf(b, sizeof(b), fmt, __VA_ARGS__);      \
		compare(fmt, #__VA_ARGS__, a, na, b, nb);               \
	} while (0)

#pragma GCC diagnostic ignored "-Wformat"
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wformat-truncation"
#pragma GCC diagnostic ignored "-Wformat-overflow"
#endif

static const char *const flags[] = { "", "-", "0", "+", " ", "#", "-0", "+0", " 0", "#0", "-#", "-+", "+ ", "-+ #0" };
static const char *const widths[] = { "", "1", "2", "5", "11", "20", "40", "100" };
static const char *const precisions[] = { "", ".", ".0", ".1", ".3", ".8", ".11", ".25", ".70" };
static const char *const lengths[] = { "", "hh", "h", "l", "ll", "z", "t", "j" };
static const uint64_t values[] = { 0, 1, 7, 8, 9, 10, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 2147483647,
	2147483648, 4294967295, 4294967296, 1000000000000, INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX, -8ull };

static void try_integer(const char *flag, const char *width, const char *precision, uint64_t v)
{
	char fmt[64];

	for (const char *c = "diuxXo"; *c; c++)
		for (unsigned l = 0; l < sizeof(lengths) / sizeof(*lengths); l++) {
			snprintf(fmt, sizeof(fmt), "<%%%s%s%s%s%c>", flag, width, precision, lengths[l], *c);
			if (strlen(lengths[l]) && lengths[l][0] != 'h')
				TRY(fmt, v);
			else
				TRY(fmt, (unsigned)v);
		}
}

static void test_integers(void)
{
	for (unsigned f = 0; f < sizeof(flags) / sizeof(*flags); f++)
		for (unsigned w = 0; w < sizeof(widths) / sizeof(*widths); w++)
			for (unsigned p = 0; p < sizeof(precisions) / sizeof(*precisions); p++)
				for (unsigned v = 0; v < sizeof(values) / sizeof(*values); v++)
					try_integer(flags[f], widths[w], precisions[p], values[v]);
}

static uint64_t random_state;

static uint64_t random64(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static void test_random(void)
{
	for (int i = 0; i < 20000; i++) {
		char width[24], precision[24], flag[8] = "";

		for (int k = random64() % 4; k > 0; k--)
			strcat(flag, (const char *[]){ "-", "0", "+", " ", "#" }[random64() % 5]);
		snprintf(width, sizeof(width), random64() % 2 ? "%d" : "", (int)(random64() % 60 + 1));
		snprintf(precision, sizeof(precision), random64() % 2 ? ".%d" : "", (int)(random64() % 60));
		try_integer(flag, width, precision, random64() >> random64() % 64);
	}
}

static void test_strings(void)
{
	static const char text[] = "ouroboros", *const cs[] = { "%s", "%-12s|", "%12s|", "%.3s", "%.0s", "%-8.2s|", "%.90s" };

	for (unsigned i = 0; i < sizeof(cs) / sizeof(*cs); i++) {
		TRY(cs[i], text);
		TRY(cs[i], "");
	}
	TRY("%.4s", (const char[4]){ 'a', 'b', 'c', 'd' }); /* no NUL within the precision */
	TRY("%c%c|%-3c|%3c", 'a', 0x7f, 'x', 'y');
	TRY("%%|%5d%%", 3);
	TRY("%*d|%-*d|%*d", 5, 1, 5, 2, -5, 3);
	TRY("%.*s|%.*d|%.*d", 2, text, 4, 5, -1, 6);
	TRY("%*.*x %s %lld %hhd %c", 8, 4, 255, text, -5000000000ll, 300, 'z');
	TRY("%p %p|%20p|%-20p|", (void *)1, (void *)0xdeadbeef, (void *)text, (void *)text);
	TRY("%d %d %d %d %d %d %d %d %d %d", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
	TRY("plain%s", "");
}

static void test_buffers(void)
{
	for (size_t size = 0; size < 16; size++) {
		char a[32], b[32];

		memset(a, '#', sizeof(a));
		memset(b, '#', sizeof(b));
		int na = ours(a, size, "%s %d", "hello", 12345), nb = snprintf(b, size, "%s %d", "hello", 12345);

		checks++;
		if (na != nb || memcmp(a, b, sizeof(a)) != 0) {
			printf("FAIL format: a buffer of %zu bytes: %d, the host says %d\n", size, na, nb);
			failures++;
		}
	}
}

/* Where we differ from the host on purpose. */
static void check_own(const char *fmt, const char *want, ...)
{
	char a[128];
	va_list ap;

	va_start(ap, want);
	format_buffer(a, sizeof(a), fmt, ap);
	va_end(ap);
	compare(fmt, "our own", a, 0, want, 0);
}

static void test_own(void)
{
	check_own("%s", "(null)", (char *)NULL);
	check_own("%p", "0x0", (void *)NULL);
	check_own("a%yb%5Qc%d", "a%yb%5Qc7", 7);
	check_own("100%", "100%");
	check_own("%n%d", "%n3", 3);
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 20260101;

	random_state = seed ? seed : 1;
	test_integers();
	test_random();
	test_strings();
	test_buffers();
	test_own();
	if (failures)
		printf("FAIL format: %u of %u checks; seed %llu\n", failures, checks, (unsigned long long)seed);
	else
		printf("PASS format (%u checks, seed %llu)\n", checks, (unsigned long long)seed);
	return failures != 0;
}
