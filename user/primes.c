/* user/primes.c: counts the primes below n (1000000) with a sieve: something that takes a while. (lab 3) */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	char *end = "";
	unsigned long n = argc > 1 ? strtoul(argv[1], &end, 0) : 1000000;
	char *composite = calloc(n + 1, 1);
	unsigned count = 0;

	if (*end)
		return fprintf(stderr, "primes: %s: not a number\n", argv[1]), 2;
	if (!composite)
		return perror("primes"), 1;
	for (unsigned long p = 2; p < n; p++) {
		if (composite[p])
			continue;
		count++;
		for (unsigned long multiple = p * p; p < 65536 && multiple < n; multiple += p)
			composite[multiple] = 1;
	}
	printf("%u primes below %lu\n", count, n);
	return 0;
}
