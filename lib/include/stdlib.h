/* lib/include/stdlib.h: memory, numbers, sorting, and the end of the program. (lab 3) */
#ifndef LIB_STDLIB_H
#define LIB_STDLIB_H

#include <stddef.h>

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
#define RAND_MAX 0x7fffffff

void exit(int status) __attribute__((noreturn)); /* runs atexit functions and flushes output first */
void _Exit(int status) __attribute__((noreturn)); /* at once */
void abort(void) __attribute__((noreturn));
int atexit(void (*fn)(void));
int system(const char *command); /* the shell's status for it, as of waitpid; -1, errno. Null: 1, for there is a shell */

void *malloc(size_t bytes); /* null and ENOMEM when there is none */
void *calloc(size_t n, size_t bytes);
void *realloc(void *p, size_t bytes);
void *reallocarray(void *p, size_t n, size_t bytes);
void free(void *p);

/* The environment. A value that getenv gives is good until that variable is changed. */
char *getenv(const char *name);                                      /* null: it is not set */
int setenv(const char *name, const char *value, int overwrite);      /* copies; EINVAL: a name with '=', or none */
int unsetenv(const char *name);
int clearenv(void);
int putenv(char *text); /* "NAME=value": this very string becomes part of the environment */

/* The nearest number, ties to even. Too large: infinity, too small: the nearest, perhaps 0, and both times ERANGE. */
double strtod(const char *s, char **end);
float strtof(const char *s, char **end);
long double strtold(const char *s, char **end); /* has a double's digits */
double atof(const char *s);

int atoi(const char *s);
long atol(const char *s);
long strtol(const char *s, char **end, int base); /* out of range: LONG_MIN or LONG_MAX, and ERANGE */
unsigned long strtoul(const char *s, char **end, int base);
long long atoll(const char *s);
long long strtoll(const char *s, char **end, int base);
unsigned long long strtoull(const char *s, char **end, int base);

void qsort(void *base, size_t n, size_t size, int (*compare)(const void *, const void *));
void *bsearch(const void *key, const void *base, size_t n, size_t size, int (*compare)(const void *, const void *));

/* The same sequences on every machine. */
int rand(void);
void srand(unsigned seed);
int rand_r(unsigned *seed);
long random(void);
void srandom(unsigned seed);
double drand48(void); /* 0 <= and < 1 */
void srand48(long seed);

int abs(int n);
long labs(long n);
long long llabs(long long n);
typedef struct {
	int quot, rem;
} div_t;
typedef struct {
	long quot, rem;
} ldiv_t;
typedef struct {
	long long quot, rem;
} lldiv_t;
div_t div(int n, int d);
ldiv_t ldiv(long n, long d);
lldiv_t lldiv(long long n, long long d);

#endif
