/* lib/include/string.h: memory and strings: what the kernel shares, and what only programs have. (all labs) */
#ifndef _STRING_H
#define _STRING_H

#include <stddef.h>

/* lib/string.c: in the kernel too. */
void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int c, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
/* Copies at most size - 1 characters and always ends `to` (when size > 0). Length of `from`: >= size means cut off. */
size_t strlcpy(char *restrict to, const char *restrict from, size_t size);

/* lib/strings.c: only programs have these. */
char *strcpy(char *restrict to, const char *restrict from);
char *strncpy(char *restrict to, const char *restrict from, size_t n);
char *strcat(char *restrict to, const char *restrict from);
char *strncat(char *restrict to, const char *restrict from, size_t n);
size_t strlcat(char *restrict to, const char *restrict from, size_t size);
size_t strspn(const char *s, const char *accept);
size_t strcspn(const char *s, const char *reject);
char *strpbrk(const char *s, const char *accept);
char *strstr(const char *s, const char *what);
char *strtok(char *restrict s, const char *restrict separators);
char *strtok_r(char *restrict s, const char *restrict separators, char **restrict rest);
char *strdup(const char *s); /* from malloc; null when there is no memory */
char *strndup(const char *s, size_t n);
char *strerror(int error);
int strerror_r(int error, char *buf, size_t size); /* 0, ERANGE: cut off */
char *strsignal(int signal);

/* lib/string_more.c: less common ones, and those that came from BSD and GNU. */
int strcoll(const char *a, const char *b);                              /* by the characters' codes */
size_t strxfrm(char *restrict to, const char *restrict from, size_t n); /* as it is */
char *stpcpy(char *restrict to, const char *restrict from);             /* where its NUL is */
char *stpncpy(char *restrict to, const char *restrict from, size_t n);
void *mempcpy(void *restrict to, const void *restrict from, size_t n);  /* behind the last byte */
void *memccpy(void *restrict to, const void *restrict from, int c, size_t n); /* behind c, null: there was none */
void *memrchr(const void *s, int c, size_t n);
void *memmem(const void *s, size_t n, const void *what, size_t length);
char *strchrnul(const char *s, int c); /* the NUL, where there is no c */
char *strcasestr(const char *s, const char *what);
char *strsep(char **rest, const char *separators); /* as strtok_r, but between two separators is an empty word */

#endif
