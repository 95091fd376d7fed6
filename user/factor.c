/* user/factor.c: prime factors of numbers up to 2^64 - 1, from the arguments or the input. (lab 3) */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t take_out(uint64_t n, uint64_t p)
{
	for (; n % p == 0; n /= p)
		printf(" %" PRIu64, p);
	return n;
}

/* 2, 3, and what lies beside the multiples of 6. */
static void show(uint64_t n)
{
	printf("%" PRIu64 ":", n);
	if (n > 1) {
		n = take_out(take_out(n, 2), 3);
		for (uint64_t p = 5; p <= 0xffffffff && p * p <= n; p += 6)
			n = take_out(take_out(n, p), p + 2);
		if (n > 1)
			printf(" %" PRIu64, n);
	}
	putchar('\n');
}

static int number(const char *text)
{
	char *end;

	errno = 0;
	uint64_t n = strtoull(text, &end, 10);
	if (*end || !isdigit((unsigned char)*text) || errno) {
		warnx("%s: not a number from 0 to %" PRIu64, text, UINT64_MAX);
		return 1;
	}
	show(n);
	return 0;
}

int main(int argc, char **argv)
{
	char word[32];
	int failed = 0;

	for (int i = 1; i < argc; i++)
		failed |= number(argv[i]);
	while (argc == 1 && scanf("%31s", word) == 1)
		failed |= number(word);
	return failed || fflush(stdout) == EOF;
}
