/* lib/printf.c: the family of printf; lib/format.c does the work. (lab 3) */
#include "forward.h"
#include <format.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>

int vprintf(const char *fmt, va_list ap) { return vfprintf(stdout, fmt, ap); }
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap) { return format_buffer(buf, size, fmt, ap); }
/* As far as the address space reaches: the caller says that there is room. */
int vsprintf(char *buf, const char *fmt, va_list ap) { return format_buffer(buf, -(uintptr_t)buf, fmt, ap); }

int printf(const char *fmt, ...) { FORWARD(vfprintf(stdout, fmt, ap)); }
int fprintf(FILE *f, const char *fmt, ...) { FORWARD(vfprintf(f, fmt, ap)); }
int snprintf(char *buf, size_t size, const char *fmt, ...) { FORWARD(vsnprintf(buf, size, fmt, ap)); }
int sprintf(char *buf, const char *fmt, ...) { FORWARD(vsprintf(buf, fmt, ap)); }
