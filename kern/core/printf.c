/* kern/core/printf.c: formatted output to the console and into buffers. The formatter is lib/format.c. (lab 1) */
#include <core/core.h>
#include <format.h>

static void put_console(void *arg, const char *text, size_t n)
{
	while (n--)
		console_putc(*text++);
}

int vprintf(const char *fmt, va_list ap)
{
	return format(put_console, NULL, fmt, ap);
}

int printf(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vprintf(fmt, ap);
	va_end(ap);
	return n;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = format_buffer(buf, size, fmt, ap);
	va_end(ap);
	return n;
}
