/* lib/include/strings.h: comparing without regard to case, and the first names of some functions. (lab 3) */
#ifndef LIB_STRINGS_H
#define LIB_STRINGS_H

#include <stddef.h>

int strcasecmp(const char *a, const char *b);
int strncasecmp(const char *a, const char *b, size_t n);

int ffs(int n); /* number of the lowest bit that is set, from 1 on; 0: none */
void bzero(void *to, size_t n);
void bcopy(const void *from, void *to, size_t n);
int bcmp(const void *a, const void *b, size_t n);
char *index(const char *s, int c);
char *rindex(const char *s, int c);

#endif
