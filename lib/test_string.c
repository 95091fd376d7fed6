/* lib/test_string.c: host test: memory and string functions against the plainest code that does the same. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The host's. */
static size_t (*const host_strlen)(const char *) = strlen;
static char *(*const host_strchr)(const char *, int) = strchr;
static char *(*const host_strrchr)(const char *, int) = strrchr;
static void *(*const host_memchr)(const void *, int, size_t) = memchr;
static int (*const host_strcmp)(const char *, const char *) = strcmp;
static int (*const host_strncmp)(const char *, const char *, size_t) = strncmp;

/* Ours under other names, beside them. */
#define memcpy our_memcpy
#define memmove our_memmove
#define memset our_memset
#define memcmp our_memcmp
#define memchr our_memchr
#define strlen our_strlen
#define strnlen our_strnlen
#define strcmp our_strcmp
#define strncmp our_strncmp
#define strchr our_strchr
#define strrchr our_strrchr
#define strlcpy our_strlcpy
void *our_memmove(void *to, const void *from, size_t n);
#include "string.c"

#define SIZE 96

static unsigned failures;

#define CHECK(cond, ...)                                        \
	do {                                                    \
		if (!(cond) && failures++ < 10) {               \
			printf("FAIL string: %s: ", #cond);     \
			printf(__VA_ARGS__);                    \
			printf("\n");                           \
		}                                               \
	} while (0)

static void fill(unsigned char *p)
{
	for (unsigned i = 0; i < SIZE; i++)
		p[i] = i * 37 + 11;
}

static int same(const unsigned char *a, const unsigned char *b)
{
	for (unsigned i = 0; i < SIZE; i++)
		if (a[i] != b[i])
			return 0;
	return 1;
}

static void test_move(unsigned to, unsigned from, unsigned n)
{
	unsigned char a[SIZE] __attribute__((aligned(8))), b[SIZE], old[SIZE];

	fill(a), fill(b), fill(old);
	for (unsigned i = 0; i < n; i++)
		b[to + i] = old[from + i];
	CHECK(our_memmove(a + to, a + from, n) == a + to, "to %u from %u n %u", to, from, n);
	CHECK(same(a, b), "memmove to %u from %u n %u", to, from, n);
}

static void test_copy(unsigned to, unsigned from, unsigned n)
{
	unsigned char a[SIZE] __attribute__((aligned(8))) = { 0 }, b[SIZE] = { 0 }, old[SIZE] __attribute__((aligned(8)));

	fill(old);
	for (unsigned i = 0; i < n; i++)
		b[to + i] = old[from + i];
	CHECK(our_memcpy(a + to, old + from, n) == a + to, "to %u from %u n %u", to, from, n);
	CHECK(same(a, b), "memcpy to %u from %u n %u", to, from, n);
}

static void test_set(unsigned to, unsigned n, int c)
{
	unsigned char a[SIZE] __attribute__((aligned(8))), b[SIZE];

	fill(a), fill(b);
	for (unsigned i = 0; i < n; i++)
		b[to + i] = c;
	CHECK(our_memset(a + to, c, n) == a + to, "to %u n %u", to, n);
	CHECK(same(a, b), "memset to %u n %u", to, n);
}

static int sign(int v)
{
	return v < 0 ? -1 : v > 0;
}

/* All alignments and lengths; every pair of places overlaps in some way. */
static void test_blocks(void)
{
	for (unsigned to = 0; to < 24; to++)
		for (unsigned n = 0; n < 64; n++) {
			test_set(to, n, 0xa5 + n + 0x100);
			for (unsigned from = 0; from < 24; from++) {
				test_move(to, from, n);
				test_copy(to, from, n);
			}
		}
}

/* Equal but for one byte, at each place, larger and smaller, from malloc's memory, so that a read past the end shows. */
static void test_compare(void)
{
	for (unsigned n = 0; n < 20; n++)
		for (unsigned shift = 0; shift < 4; shift++) {
			unsigned char *p = malloc(n + shift + 1), *q = malloc(n + 1);

			for (unsigned i = 0; i < n; i++)
				p[shift + i] = q[i] = 0x7f + i;
			CHECK(our_memcmp(p + shift, q, n) == 0, "n %u", n);
			for (unsigned i = 0; i < n; i++)
				for (int d = -1; d <= 1; d += 2) {
					q[i] += d;
					CHECK(sign(our_memcmp(p + shift, q, n)) == (p[shift + i] < q[i] ? -1 : 1), "n %u i %u", n, i);
					q[i] -= d;
				}
			free(p), free(q);
		}
}

static void test_strings(void)
{
	static const char *const words[] = { "", "a", "b", "ab", "abc", "abd", "abcabc", "\xff", "a\xff", "ouroboros" };

	for (unsigned i = 0; i < sizeof(words) / sizeof(*words); i++) {
		const char *a = words[i];

		CHECK(our_strlen(a) == host_strlen(a), "%s", a);
		for (unsigned n = 0; n < 12; n++)
			CHECK(our_strnlen(a, n) == (n < host_strlen(a) ? n : host_strlen(a)), "%s %u", a, n);
		for (unsigned c = 0; c < 256; c++) {
			CHECK(our_strchr(a, c) == host_strchr(a, c), "%s %u", a, c);
			CHECK(our_strrchr(a, c) == host_strrchr(a, c), "%s %u", a, c);
			CHECK(our_memchr(a, c, host_strlen(a) + 1) == host_memchr(a, c, host_strlen(a) + 1), "%s %u", a, c);
		}
		for (unsigned j = 0; j < sizeof(words) / sizeof(*words); j++) {
			const char *b = words[j];

			CHECK(sign(our_strcmp(a, b)) == sign(host_strcmp(a, b)), "%s %s", a, b);
			for (unsigned n = 0; n < 8; n++)
				CHECK(sign(our_strncmp(a, b, n)) == sign(host_strncmp(a, b, n)), "%s %s %u", a, b, n);
		}
	}
}

static void test_strlcpy(void)
{
	for (unsigned size = 0; size < 12; size++) {
		char to[12] = "###########";
		unsigned kept = size == 0 ? 0 : size - 1 < 5 ? size - 1 : 5;

		CHECK(our_strlcpy(to, "hello", size) == 5, "size %u", size);
		CHECK(size == 0 || to[kept] == 0, "size %u", size);
		CHECK(host_strncmp(to, "hello", kept) == 0, "size %u", size);
		CHECK(to[size == 0 ? 0 : kept + 1] == '#', "size %u", size);
	}
}

int main(void)
{
	test_blocks();
	test_compare();
	test_strings();
	test_strlcpy();
	if (!failures)
		printf("PASS string\n");
	return failures != 0;
}
