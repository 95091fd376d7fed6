/* lib/int64.c: 64-bit division, which compilers expect from a library that freestanding builds lack. (lab 1) */
#include <stdint.h>

uint64_t __udivdi3(uint64_t n, uint64_t d);
uint64_t __umoddi3(uint64_t n, uint64_t d);
uint64_t __udivmoddi4(uint64_t n, uint64_t d, uint64_t *rest);
int64_t __divdi3(int64_t n, int64_t d);
int64_t __moddi3(int64_t n, int64_t d);
int64_t __divmoddi4(int64_t n, int64_t d, int64_t *rest);

/* Division by a number of 16 bits: schoolbook with digits of 16 bits, which the machine divides itself. */
static uint64_t divide_digits(uint64_t n, uint32_t d, uint32_t *rest)
{
	uint32_t q[4], r = 0;

	for (int i = 3; i >= 0; i--) {
		uint32_t part = r << 16 | (uint16_t)(n >> 16 * i);

		q[i] = part / d;
		r = part % d;
	}
	*rest = r;
	return (uint64_t)(q[3] << 16 | q[2]) << 32 | (q[1] << 16 | q[0]);
}

/* Division by a number of 32 bits: the high word at once, the low one bit by bit. */
static uint64_t divide_short(uint64_t n, uint32_t d, uint32_t *rest)
{
	uint32_t high = (uint32_t)(n >> 32) / d, r = (uint32_t)(n >> 32) % d, low = n, carry;

	for (int i = 0; i < 32; i++) { /* r:low shifts left; quotient bits come in from the right */
		carry = r >> 31;
		r = r << 1 | low >> 31;
		low <<= 1;
		if (carry || r >= d) {
			r -= d;
			low |= 1;
		}
	}
	*rest = r;
	return (uint64_t)high << 32 | low;
}

/* d >= 2^32: the quotient is below 2^32; subtract shifted d's, the largest first. */
static uint32_t divide_long(uint64_t n, uint64_t d, uint64_t *rest)
{
	int shift = __builtin_clz(d >> 32);
	uint32_t q = 0;

	for (d <<= shift; shift >= 0; shift--, d >>= 1) {
		q <<= 1;
		if (n >= d) {
			n -= d;
			q |= 1;
		}
	}
	*rest = n;
	return q;
}

/* Quotient; *rest the remainder. d == 0 ends in a 32-bit division by zero, so the machine answers as it always does. */
uint64_t __udivmoddi4(uint64_t n, uint64_t d, uint64_t *rest)
{
	uint32_t r;
	uint64_t q;

	if (d >> 32)
		return divide_long(n, d, rest);
	if (n >> 32) {
		q = d >> 16 || !d ? divide_short(n, d, &r) : divide_digits(n, d, &r);
	} else {
		q = (uint32_t)n / (uint32_t)d;
		r = (uint32_t)n % (uint32_t)d;
	}
	*rest = r;
	return q;
}

uint64_t __udivdi3(uint64_t n, uint64_t d)
{
	uint64_t rest;

	return __udivmoddi4(n, d, &rest);
}

uint64_t __umoddi3(uint64_t n, uint64_t d)
{
	uint64_t rest;

	__udivmoddi4(n, d, &rest);
	return rest;
}

static uint64_t magnitude(int64_t v) { return v < 0 ? -(uint64_t)v : (uint64_t)v; }

/* Rounds toward zero, as C wants. */
int64_t __divdi3(int64_t n, int64_t d)
{
	uint64_t q = __udivdi3(magnitude(n), magnitude(d));

	return (n < 0) != (d < 0) ? -q : q;
}

/* Has the sign of n. */
int64_t __moddi3(int64_t n, int64_t d)
{
	uint64_t r = __umoddi3(magnitude(n), magnitude(d));

	return n < 0 ? -r : r;
}

int64_t __divmoddi4(int64_t n, int64_t d, int64_t *rest)
{
	*rest = __moddi3(n, d);
	return __divdi3(n, d);
}
