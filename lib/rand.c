/* lib/rand.c: numbers that look random and are the same on every machine: xorshift (Marsaglia 2003). (lab 3) */
#include <stdint.h>
#include <stdlib.h>

static uint32_t state = 1;

void srand(unsigned seed)
{
	state = seed ? seed : 1; /* 0 would stay 0 */
}

int rand(void)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state & RAND_MAX;
}
