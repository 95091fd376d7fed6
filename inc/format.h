/* inc/format.h: the formatter behind every printf, in the kernel and in programs. (lab 1) */
#ifndef INC_FORMAT_H
#define INC_FORMAT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Receives the output piece by piece; text is not ended by a NUL. */
typedef void (*format_put)(void *arg, const char *text, size_t n);

struct format_out {
	format_put put;
	void *arg;
	int count; /* characters so far */
};

/* One conversion: %[flags][width][.precision][length]conversion. */
struct format_spec {
	bool left, zero, plus, space, alternate; /* - 0 + blank # */
	int width;                               /* 0: none */
	int precision;                           /* -1: none */
	int size;                                /* of the integer argument, in bytes; of %Lf and its like: */
#define FORMAT_LONG_DOUBLE 16
	char conversion;
};

struct format_args {
	va_list list;
};

/*
 * Conversions d i u x X o c s p %, flags - 0 + blank #, width and precision (also *), lengths hh h l ll z t j, of floats L. A
 * conversion that is not known is printed as it stands. Returns the number of characters of the whole output.
 */
int format(format_put put, void *arg, const char *fmt, va_list ap);
/* Into buf, cut off at size - 1 characters and ended by NUL (when size > 0). Returns the uncut length. */
int format_buffer(char *buf, size_t size, const char *fmt, va_list ap);

/* lib/ has it, the kernel does not: takes one double from args and prints it by spec (a A e E f F g G). */
void format_float(struct format_out *out, const struct format_spec *spec, struct format_args *args)
	__attribute__((weak));
/* For format_float. A number in its field: sign and prefix ("-", "0x"), zeros that fill it up, then the digits. */
void format_number(struct format_out *out, const struct format_spec *spec, const char *prefix, const char *digits,
	size_t n, int zeros);

#endif
