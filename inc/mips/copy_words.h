/* inc/mips/copy_words.h: the inner loop of memcpy on this machine. (lab 1) */
#ifndef INC_COPY_WORDS_H
#define INC_COPY_WORDS_H

#include <stddef.h>
#include <stdint.h>

typedef uint32_t __attribute__((may_alias)) word_t;

/* Loads before it stores: right for overlap with to < from. */
static inline void copy_four(word_t *to, const word_t *from)
{
	word_t a = from[0], b = from[1], c = from[2], d = from[3];

	to[0] = a, to[1] = b, to[2] = c, to[3] = d;
}

/* n words on, counted as a number: what is copied may end where memory does, and no pointer may be moved behind that. */
static inline void *words_on(const word_t *p, size_t n)
{
	return (void *)((uintptr_t)p + n * sizeof(*p));
}

/* n words, both aligned, from the first to the last. 32 a turn: three instructions for the loop, two for each word. */
static inline void copy_words(word_t *to, const word_t *from, size_t n)
{
	for (; n >= 32; n -= 32, to = words_on(to, 32), from = words_on(from, 32)) {
		copy_four(to, from), copy_four(to + 4, from + 4), copy_four(to + 8, from + 8);
		copy_four(to + 12, from + 12), copy_four(to + 16, from + 16), copy_four(to + 20, from + 20);
		copy_four(to + 24, from + 24), copy_four(to + 28, from + 28);
	}
	for (; n >= 4; n -= 4, to = words_on(to, 4), from = words_on(from, 4))
		copy_four(to, from);
	for (; n--; to = words_on(to, 1), from = words_on(from, 1))
		*to = *from;
}

#endif
