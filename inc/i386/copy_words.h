/* inc/i386/copy_words.h: the inner loop of memcpy on this machine. (lab 1) */
#ifndef INC_COPY_WORDS_H
#define INC_COPY_WORDS_H

#include <stddef.h>
#include <stdint.h>

typedef uint32_t __attribute__((may_alias)) word_t;

/* n words, both aligned, from the first to the last. */
static inline void copy_words(word_t *to, const word_t *from, size_t n)
{
	__asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
}

#endif
