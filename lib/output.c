/* lib/output.c: the writing half of <stdio.h>. (lab 3) */
#include "file.h"
#include <errno.h>
#include <format.h>
#include <string.h>
#include <unistd.h>

static struct __stream out_stream, err_stream;
static FILE out = { .fd = STDOUT_FILENO, .writable = true, .stream = &out_stream };
static FILE err = { .fd = STDERR_FILENO, .writable = true, .at_once = true, .stream = &err_stream };

FILE *const stdout = &out, *const stderr = &err;

/* Called by exit. */
void __flush_all(void)
{
	fflush(&out);
	fflush(&err);
	if (!&__opened)
		return;
	lock(&__opened_lock);
	for (struct __opened *o = __opened; o; o = o->next)
		fflush(&o->file);
	unlock(&__opened_lock);
}

void __flush_lines(void)
{
	if (out_stream.writing && out_stream.mode == _IOLBF)
		fflush(&out);
}

/* What was read and not taken is lost, as it is elsewhere, where nobody can go back. False: it is not for writing. */
static bool begin(FILE *f)
{
	struct __stream *s = f->stream;

	if (s->writing)
		return true;
	if (!f->writable) {
		errno = EBADF;
		s->error = true;
		return false;
	}
	if (!s->mode || !s->buf)
		__stream_prepare(f);
	s->used = s->taken = 0;
	s->eof = false;
	return s->writing = true;
}

/* Into the buffer; a full buffer goes out. How many bytes: fewer when that fails. => begin, f is locked */
static size_t buffer(FILE *f, const char *text, size_t n)
{
	struct __stream *s = f->stream;
	size_t done = 0;

	while (done < n) {
		size_t part = s->size - s->used;

		if (part > n - done)
			part = n - done;
		memcpy(s->buf + s->used, text + done, part);
		s->used += part;
		done += part;
		if (s->used == s->size && __flush(f) < 0)
			break;
	}
	return done;
}

/* The end of a call that has written: does what the buffer holds wait there? */
static bool end(FILE *f, bool line)
{
	struct __stream *s = f->stream;

	return s->mode == _IONBF || (line && s->mode == _IOLBF) ? __flush(f) == 0 : true;
}

/* Output that holds the end of a line goes out in one piece. */
size_t fwrite(const void *p, size_t size, size_t n, FILE *f)
{
	size_t bytes = size * n, done = 0;

	lock(&f->stream->lock);
	if (bytes && begin(f)) {
		done = buffer(f, p, bytes);
		if (!end(f, memchr(p, '\n', bytes)))
			done = 0;
	}
	unlock(&f->stream->lock);
	return done == bytes && bytes ? n : bytes ? done / size : 0;
}

struct printing {
	FILE *f;
	bool failed, line;
};

static void put(void *arg, const char *text, size_t n)
{
	struct printing *p = arg;

	p->failed |= buffer(p->f, text, n) < n;
	p->line |= memchr(text, '\n', n) != NULL;
}

/* A stream that is written at once still gets each printf in one piece. */
int vfprintf(FILE *f, const char *fmt, va_list ap)
{
	struct printing p = { f };
	int n = -1;

	lock(&f->stream->lock);
	if (begin(f)) {
		n = format(put, &p, fmt, ap);
		p.failed |= !end(f, p.line);
	}
	unlock(&f->stream->lock);
	return p.failed ? -1 : n;
}

int fputs(const char *s, FILE *f)
{
	size_t n = strlen(s);

	return n == 0 || fwrite(s, 1, n, f) == n ? 0 : EOF;
}

int puts(const char *s)
{
	int c = EOF;

	lock(&out_stream.lock);
	if (begin(stdout) && buffer(stdout, s, strlen(s)) == strlen(s))
		c = fputc('\n', stdout);
	unlock(&out_stream.lock);
	return c == '\n' ? 0 : EOF;
}

int fputc(int c, FILE *f)
{
	struct __stream *s = f->stream;
	bool done = false;

	lock(&s->lock);
	if (begin(f)) {
		s->buf[s->used++] = c;
		done = s->used < s->size ? end(f, c == '\n') : __flush(f) == 0;
	}
	unlock(&s->lock);
	return done ? (unsigned char)c : EOF;
}

int putc(int c, FILE *f) { return fputc(c, f); }
int putchar(int c) { return fputc(c, stdout); }
int putc_unlocked(int c, FILE *f) { return fputc(c, f); }
int putchar_unlocked(int c) { return fputc(c, stdout); }

void __output_locks_reset(void)
{
	out_stream.lock = err_stream.lock = (struct lock){ 0 };
	if (!&__opened)
		return;
	__opened_lock = (struct lock){ 0 };
	for (struct __opened *o = __opened; o; o = o->next)
		o->stream.lock = (struct lock){ 0 };
}
