/* lib/output.c: the writing half of <stdio.h>. (lab 3) */
#include "file.h"
#include <format.h>
#include <string.h>
#include <unistd.h>

static struct __file out = { .fd = STDOUT_FILENO }, err = { .fd = STDERR_FILENO, .at_once = true };

FILE *const stdout = &out, *const stderr = &err;

int fflush(FILE *f)
{
	unsigned done = 0;

	if (!f)
		return __flush_all(), 0;
	while (done < f->used) {
		ssize_t n = write(f->fd, f->buf + done, f->used - done);

		if (n <= 0)
			break;
		done += n;
	}
	if (done < f->used)
		f->error = true;
	f->used = 0;
	return f->error ? EOF : 0;
}

/* Called by exit and before reading. */
void __flush_all(void)
{
	fflush(&out);
}

/* Into the buffer; a full buffer goes out. */
static void buffer(FILE *f, const char *s, size_t n)
{
	while (n > 0) {
		size_t part = sizeof(f->buf) - f->used;

		if (part > n)
			part = n;
		memcpy(f->buf + f->used, s, part);
		f->used += part;
		s += part;
		n -= part;
		if (f->used == sizeof(f->buf))
			fflush(f);
	}
}

/* All ends of lines in one piece of output: what stands up to the last one goes out. */
size_t fwrite(const void *p, size_t size, size_t n, FILE *f)
{
	size_t bytes = size * n;

	buffer(f, p, bytes);
	if (f->at_once || memchr(p, '\n', bytes))
		fflush(f);
	return f->error ? 0 : n;
}

static void put(void *f, const char *text, size_t n)
{
	buffer(f, text, n);
}

/* A stream that is written at once still gets each printf in one piece. */
int vfprintf(FILE *f, const char *fmt, va_list ap)
{
	unsigned before = f->used;
	int n = format(put, f, fmt, ap);

	if (f->at_once || f->used < before || memchr(f->buf + before, '\n', f->used - before))
		fflush(f);
	return f->error ? -1 : n;
}

int fputs(const char *s, FILE *f)
{
	size_t n = strlen(s);

	return n == 0 || fwrite(s, 1, n, f) == n ? 0 : EOF;
}

int puts(const char *s)
{
	buffer(stdout, s, strlen(s));
	return fputc('\n', stdout) == '\n' ? 0 : EOF;
}

int fputc(int c, FILE *f)
{
	char byte = c;

	return fwrite(&byte, 1, 1, f) == 1 ? (unsigned char)c : EOF;
}

int putc(int c, FILE *f) { return fputc(c, f); }
int putchar(int c) { return fputc(c, stdout); }
