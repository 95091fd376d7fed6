/* lib/output.c: the writing half of <stdio.h>. (lab 3) */
#include "file.h"
#include <format.h>
#include <string.h>
#include <unistd.h>

static struct __stream out_stream, err_stream;
static FILE out = { .fd = STDOUT_FILENO, .stream = &out_stream };
static FILE err = { .fd = STDERR_FILENO, .at_once = true, .stream = &err_stream };

FILE *const stdout = &out, *const stderr = &err;

int fflush(FILE *f)
{
	struct __stream *s;
	unsigned done = 0;

	if (!f)
		return __flush_all(), 0;
	s = f->stream;
	lock(&s->lock);
	while (done < s->used) {
		ssize_t n = write(f->fd, s->buf + done, s->used - done);

		if (n <= 0)
			break;
		done += n;
	}
	if (done < s->used)
		s->error = true;
	s->used = 0;
	unlock(&s->lock);
	return s->error ? EOF : 0;
}

/* Called by exit and before reading. */
void __flush_all(void)
{
	fflush(&out);
}

/* Into the buffer; a full buffer goes out. */
static void buffer(FILE *f, const char *text, size_t n)
{
	struct __stream *s = f->stream;

	while (n > 0) {
		size_t part = sizeof(s->buf) - s->used;

		if (part > n)
			part = n;
		memcpy(s->buf + s->used, text, part);
		s->used += part;
		text += part;
		n -= part;
		if (s->used == sizeof(s->buf))
			fflush(f);
	}
}

/* Output that holds the end of a line goes out in one piece. */
size_t fwrite(const void *p, size_t size, size_t n, FILE *f)
{
	size_t bytes = size * n;

	lock(&f->stream->lock);
	buffer(f, p, bytes);
	if (f->at_once || memchr(p, '\n', bytes))
		fflush(f);
	unlock(&f->stream->lock);
	return f->stream->error ? 0 : n;
}

static void put(void *f, const char *text, size_t n)
{
	buffer(f, text, n);
}

/* A stream that is written at once still gets each printf in one piece. */
int vfprintf(FILE *f, const char *fmt, va_list ap)
{
	struct __stream *s = f->stream;
	unsigned before;
	int n;

	lock(&s->lock);
	before = s->used;
	n = format(put, (void *)f, fmt, ap);
	if (f->at_once || s->used < before || memchr(s->buf + before, '\n', s->used - before))
		fflush(f);
	unlock(&s->lock);
	return s->error ? -1 : n;
}

int fputs(const char *s, FILE *f)
{
	size_t n = strlen(s);

	return n == 0 || fwrite(s, 1, n, f) == n ? 0 : EOF;
}

int puts(const char *s)
{
	int c;

	lock(&out_stream.lock);
	buffer(stdout, s, strlen(s));
	c = fputc('\n', stdout);
	unlock(&out_stream.lock);
	return c == '\n' ? 0 : EOF;
}

int fputc(int c, FILE *f)
{
	char byte = c;

	return fwrite(&byte, 1, 1, f) == 1 ? (unsigned char)c : EOF;
}

int putc(int c, FILE *f) { return fputc(c, f); }
int putchar(int c) { return fputc(c, stdout); }

void __output_locks_reset(void)
{
	out_stream.lock = err_stream.lock = (struct lock){ 0 };
}
