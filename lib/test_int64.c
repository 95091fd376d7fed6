/* lib/test_int64.c: host test: our 64-bit division against the host's. Argument: a seed for the random part. */
#include <stdio.h>
#include <stdlib.h>

#define __udivdi3 our_udivdi3
#define __umoddi3 our_umoddi3
#define __udivmoddi4 our_udivmoddi4
#define __divdi3 our_divdi3
#define __moddi3 our_moddi3
#define __divmoddi4 our_divmoddi4
#include "int64.c"

static unsigned failures;
static uint64_t state;

static uint64_t random64(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void check(const char *what, uint64_t n, uint64_t d, uint64_t got, uint64_t want)
{
	if (got != want && failures++ < 10)
		printf("FAIL int64: 0x%llx %s 0x%llx: 0x%llx, not 0x%llx\n", (unsigned long long)n, what,
			(unsigned long long)d, (unsigned long long)got, (unsigned long long)want);
}

static void try(uint64_t n, uint64_t d)
{
	if (!d)
		return;
	check("/", n, d, our_udivdi3(n, d), n / d);
	check("%", n, d, our_umoddi3(n, d), n % d);
	if ((int64_t)n == INT64_MIN && (int64_t)d == -1)
		return;
	check("signed /", n, d, our_divdi3(n, d), (int64_t)n / (int64_t)d);
	check("signed %", n, d, our_moddi3(n, d), (int64_t)n % (int64_t)d);
	int64_t rest;
	check("signed / and %", n, d, our_divmoddi4(n, d, &rest), (int64_t)n / (int64_t)d);
	check("their rest", n, d, rest, (int64_t)n % (int64_t)d);
}

int main(int argc, char **argv)
{
	static const uint64_t edges[] = { 0, 1, 2, 3, 9, 10, 0xfffe, 0xffff, 0x10000, 0x10001, 0x7fffffff, 0x80000000,
		0xfffffffe, 0xffffffff, 0x100000000, 0x100000001, 0x1ffffffff, 1000000007, 0x8000000000000000, INT64_MAX,
		UINT64_MAX, UINT64_MAX - 1, 0xffffffff00000000, 0x80000000ffffffff };
	unsigned long long seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 20260101;

	state = seed ? seed : 1;
	for (unsigned i = 0; i < sizeof(edges) / sizeof(*edges); i++)
		for (unsigned j = 0; j < sizeof(edges) / sizeof(*edges); j++)
			try(edges[i], edges[j]);
	for (int i = 0; i < 300000; i++) {
		uint64_t n = random64() >> random64() % 64;

		try(n, random64() >> random64() % 64);
	}
	printf(failures ? "FAIL int64: %u failures, seed %llu\n" : "PASS int64 (%u failures, seed %llu)\n", failures, seed);
	return failures != 0;
}
