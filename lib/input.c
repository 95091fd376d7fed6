/* lib/input.c: the reading half of <stdio.h>. (lab 3) */
#include "file.h"
#include <string.h>
#include <unistd.h>

static struct __stream in_stream;
static FILE in = { .fd = STDIN_FILENO, .stream = &in_stream };

FILE *const stdin = &in;

/* Without a line of output linked in there is nothing to show first. */
__attribute__((weak)) void __flush_all(void);

static bool fill(FILE *f)
{
	struct __stream *s = f->stream;
	ssize_t n;

	if (s->eof)
		return false;
	if (__flush_all)
		__flush_all();
	n = read(f->fd, s->buf, sizeof(s->buf));
	s->taken = 0;
	s->used = n > 0 ? n : 0;
	s->eof = n == 0;
	s->error |= n < 0;
	return n > 0;
}

/* => f is locked */
static int next(FILE *f)
{
	struct __stream *s = f->stream;

	if (s->taken == s->used && !fill(f))
		return EOF;
	return (unsigned char)s->buf[s->taken++];
}

int fgetc(FILE *f)
{
	int c;

	lock(&f->stream->lock);
	c = next(f);
	unlock(&f->stream->lock);
	return c;
}

int getc(FILE *f) { return fgetc(f); }
int getchar(void) { return fgetc(stdin); }

static int put_back(int c, struct __stream *s)
{
	if (c == EOF || (s->taken == 0 && s->used == sizeof(s->buf)))
		return EOF;
	if (s->taken == 0) {
		memmove(s->buf + 1, s->buf, s->used++);
		s->taken++;
	}
	s->buf[--s->taken] = c;
	s->eof = false;
	return (unsigned char)c;
}

int ungetc(int c, FILE *f)
{
	lock(&f->stream->lock);
	c = put_back(c, f->stream);
	unlock(&f->stream->lock);
	return c;
}

char *fgets(char *buf, int size, FILE *f)
{
	int n = 0, c = 0;

	lock(&f->stream->lock);
	while (n < size - 1 && c != '\n' && (c = next(f)) != EOF)
		buf[n++] = c;
	unlock(&f->stream->lock);
	if (size > 0)
		buf[n] = 0;
	return n > 0 ? buf : NULL;
}

size_t fread(void *p, size_t size, size_t n, FILE *f)
{
	size_t bytes = size * n, i;

	lock(&f->stream->lock);
	for (i = 0; i < bytes; i++) {
		int c = next(f);

		if (c == EOF)
			break;
		((char *)p)[i] = c;
	}
	unlock(&f->stream->lock);
	return size ? i / size : 0;
}

int feof(FILE *f) { return f->stream->eof && f->stream->taken == f->stream->used; }
int ferror(FILE *f) { return f->stream->error; }
int fileno(FILE *f) { return f->fd; }

void clearerr(FILE *f)
{
	f->stream->eof = f->stream->error = false;
}

void __input_locks_reset(void)
{
	in_stream.lock = (struct lock){ 0 };
}
