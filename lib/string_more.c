/* lib/string_more.c: less common string functions, and those that came from BSD and GNU. (lab 3) */
#include <errno.h>
#include <string.h>
#include <strings.h>

int strcoll(const char *a, const char *b) { return strcmp(a, b); }
size_t strxfrm(char *restrict to, const char *restrict from, size_t n) { return strlcpy(to, from, n); }
void *mempcpy(void *restrict to, const void *restrict from, size_t n) { return (char *)memcpy(to, from, n) + n; }
int ffs(int n) { return n ? __builtin_ctz(n) + 1 : 0; }
void bzero(void *to, size_t n) { memset(to, 0, n); }
void bcopy(const void *from, void *to, size_t n) { memmove(to, from, n); }
int bcmp(const void *a, const void *b, size_t n) { return memcmp(a, b, n); }
char *index(const char *s, int c) { return strchr(s, c); }
char *rindex(const char *s, int c) { return strrchr(s, c); }

char *stpcpy(char *restrict to, const char *restrict from)
{
	size_t n = strlen(from);

	memcpy(to, from, n + 1);
	return to + n;
}

char *stpncpy(char *restrict to, const char *restrict from, size_t n)
{
	strncpy(to, from, n);
	return to + strnlen(to, n);
}

void *memccpy(void *restrict to, const void *restrict from, int c, size_t n)
{
	const char *found = memchr(from, c, n);

	if (found)
		n = found - (const char *)from + 1;
	memcpy(to, from, n);
	return found ? (char *)to + n : NULL;
}

void *memrchr(const void *s, int c, size_t n)
{
	const unsigned char *p = s;

	while (n-- > 0)
		if (p[n] == (unsigned char)c)
			return (void *)(p + n);
	return NULL;
}

void *memmem(const void *s, size_t n, const void *what, size_t length)
{
	const char *p = s;

	for (; n >= length; p++, n--)
		if (memcmp(p, what, length) == 0)
			return (void *)p;
	return NULL;
}

char *strchrnul(const char *s, int c)
{
	while (*s && *s != (char)c)
		s++;
	return (char *)s;
}

char *strcasestr(const char *s, const char *what)
{
	size_t n = strlen(what);

	for (; strncasecmp(s, what, n) != 0; s++)
		if (!*s)
			return NULL;
	return (char *)s;
}

char *strsep(char **rest, const char *separators)
{
	char *word = *rest;

	if (!word)
		return NULL;
	*rest = strpbrk(word, separators);
	if (*rest)
		*(*rest)++ = 0;
	return word;
}
