/* lib/asprintf.c: printf into memory that it allocates, and to a descriptor. (lab 3) */
#include <format.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int vasprintf(char **text, const char *fmt, va_list ap)
{
	int n = vsnprintf(NULL, 0, fmt, ap);

	*text = malloc(n + 1);
	return *text ? vsnprintf(*text, n + 1, fmt, ap) : -1;
}

int vdprintf(int fd, const char *fmt, va_list ap)
{
	char *text;
	int n = vasprintf(&text, fmt, ap), done = 0;

	if (n < 0)
		return -1;
	while (done < n) {
		ssize_t part = write(fd, text + done, n - done);

		if (part < 0)
			break;
		done += part;
	}
	free(text);
	return done < n ? -1 : n;
}

int asprintf(char **text, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(text, fmt, ap);
	va_end(ap);
	return n;
}

int dprintf(int fd, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vdprintf(fd, fmt, ap);
	va_end(ap);
	return n;
}
