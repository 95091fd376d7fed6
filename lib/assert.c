/* lib/assert.c: the end of a program whose assertion failed. (lab 3) */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

void __assert_fail(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, what);
	abort();
}
