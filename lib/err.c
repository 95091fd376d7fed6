/* lib/err.c: messages to stderr that begin with the program's name. (lab 3) */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void say(const char *fmt, va_list ap, int error)
{
	flockfile(stderr);
	fprintf(stderr, "%s: ", __progname);
	if (fmt)
		vfprintf(stderr, fmt, ap);
	if (error)
		fprintf(stderr, "%s%s", fmt ? ": " : "", strerror(error));
	putc('\n', stderr);
	funlockfile(stderr);
}

void vwarn(const char *fmt, va_list ap) { say(fmt, ap, errno); }
void vwarnx(const char *fmt, va_list ap) { say(fmt, ap, 0); }

void verr(int status, const char *fmt, va_list ap)
{
	vwarn(fmt, ap);
	exit(status);
}

void verrx(int status, const char *fmt, va_list ap)
{
	vwarnx(fmt, ap);
	exit(status);
}

#define FORWARD(call)           \
	va_list ap;             \
	va_start(ap, fmt);      \
	call;                   \
	va_end(ap)

void warn(const char *fmt, ...) { FORWARD(vwarn(fmt, ap)); }
void warnx(const char *fmt, ...) { FORWARD(vwarnx(fmt, ap)); }
void err(int status, const char *fmt, ...) { FORWARD(verr(status, fmt, ap)); }
void errx(int status, const char *fmt, ...) { FORWARD(verrx(status, fmt, ap)); }
