/* lib/stream.c: what both halves of <stdio.h> need: a stream's buffer, and when it is written. (lab 3) */
#include "file.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Lines on the console, so that those of several programs do not mix; elsewhere as much as there is room for. */
void __stream_prepare(FILE *f)
{
	struct __stream *s = f->stream;
	int error = errno;

	if (!s->mode)
		s->mode = f->at_once ? _IONBF : f->fd >= 0 && isatty(f->fd) ? _IOLBF : _IOFBF;
	if (!s->buf) {
		s->buf = s->own;
		s->size = sizeof(s->own);
	}
	errno = error;
}

/* As often as wanted, but not while there is something in the buffer. An unbuffered stream keeps a buffer for each call. */
int setvbuf(FILE *f, char *buf, int mode, size_t size)
{
	struct __stream *s = f->stream;

	if (mode != _IOFBF && mode != _IOLBF && mode != _IONBF)
		return errno = EINVAL, -1;
	lock(&s->lock);
	if (s->writing)
		__flush(f);
	s->mode = mode;
	if (s->taken == s->used || s->writing) {
		bool theirs = buf && size && mode != _IONBF;

		s->buf = theirs ? buf : s->own;
		s->size = theirs ? size : sizeof(s->own);
		s->taken = s->used = 0;
	}
	unlock(&s->lock);
	return 0;
}

void setbuf(FILE *f, char *buf) { setvbuf(f, buf, buf ? _IOFBF : _IONBF, BUFSIZ); }
void setlinebuf(FILE *f) { setvbuf(f, NULL, _IOLBF, 0); }

/* What could not be written now stays where it may help to try again. */
int __flush(FILE *f)
{
	struct __stream *s = f->stream;
	unsigned done = 0;
	ssize_t n = 0;

	if (!s->writing)
		return 0;
	for (; done < s->used; done += n) {
		n = f->write ? f->write(f, s->buf + done, s->used - done) : write(f->fd, s->buf + done, s->used - done);
		if (n <= 0)
			break;
	}
	s->used -= done;
	if (!s->used)
		return 0;
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		memmove(s->buf, s->buf + done, s->used);
	else
		s->used = 0;
	s->error = true;
	return EOF;
}

int fflush(FILE *f)
{
	int result;

	if (!f)
		return __flush_all(), 0;
	lock(&f->stream->lock);
	result = __flush(f);
	unlock(&f->stream->lock);
	return result;
}

void flockfile(FILE *f) { lock(&f->stream->lock); }
void funlockfile(FILE *f) { unlock(&f->stream->lock); }
int feof(FILE *f) { return f->stream->eof && f->stream->taken == f->stream->used; }
int ferror(FILE *f) { return f->stream->error; }
void clearerr(FILE *f) { f->stream->eof = f->stream->error = false; }

int fileno(FILE *f)
{
	if (f->fd < 0)
		errno = EBADF;
	return f->fd;
}
