/* lib/scan.h: what lib/scan.c and its floating-point half share. (lab 3) */
#ifndef LIB_SCAN_H
#define LIB_SCAN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Where characters come from: a stream or a text. */
struct scan {
	FILE *file;
	const char *text;
	int room;  /* so many may still be taken: the conversion's width */
	int taken;
};

int __scan_get(struct scan *s); /* EOF: the input has ended, or the field */
void __scan_unget(struct scan *s, int c);

/* %f and its like: into to (may be NULL), a float, or by length a double (l) or long double (L). False: no number. */
bool scan_float(struct scan *s, char length, void *to) __attribute__((weak));

#endif
