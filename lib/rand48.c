/* lib/rand48.c: random floating-point numbers: the linear congruence of 48 bits that POSIX prescribes. (lab 3) */
#include <stdint.h>
#include <stdlib.h>

static uint64_t state = 0x1234abcd330e;

void srand48(long seed)
{
	state = (uint64_t)(uint32_t)seed << 16 | 0x330e;
}

double drand48(void)
{
	state = (state * 0x5deece66d + 0xb) & 0xffffffffffff;
	return (double)(int64_t)state / (double)(1ll << 48);
}
