/* lib/float64.c: between 64-bit integers and floating point, which compilers expect from a library. (lab 3) */
#include <stdint.h>

#define TWO_32 4294967296.0
#define TWO_63 9223372036854775808.0

uint64_t __fixunsdfdi(double d);
int64_t __fixdfdi(double d);
uint64_t __fixunssfdi(float f);
int64_t __fixsfdi(float f);
double __floatundidf(uint64_t n);
double __floatdidf(int64_t n);
float __floatundisf(uint64_t n);
float __floatdisf(int64_t n);

/* A word of at most 31 bits each time: machines convert signed words. */
static uint32_t low_word(double d)
{
	return d >= 2147483648.0 ? (uint32_t)(int32_t)(d - 2147483648.0) + 0x80000000u : (uint32_t)(int32_t)d;
}

static double from_word(uint32_t word)
{
	return (double)(int32_t)(word >> 1) * 2 + (int32_t)(word & 1);
}

uint64_t __fixunsdfdi(double d)
{
	uint32_t high;

	if (!(d >= 0))
		return d < 0 ? -(uint64_t)low_word(-d) : 0;
	if (d >= 2 * TWO_63)
		return UINT64_MAX;
	high = low_word(d / TWO_32);
	return (uint64_t)high << 32 | low_word(d - from_word(high) * TWO_32);
}

int64_t __fixdfdi(double d)
{
	return d < 0 ? -__fixunsdfdi(-d) : __fixunsdfdi(d);
}

/* Both parts are exact: the sum is rounded once. */
double __floatundidf(uint64_t n)
{
	return from_word(n >> 32) * TWO_32 + from_word(n);
}

double __floatdidf(int64_t n)
{
	return n < 0 ? -__floatundidf(-(uint64_t)n) : __floatundidf(n);
}

uint64_t __fixunssfdi(float f) { return __fixunsdfdi(f); }
int64_t __fixsfdi(float f) { return __fixdfdi(f); }

/* Rounded twice it could go wrong: what a double has no room for becomes one bit that only says "more". */
float __floatundisf(uint64_t n)
{
	if (n >> 53)
		n = (n >> 11 | (n & 0x7ff ? 1 : 0)) << 11;
	return (float)__floatundidf(n);
}

float __floatdisf(int64_t n)
{
	return n < 0 ? -__floatundisf(-(uint64_t)n) : __floatundisf(n);
}
