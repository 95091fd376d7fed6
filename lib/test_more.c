/* lib/test_more.c: host test: numbers, strings and paths against the host's. */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static long long (*const host_strtoll)(const char *, char **, int) = strtoll;
static unsigned long long (*const host_strtoull)(const char *, char **, int) = strtoull;
static void *(*const host_memmem)(const void *, size_t, const void *, size_t) = memmem;
static char *(*const host_strcasestr)(const char *, const char *) = strcasestr;
static char *(*const host_strsep)(char **, const char *) = strsep;
static char *(*const host_dirname)(char *) = dirname;
static char *(*const host_basename)(char *) = basename;

#undef basename
#define OUR(name) our_##name
#define strtoul OUR(strtoul)
#define strtoull OUR(strtoull)
#define strtoumax OUR(strtoumax)
#define strtol OUR(strtol)
#define strtoll OUR(strtoll)
#define strtoimax OUR(strtoimax)
#define atoi OUR(atoi)
#define atol OUR(atol)
#define atoll OUR(atoll)
#define abs OUR(abs)
#define labs OUR(labs)
#define llabs OUR(llabs)
#define imaxabs OUR(imaxabs)
#define div OUR(div)
#define ldiv OUR(ldiv)
#define lldiv OUR(lldiv)
#define imaxdiv OUR(imaxdiv)
unsigned long strtoul(const char *, char **, int);
unsigned long long strtoull(const char *, char **, int);
uintmax_t strtoumax(const char *, char **, int);
long strtol(const char *, char **, int);
long long strtoll(const char *, char **, int);
intmax_t strtoimax(const char *, char **, int);
#include "number.c"

#define strcoll OUR(strcoll)
#define strxfrm OUR(strxfrm)
#define mempcpy OUR(mempcpy)
#define ffs OUR(ffs)
#define bzero OUR(bzero)
#define bcopy OUR(bcopy)
#define bcmp OUR(bcmp)
#define index OUR(index)
#define rindex OUR(rindex)
#define stpcpy OUR(stpcpy)
#define stpncpy OUR(stpncpy)
#define memccpy OUR(memccpy)
#define memrchr OUR(memrchr)
#define memmem OUR(memmem)
#define strchrnul OUR(strchrnul)
#define strcasestr OUR(strcasestr)
#define strsep OUR(strsep)
#define strlcpy OUR(strlcpy)
size_t strlcpy(char *restrict to, const char *restrict from, size_t size);
#include "string_more.c"
size_t strlcpy(char *restrict to, const char *restrict from, size_t size)
{
	return snprintf(to, size, "%s", from);
}

#define basename OUR(basename)
#define dirname OUR(dirname)
#include "libgen.c"

static unsigned failures, checks;

static void check(bool ok, const char *what, const char *a, const char *b)
{
	checks++;
	if (!ok && failures++ < 10)
		printf("FAIL more: %s of \"%s\", \"%s\"\n", what, a, b);
}

static void try_number(const char *text, int base)
{
	char *end_a = NULL, *end_b = NULL, shown[16];
	int error;

	snprintf(shown, sizeof(shown), "base %d", base);
	errno = 0;
	long long a = our_strtoll(text, &end_a, base);
	error = errno, errno = 0;
	long long b = host_strtoll(text, &end_b, base);
	check(a == b && end_a == end_b && error == errno, "strtoll", text, shown);
	errno = 0;
	unsigned long long c = our_strtoull(text, &end_a, base);
	error = errno, errno = 0;
	unsigned long long d = host_strtoull(text, &end_b, base);
	check(c == d && end_a == end_b && error == errno, "strtoull", text, shown);
}

static void test_numbers(void)
{
	static const char *const texts[] = { "", " ", "0", "-0", "0x", "0x1", "0X7fffffffffffffff", "-0x8000000000000000", "0xg", "010",
		"08", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
		"18446744073709551615", "18446744073709551616", "-18446744073709551615", "-18446744073709551616", "\t\n\v\f\r 12x", "+5",
		"+-5", "--5", "zz", "Zz9", "1e5", "99999999999999999999999999", "18446744073709551620", "184467440737095516150",
		"\xb2", "1777777777777777777777", "2000000000000000000000", "3w5e11264sgsf", "3w5e11264sgsg" };
	static const int bases[] = { 0, 2, 8, 10, 16, 35, 36 };
	char text[40];

	for (unsigned i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		for (unsigned k = 0; k < sizeof(bases) / sizeof(*bases); k++)
			try_number(texts[i], bases[k]);
	srand(1);
	for (int i = 0; i < 100000; i++) {
		uint64_t n = (uint64_t)rand() << 33 ^ (uint64_t)rand() << 11 ^ rand();

		snprintf(text, sizeof(text), rand() % 2 ? "%s%" PRIu64 : "%s0x%" PRIx64, rand() % 2 ? "-" : "", n >> rand() % 64);
		try_number(text, bases[rand() % 7]);
	}
	check(our_div(-7, 2).quot == -3 && our_div(-7, 2).rem == -1 && our_lldiv(1ll << 40, 3).rem == 1, "div", "", "");
	check(our_llabs(-5) == 5 && our_ffs(0) == 0 && our_ffs(8) == 4, "llabs, ffs", "", "");
}

static void try_search(const char *s, const char *what)
{
	size_t n = strlen(s), length = strlen(what);
	char a[32], b[32], *rest_a = a, *rest_b = b;

	check(our_memmem(s, n, what, length) == host_memmem(s, n, what, length), "memmem", s, what);
	check(our_strcasestr(s, what) == host_strcasestr(s, what), "strcasestr", s, what);
	strcpy(a, s), strcpy(b, s);
	for (int i = 0; i < 20; i++) {
		char *word_a = our_strsep(&rest_a, what), *word_b = host_strsep(&rest_b, what);

		check(!word_a == !word_b && (!word_a || (word_a - a == word_b - b && strcmp(word_a, word_b) == 0)), "strsep", s, what);
	}
}

static void test_strings(void)
{
	char to[16];

	srand(2);
	for (int i = 0; i < 20000; i++) {
		char s[20] = "", what[5] = "";

		for (int k = rand() % 12; k > 0; k--)
			s[k - 1] = "aAbB,"[rand() % 5];
		for (int k = rand() % 4; k > 0; k--)
			what[k - 1] = "aAbB,"[rand() % 5];
		s[strlen(s)] = 0;
		try_search(s, what);
		check(our_strchrnul(s, 'b') == s + strcspn(s, "b"), "strchrnul", s, "b");
		check(our_memrchr(s, 'b', strlen(s)) == (void *)strrchr(s, 'b'), "memrchr", s, "b");
	}
	check(our_stpcpy(to, "abc") == to + 3 && strcmp(to, "abc") == 0, "stpcpy", to, "");
	memset(to, 'x', sizeof(to));
	check(our_stpncpy(to, "abc", 2) == to + 2 && to[2] == 'x', "stpncpy", "", "");
	check(our_stpncpy(to, "ab", 4) == to + 2 && memcmp(to, "ab\0\0x", 5) == 0, "stpncpy", "", "");
	check(our_memccpy(to, "key=value", '=', 9) == to + 4 && to[4] == 'x', "memccpy", "", "");
	check(our_memccpy(to, "key=value", '#', 3) == NULL && our_mempcpy(to, "12", 2) == to + 2, "memccpy", "", "");
}

static void test_paths(void)
{
	static const char *const paths[] = { "", "/", "///", "a", "a/", "/a", "/a/", "a/b", "a//b", "a//b//", "/a/b/c", ".",
		"..", "usr/lib/", "/usr//lib" };
	char a[32], b[32];

	for (unsigned i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		strcpy(a, paths[i]), strcpy(b, paths[i]);
		check(strcmp(our_dirname(a), host_dirname(b)) == 0, "dirname", paths[i], "");
		strcpy(a, paths[i]), strcpy(b, paths[i]);
		check(strcmp(our_basename(a), host_basename(b)) == 0, "basename", paths[i], "");
	}
	check(strcmp(our_basename(NULL), ".") == 0 && strcmp(our_dirname(NULL), ".") == 0, "null", "", "");
}

int main(void)
{
	test_numbers();
	test_strings();
	test_paths();
	printf("%s more (%u of %u checks)\n", failures ? "FAIL" : "PASS", checks - failures, checks);
	return failures != 0;
}
