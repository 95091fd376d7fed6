/* lib/include/err.h: messages to stderr that begin with the program's name; err, errx and theirs exit. (lab 3) */
#ifndef LIB_ERR_H
#define LIB_ERR_H

#include <stdarg.h>

/* warn and err add what errno says. fmt may be null. */
void warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void warnx(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void err(int status, const char *fmt, ...) __attribute__((format(printf, 2, 3), noreturn));
void errx(int status, const char *fmt, ...) __attribute__((format(printf, 2, 3), noreturn));
void vwarn(const char *fmt, va_list ap);
void vwarnx(const char *fmt, va_list ap);
void verr(int status, const char *fmt, va_list ap) __attribute__((noreturn));
void verrx(int status, const char *fmt, va_list ap) __attribute__((noreturn));

#endif
