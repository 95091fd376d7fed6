/* lib/big.c: whole numbers of up to some thousand bits. (lab 3) */
#include "big.h"
#include <string.h>

static void push(struct big *b, uint32_t word)
{
	if (word)
		b->word[b->used++] = word;
}

void __big_set(struct big *b, uint64_t value)
{
	b->used = 0;
	if (value) {
		b->word[b->used++] = value;
		push(b, value >> 32);
	}
}

void __big_multiply_add(struct big *b, uint32_t factor, uint32_t addend)
{
	uint64_t carry = addend;

	for (int i = 0; i < b->used; i++) {
		carry += (uint64_t)b->word[i] * factor;
		b->word[i] = carry;
		carry >>= 32;
	}
	push(b, carry);
}

#define FIVES 13 /* 5^13 is the last that fits into a word */

void __big_multiply_5(struct big *b, unsigned power)
{
	uint32_t rest = 1;

	for (; power >= FIVES; power -= FIVES)
		__big_multiply_add(b, 1220703125, 0);
	for (; power; power--)
		rest *= 5;
	__big_multiply_add(b, rest, 0);
}

void __big_shift(struct big *b, unsigned bits)
{
	unsigned words = bits / 32;

	if (!b->used)
		return;
	__big_multiply_add(b, 1u << bits % 32, 0);
	memmove(b->word + words, b->word, b->used * sizeof(uint32_t));
	memset(b->word, 0, words * sizeof(uint32_t));
	b->used += words;
}

/* By halves of words: those the machine divides itself. */
uint32_t __big_divide_10000(struct big *b)
{
	uint32_t rest = 0;

	for (int i = b->used - 1; i >= 0; i--) {
		uint32_t high = rest << 16 | b->word[i] >> 16;
		uint32_t low = high % 10000 << 16 | (b->word[i] & 0xffff);

		b->word[i] = high / 10000 << 16 | low / 10000;
		rest = low % 10000;
	}
	while (b->used && !b->word[b->used - 1])
		b->used--;
	return rest;
}

int __big_compare(const struct big *a, const struct big *b)
{
	if (a->used != b->used)
		return a->used < b->used ? -1 : 1;
	for (int i = a->used - 1; i >= 0; i--)
		if (a->word[i] != b->word[i])
			return a->word[i] < b->word[i] ? -1 : 1;
	return 0;
}

void __big_subtract(struct big *a, const struct big *b)
{
	uint64_t borrow = 0;

	for (int i = 0; i < a->used; i++) {
		uint64_t difference = (uint64_t)a->word[i] - (i < b->used ? b->word[i] : 0) - borrow;

		a->word[i] = difference;
		borrow = difference >> 63;
	}
	while (a->used && !a->word[a->used - 1])
		a->used--;
}

int __big_bits(const struct big *b)
{
	return b->used ? 32 * b->used - __builtin_clz(b->word[b->used - 1]) : 0;
}
