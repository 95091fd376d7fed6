/* lib/big.h: whole numbers of up to some thousand bits, for exact conversions between text and floating point. (lab 3) */
#ifndef LIB_BIG_H
#define LIB_BIG_H

#include <stdbool.h>
#include <stdint.h>

/* 770 hexadecimal digits fit, and 5^1115, which decimal numbers of as many digits need (float_parse.c). */
#define BIG_WORDS 100

struct big {
	int used; /* words, the highest of which is not 0; the number 0 has none */
	uint32_t word[BIG_WORDS]; /* least significant first */
};

void __big_set(struct big *b, uint64_t value);
void __big_multiply_add(struct big *b, uint32_t factor, uint32_t addend);
void __big_multiply_5(struct big *b, unsigned power);      /* by 5^power */
void __big_shift(struct big *b, unsigned bits);            /* left */
uint32_t __big_divide_10000(struct big *b);                /* the remainder */
int __big_compare(const struct big *a, const struct big *b); /* as strcmp */
void __big_subtract(struct big *a, const struct big *b);   /* => a >= b */
int __big_bits(const struct big *b);                       /* up to the highest that is set */

#endif
