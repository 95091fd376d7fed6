/* user/t_lib.c: tests the C library: memory, numbers, sorting, strings, output. (lab 3) */
#include "test.h"
#include <ctype.h>
#include <limits.h>
#include <probe.h>
#include <setjmp.h>
#include <strings.h>
#include <sys/mman.h>

static void check_malloc(void)
{
	enum { BLOCKS = 200 };
	static unsigned char *blocks[BLOCKS];
	static size_t sizes[BLOCKS];

	srand(1);
	for (int turn = 0; turn < 5000; turn++) {
		int i = rand() % BLOCKS;

		for (size_t k = 0; k < sizes[i]; k++)
			if (blocks[i][k] != (unsigned char)(i + 1)) {
				CHECK_IS(blocks[i][k], i + 1); /* somebody else has written to it */
				return;
			}
		free(blocks[i]);
		sizes[i] = rand() % 3000;
		blocks[i] = malloc(sizes[i]);
		CHECK(blocks[i] && (uintptr_t)blocks[i] % 8 == 0);
		memset(blocks[i], i + 1, sizes[i]);
	}
	for (int i = 0; i < BLOCKS; i++)
		free(blocks[i]);
	/* All in one piece again. */
	void *p = malloc(OPAQUE(100000u));
	uintptr_t was = OPAQUE((uintptr_t)p);
	CHECK(was != 0);
	free(p);
	p = malloc(OPAQUE(100000u));
	CHECK_IS(p, was);
	free(p);
	/* One after the other they lie side by side: nothing is left between them to be searched again. */
	p = malloc(OPAQUE(100000u));
	for (int i = 0; i < 20; i++) {
		char *next = malloc(OPAQUE(100000u));
		CHECK_IS(next - (char *)p, 100008);
		p = next;
	}
	CHECK(OPAQUE(malloc(OPAQUE(0xfffffff0u))) == NULL);
	CHECK(OPAQUE(malloc(OPAQUE(0x7fb00000u))) == NULL);
	CHECK_IS(errno, ENOMEM);
	CHECK(OPAQUE(calloc(OPAQUE(0x10000u), 0x10001)) == NULL);
}

static void check_realloc(void)
{
	char *p = calloc(10, 10);

	for (int i = 0; i < 100; i++)
		CHECK_IS(p[i], 0);
	strcpy(p, "to be kept");
	p = realloc(p, 50000);
	CHECK(strcmp(p, "to be kept") == 0);
	p = realloc(p, 11);
	CHECK(strcmp(p, "to be kept") == 0);
	free(p);
	free(NULL);
}

static void check_numbers(void)
{
	char *end;

	CHECK_IS(strtol("  -42x", &end, 10), -42);
	CHECK_IS(*end, 'x');
	CHECK_IS(strtol("0x1f", NULL, 0), 31);
	CHECK_IS(strtol("017", NULL, 0), 15);
	CHECK_IS(strtol("0x", &end, 16), 0);
	CHECK_IS(*end, 'x');
	CHECK_IS(strtol("none", &end, 10), 0);
	CHECK_IS(*end, 'n');
	CHECK_IS(strtol("zz", NULL, 36), 35 * 36 + 35);
	CHECK_IS(strtol("2147483647", NULL, 10), LONG_MAX);
	CHECK_IS(strtol("-2147483648", NULL, 10), LONG_MIN);
	errno = 0;
	CHECK_IS(strtol("2147483648", NULL, 10), LONG_MAX);
	CHECK_IS(errno, ERANGE);
	CHECK_IS(strtol("-99999999999", NULL, 10), LONG_MIN);
	CHECK_IS(strtoul("4294967295", NULL, 10), 4294967295ul);
	errno = 0;
	CHECK_IS(strtoul("4294967296", NULL, 10), ULONG_MAX);
	CHECK_IS(errno, ERANGE);
	CHECK_IS(atoi("123abc"), 123);
}

static int by_value(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

/* What some compilers call out for; both ways must agree with arithmetic. */
static void check_bits(void)
{
	uint64_t value = OPAQUE(0x8123456789abcdefull), product = 1;

	for (int n = 0; n < 64; n++, product *= 2) {
		int shift = OPAQUE(n);

		CHECK(value << shift == value * product);
		CHECK(value >> shift == value / product);
		CHECK((int64_t)value >> shift == -(int64_t)((-value - 1) / product) - 1);
		CHECK_IS(__builtin_popcountll(value << shift), __builtin_popcountll(value << shift >> 32) +
			__builtin_popcount((uint32_t)(value << shift)));
		CHECK_IS(__builtin_clzll(product), 63 - n);
		CHECK_IS(__builtin_ctzll(product), n);
	}
	CHECK_IS(__builtin_popcountll(value), 33);
	CHECK_IS(__builtin_popcount(OPAQUE(0xffffffffu)), 32);
}

static void check_sort(void)
{
	enum { N = 500 };
	static int v[N];

	for (int n = 0; n <= N; n += n < 10 ? 1 : 70) {
		long sum = 0;

		for (int i = 0; i < n; i++)
			sum += v[i] = rand() % 100;
		qsort(v, n, sizeof(v[0]), by_value);
		for (int i = 0; i < n; i++)
			sum -= v[i];
		for (int i = 1; i < n; i++)
			CHECK(v[i - 1] <= v[i]);
		CHECK_IS(sum, 0);
		for (int key = -1; key <= 100; key += 7) {
			int *found = bsearch(&key, v, n, sizeof(v[0]), by_value);
			bool there = false;

			for (int i = 0; i < n; i++)
				there |= v[i] == key;
			CHECK(found ? *found == key : !there);
		}
	}
}

static void check_strings(void)
{
	char buf[16], words[] = " one, two,,three ";
	char *rest;

	CHECK(strcmp(strcpy(buf, "abc"), "abc") == 0);
	CHECK(strcmp(strcat(buf, "def"), "abcdef") == 0);
	CHECK(strcmp(strncat(buf, "ghijk", OPAQUE(2u)), "abcdefgh") == 0);
	memset(buf, 'x', sizeof(buf));
	strncpy(buf, "ab", 4);
	CHECK(memcmp(buf, "ab\0\0xx", 6) == 0);
	CHECK_IS(strlcat(buf, "cdefghijklmnopqrst", sizeof(buf)), 20);
	CHECK(strcmp(buf, "abcdefghijklmno") == 0);
	CHECK_IS(strspn("aabbc", "ab"), 4);
	CHECK_IS(strcspn("aabbc", "cb"), 2);
	CHECK(strpbrk("hello", "xyz") == NULL && *strpbrk("hello", "ol") == 'l');
	CHECK(strstr("one two", "two") && !strstr("one two", "three") && *strstr("x", "") == 'x');
	CHECK(strcmp(strtok_r(words, " ,", &rest), "one") == 0);
	CHECK(strcmp(strtok_r(NULL, " ,", &rest), "two") == 0);
	CHECK(strcmp(strtok_r(NULL, " ,", &rest), "three") == 0);
	CHECK(strtok_r(NULL, " ,", &rest) == NULL);
	CHECK(strcasecmp("HeLLo", "hEllO") == 0 && strcasecmp("a", "B") < 0 && strncasecmp("abX", "ABy", 2) == 0);
	char *copy = strdup("a copy");
	CHECK(copy && strcmp(copy, "a copy") == 0);
	free(copy);
	CHECK(toupper('a') == 'A' && tolower('Z') == 'z' && tolower('1') == '1' && isspace('\t') && !isalpha('1'));
	CHECK(isxdigit('F') && !isxdigit('g') && ispunct('!') && !ispunct('a') && !isdigit(':'));
	CHECK(strcmp(strerror(ENOMEM), "out of memory") == 0);
}

static void check_printf(void)
{
	char buf[64];

	CHECK_IS(snprintf(buf, sizeof(buf), "%d|%5s|%-5s|%08x|%c|%%|%llu", -3, "ab", "cd", 0xbeef, 'z', 1ull << 40),
		41);
	CHECK(strcmp(buf, "-3|   ab|cd   |0000beef|z|%|1099511627776") == 0);
	CHECK_IS(snprintf(buf, OPAQUE(4u), "%s", "abcdef"), 6);
	CHECK(strcmp(buf, "abc") == 0);
	CHECK_IS(sprintf(buf, "%u", 4000000000u), 10);
	CHECK_IS(printf("%s", ""), 0);
	CHECK_IS(fwrite("", 1, 0, stdout), 0);
	CHECK_IS(putchar('.'), '.');
	CHECK_IS(putchar('\n'), '\n');
	CHECK(puts("puts") >= 0 && fputs("fputs\n", stdout) >= 0);
}

static void check_mmap(void)
{
	char *a = mmap(NULL, 3 * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *b = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(a != MAP_FAILED && b != MAP_FAILED && (b >= a + 3 * PAGE_SIZE || b < a));
	a[0] = a[3 * PAGE_SIZE - 1] = b[0] = 1;
	CHECK_IS(munmap(a + PAGE_SIZE, PAGE_SIZE), 0);
	CHECK_IS(munmap(a, 3 * PAGE_SIZE), 0); /* a hole is no error */
	CHECK(mmap(a, PAGE_SIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == a); /* a free hint is taken */
	CHECK_IS(a[0], 0);
	CHECK(mmap(a, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == a);
	a[0] = 1;
	CHECK_IS(mprotect(a, PAGE_SIZE, PROT_READ), 0);
	CHECK_IS(munmap(a, PAGE_SIZE) | munmap(b, 1), 0);
	CHECK(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
	CHECK(mmap(NULL, 0x7fb00000, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
}

static jmp_buf place;

static void deep(int levels, int value)
{
	volatile char room[100];

	room[0] = levels;
	if (levels == 0)
		longjmp(place, value);
	if (room[0] > 0)
		deep(levels - 1, value);
}

static void check_setjmp(void)
{
	volatile int came = 0, sum = 0;
	int value = setjmp(place);

	sum += value;
	if (came++ < 3)
		deep(20, came == 2 ? 0 : came);
	CHECK_IS(came, 4);
	CHECK_IS(sum, 0 + 1 + 1 + 3); /* a 0 arrives as 1 */
}

static int order; /* what the atexit functions have seen */

static void last(void)
{
	if (order != 1)
		_exit(1);
	_exit(42);
}

static void first(void)
{
	order++;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return atexit(last) | atexit(first);
	check_malloc();
	check_realloc();
	check_numbers();
	check_bits();
	check_sort();
	check_strings();
	check_printf();
	check_mmap();
	check_setjmp();
	CHECK_IS(test_run("t_lib", "atexit", NULL), STATUS_EXIT(42));
	return test_end("lib");
}
