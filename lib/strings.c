/* lib/strings.c: the string functions that only programs use. (lab 3) */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

char *strcpy(char *restrict to, const char *restrict from)
{
	memcpy(to, from, strlen(from) + 1);
	return to;
}

/* As the standard has it: filled up with NULs, and without one when `from` is too long. */
char *strncpy(char *restrict to, const char *restrict from, size_t n)
{
	size_t length = strnlen(from, n);

	memcpy(to, from, length);
	memset(to + length, 0, n - length);
	return to;
}

char *strcat(char *restrict to, const char *restrict from)
{
	strcpy(to + strlen(to), from);
	return to;
}

char *strncat(char *restrict to, const char *restrict from, size_t n)
{
	char *end = to + strlen(to);
	size_t length = strnlen(from, n);

	memcpy(end, from, length);
	end[length] = 0;
	return to;
}

size_t strlcat(char *restrict to, const char *restrict from, size_t size)
{
	size_t length = strnlen(to, size);

	return length + strlcpy(to + length, from, size - length);
}

size_t strspn(const char *s, const char *accept)
{
	size_t n = 0;

	while (s[n] && strchr(accept, s[n]))
		n++;
	return n;
}

size_t strcspn(const char *s, const char *reject)
{
	size_t n = 0;

	while (s[n] && !strchr(reject, s[n]))
		n++;
	return n;
}

char *strpbrk(const char *s, const char *accept)
{
	s += strcspn(s, accept);
	return *s ? (char *)s : NULL;
}

char *strstr(const char *s, const char *what)
{
	size_t n = strlen(what);

	for (; strncmp(s, what, n) != 0; s++)
		if (!*s)
			return NULL;
	return (char *)s;
}

char *strtok_r(char *restrict s, const char *restrict separators, char **restrict rest)
{
	char *word = s ? s : *rest;

	word += strspn(word, separators);
	*rest = word + strcspn(word, separators);
	if (**rest)
		*(*rest)++ = 0;
	return *word ? word : NULL;
}

char *strtok(char *restrict s, const char *restrict separators)
{
	static char *rest;

	return strtok_r(s, separators, &rest);
}

char *strdup(const char *s)
{
	size_t size = strlen(s) + 1;
	char *copy = malloc(size);

	return copy ? memcpy(copy, s, size) : NULL;
}

char *strndup(const char *s, size_t n)
{
	size_t length = strnlen(s, n);
	char *copy = malloc(length + 1);

	if (copy)
		((char *)memcpy(copy, s, length))[length] = 0;
	return copy;
}

int strncasecmp(const char *a, const char *b, size_t n)
{
	for (; n && *a && tolower(*a) == tolower(*b); n--)
		a++, b++;
	return n ? tolower((unsigned char)*a) - tolower((unsigned char)*b) : 0;
}

int strcasecmp(const char *a, const char *b)
{
	return strncasecmp(a, b, (size_t)-1);
}
