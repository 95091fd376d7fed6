/* lib/string.c: memory and string functions, shared by the kernel and programs. (lab 1) */
#include <copy_words.h>
#include <stdint.h>
#include <string.h>

/*
 * Words may alias anything. The loose one may stand anywhere: one plain load on i386, lwl and lwr on MIPS.
 * Destinations are aligned first, so only loads are ever loose.
 */
struct loose {
	uint32_t word;
} __attribute__((packed, may_alias));

#define WORD sizeof(word_t)
#define MISALIGNED(p) ((uintptr_t)(p) & (WORD - 1))
#define LOOSE(p) (((const struct loose *)(p))->word)
/* n bytes on, counted as a number: what is copied may end where memory does (as the page tables' directory can), and no
 * pointer may be moved behind that. */
#define ON(p, n) ((void *)((uintptr_t)(p) + (n)))

/* Ascending; each step loads before it stores, so it is right for overlap with to < from. */
static void copy_up(unsigned char *to, const unsigned char *from, size_t n)
{
	if (n >= 2 * WORD) {
		for (; MISALIGNED(to); n--, to = ON(to, 1), from = ON(from, 1))
			*to = *from;
		if (MISALIGNED(from)) {
			for (; n >= WORD; n -= WORD, to = ON(to, WORD), from = ON(from, WORD))
				*(word_t *)to = LOOSE(from);
		} else {
			size_t whole = n & ~(WORD - 1);

			copy_words((word_t *)to, (const word_t *)from, n / WORD);
			to = ON(to, whole), from = ON(from, whole), n -= whole;
		}
	}
	for (; n--; to = ON(to, 1), from = ON(from, 1))
		*to = *from;
}

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	copy_up(to, from, n);
	return to;
}

static void copy_down(unsigned char *to, const unsigned char *from, size_t n)
{
	to += n, from += n;
	for (; n && MISALIGNED(to); n--)
		*--to = *--from;
	for (; n >= WORD; n -= WORD) {
		to -= WORD, from -= WORD;
		*(word_t *)to = LOOSE(from);
	}
	while (n--)
		*--to = *--from;
}

void *memmove(void *to, const void *from, size_t n)
{
	if ((uintptr_t)to - (uintptr_t)from >= n)
		copy_up(to, from, n);
	else if (to != from)
		copy_down(to, from, n);
	return to;
}

void *memset(void *to, int c, size_t n)
{
	unsigned char *p = to;
	word_t w = (unsigned char)c * 0x01010101u;

	for (; n && MISALIGNED(p); n--)
		*p++ = c;
	for (; n >= 4 * WORD; n -= 4 * WORD, p += 4 * WORD) {
		word_t *t = (word_t *)p;

		t[0] = w, t[1] = w, t[2] = w, t[3] = w;
	}
	for (; n >= WORD; n -= WORD, p += WORD)
		*(word_t *)p = w;
	while (n--)
		*p++ = c;
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *p = a, *q = b;

	for (; n >= WORD && LOOSE(p) == LOOSE(q); n -= WORD)
		p += WORD, q += WORD;
	for (; n; n--, p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}

void *memchr(const void *s, int c, size_t n)
{
	const unsigned char *p = s;

	for (; n; n--, p++)
		if (*p == (unsigned char)c)
			return (void *)p;
	return NULL;
}

size_t strlen(const char *s)
{
	const char *p = s;

	while (*p)
		p++;
	return p - s;
}

size_t strnlen(const char *s, size_t max)
{
	const char *end = memchr(s, 0, max);

	return end ? (size_t)(end - s) : max;
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n && *a && *a == *b; n--)
		a++, b++;
	return n ? (unsigned char)*a - (unsigned char)*b : 0;
}

char *strchr(const char *s, int c)
{
	for (;; s++) {
		if (*s == (char)c)
			return (char *)s;
		if (!*s)
			return NULL;
	}
}

char *strrchr(const char *s, int c)
{
	const char *found = NULL;

	do {
		if (*s == (char)c)
			found = s;
	} while (*s++);
	return (char *)found;
}

size_t strlcpy(char *restrict to, const char *restrict from, size_t size)
{
	size_t length = strlen(from);

	if (size) {
		size_t n = length < size ? length : size - 1;

		memcpy(to, from, n);
		to[n] = 0;
	}
	return length;
}
