/* lib/input.c: the reading half of <stdio.h>. (lab 3) */
#include "file.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct __stream in_stream;
static FILE in = { .fd = STDIN_FILENO, .readable = true, .stream = &in_stream };

FILE *const stdin = &in;

/* Without a line of output linked in there is nothing to show first. */
__attribute__((weak)) void __flush_lines(void);

/* => f is locked. False: it is not for reading. What it has written must be out before it reads. */
static bool begin(FILE *f)
{
	struct __stream *s = f->stream;

	if (!f->readable) {
		errno = EBADF;
		s->error = true;
		return false;
	}
	if (s->writing) {
		if (__flush(f) < 0)
			return false;
		s->writing = false;
		s->used = s->taken = 0;
	}
	if (!s->mode || !s->buf)
		__stream_prepare(f);
	return true;
}

static ssize_t get(FILE *f, char *to, size_t n)
{
	struct __stream *s = f->stream;
	ssize_t got;

	if (s->eof)
		return 0;
	if (__flush_lines)
		__flush_lines();
	got = f->read ? f->read(f, to, n) : read(f->fd, to, n);
	s->eof = got == 0;
	s->error |= got < 0;
	return got;
}

static bool fill(FILE *f)
{
	struct __stream *s = f->stream;
	ssize_t n;

	if (!begin(f))
		return false;
	n = get(f, s->buf, s->mode == _IONBF ? 1 : s->size);
	s->taken = 0;
	s->used = n > 0 ? n : 0;
	return n > 0;
}

/* => f is locked */
static int next(FILE *f)
{
	struct __stream *s = f->stream;

	if ((s->writing || s->taken == s->used) && !fill(f))
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
int getc_unlocked(FILE *f) { return fgetc(f); }
int getchar_unlocked(void) { return fgetc(stdin); }

static int put_back(int c, FILE *f)
{
	struct __stream *s = f->stream;

	if (c == EOF || !begin(f) || (s->taken == 0 && s->used == s->size))
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
	c = put_back(c, f);
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
	if (size > 0 && (n > 0 || size == 1))
		buf[n] = 0;
	return n > 0 || size == 1 ? buf : NULL;
}

/* What is in the buffer, then what a buffer would be too small for, straight to where it goes. */
size_t fread(void *p, size_t size, size_t n, FILE *f)
{
	struct __stream *s = f->stream;
	size_t bytes = size * n, done = 0;
	ssize_t part;

	lock(&s->lock);
	while (done < bytes && begin(f)) {
		if (s->taken < s->used) {
			part = s->used - s->taken < bytes - done ? s->used - s->taken : bytes - done;
			memcpy((char *)p + done, s->buf + s->taken, part);
			s->taken += part;
		} else if (bytes - done >= s->size) {
			part = get(f, (char *)p + done, bytes - done);
		} else {
			part = fill(f) ? 0 : -1;
		}
		if (part < 0 || (part == 0 && s->taken == s->used))
			break;
		done += part;
	}
	unlock(&s->lock);
	return size ? done / size : 0;
}

/* Room for one more byte, and for the NUL behind it. */
static bool room(char **line, size_t *size, size_t used)
{
	size_t larger = *size < 64 ? 128 : *size * 2;
	char *p;

	if (*line && used + 2 <= *size)
		return true;
	p = realloc(*line, larger);
	if (!p)
		return false;
	*line = p;
	*size = larger;
	return true;
}

ssize_t getdelim(char **line, size_t *size, int end, FILE *f)
{
	size_t n = 0;
	int c = 0;

	lock(&f->stream->lock);
	if (!*line)
		*size = 0;
	while (room(line, size, n) && (c = next(f)) != EOF) {
		(*line)[n++] = c;
		if (c == end)
			break;
	}
	if (*line && n < *size)
		(*line)[n] = 0;
	if (c != EOF && (n == 0 || c != end))
		f->stream->error = true, n = 0; /* there is no memory for such a line */
	unlock(&f->stream->lock);
	return n ? (ssize_t)n : -1;
}

ssize_t getline(char **line, size_t *size, FILE *f) { return getdelim(line, size, '\n', f); }

void __input_locks_reset(void)
{
	in_stream.lock = (struct lock){ 0 };
}
