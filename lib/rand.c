/* lib/rand.c: numbers that look random and are the same on every machine: xorshift (Marsaglia 2003). (lab 3) */
#include <stdint.h>
#include <stdlib.h>

static uint32_t state = 1;

void srand(unsigned seed)
{
	state = seed ? seed : 1; /* 0 would stay 0 */
}

static uint32_t next(uint32_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 17;
	*x ^= *x << 5;
	return *x & RAND_MAX;
}

int rand(void) { return next(&state); }
long random(void) { return next(&state); }
void srandom(unsigned seed) { srand(seed); }

int rand_r(unsigned *seed)
{
	uint32_t x = *seed ? *seed : 1;
	int result = next(&x);

	*seed = x;
	return result;
}
