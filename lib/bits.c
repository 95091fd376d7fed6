/* lib/bits.c: shifts and counts that compilers expect from a library of their own. (lab 1) */
#include <stdint.h>

union halves {
	uint64_t whole;
	struct {
		uint32_t low, high;
	};
};

uint64_t __ashldi3(uint64_t value, int n);
uint64_t __lshrdi3(uint64_t value, int n);
int64_t __ashrdi3(int64_t value, int n);
int __popcountsi2(uint32_t value);
int __popcountdi2(uint64_t value);
int __clzdi2(uint64_t value);
int __ctzdi2(uint64_t value);

/* By halves, for a 64-bit shift in here would call the very function. A shift by 32 is not defined in C. */
uint64_t __ashldi3(uint64_t value, int n)
{
	union halves v = { value };

	if (n == 0)
		return value;
	v.high = n < 32 ? v.high << n | v.low >> (32 - n) : v.low << (n - 32);
	v.low = n < 32 ? v.low << n : 0;
	return v.whole;
}

uint64_t __lshrdi3(uint64_t value, int n)
{
	union halves v = { value };

	if (n == 0)
		return value;
	v.low = n < 32 ? v.low >> n | v.high << (32 - n) : v.high >> (n - 32);
	v.high = n < 32 ? v.high >> n : 0;
	return v.whole;
}

int64_t __ashrdi3(int64_t value, int n)
{
	union halves v = { value };
	int32_t high = v.high;

	if (n == 0)
		return value;
	v.low = n < 32 ? v.low >> n | v.high << (32 - n) : (uint32_t)(high >> (n - 32));
	v.high = high >> (n < 32 ? n : 31);
	return v.whole;
}

/* Pairs, groups of four, bytes; the multiplication adds up the bytes. */
int __popcountsi2(uint32_t value)
{
	value -= value >> 1 & 0x55555555;
	value = (value & 0x33333333) + (value >> 2 & 0x33333333);
	return ((value + (value >> 4)) & 0x0f0f0f0f) * 0x01010101u >> 24;
}

int __popcountdi2(uint64_t value)
{
	union halves v = { value };

	return __popcountsi2(v.low) + __popcountsi2(v.high);
}

int __clzdi2(uint64_t value)
{
	union halves v = { value };

	return v.high ? __builtin_clz(v.high) : 32 + __builtin_clz(v.low);
}

int __ctzdi2(uint64_t value)
{
	union halves v = { value };

	return v.low ? __builtin_ctz(v.low) : 32 + __builtin_ctz(v.high);
}
