/* lib/input.c: the reading half of <stdio.h>. (lab 3) */
#include "file.h"
#include <string.h>
#include <unistd.h>

static struct __file in = { .fd = STDIN_FILENO };

FILE *const stdin = &in;

/* Without a line of output linked in there is nothing to show first. */
__attribute__((weak)) void __flush_all(void);

static bool fill(FILE *f)
{
	ssize_t n;

	if (f->eof)
		return false;
	if (__flush_all)
		__flush_all();
	n = read(f->fd, f->buf, sizeof(f->buf));
	f->taken = 0;
	f->used = n > 0 ? n : 0;
	f->eof = n == 0;
	f->error |= n < 0;
	return n > 0;
}

int fgetc(FILE *f)
{
	if (f->taken == f->used && !fill(f))
		return EOF;
	return (unsigned char)f->buf[f->taken++];
}

int getc(FILE *f) { return fgetc(f); }
int getchar(void) { return fgetc(stdin); }

int ungetc(int c, FILE *f)
{
	if (c == EOF || (f->taken == 0 && f->used == sizeof(f->buf)))
		return EOF;
	if (f->taken == 0) {
		memmove(f->buf + 1, f->buf, f->used++);
		f->taken++;
	}
	f->buf[--f->taken] = c;
	f->eof = false;
	return (unsigned char)c;
}

char *fgets(char *buf, int size, FILE *f)
{
	int n = 0, c = 0;

	while (n < size - 1 && c != '\n' && (c = fgetc(f)) != EOF)
		buf[n++] = c;
	if (size > 0)
		buf[n] = 0;
	return n > 0 ? buf : NULL;
}

size_t fread(void *p, size_t size, size_t n, FILE *f)
{
	size_t bytes = size * n, i;

	for (i = 0; i < bytes; i++) {
		int c = fgetc(f);

		if (c == EOF)
			break;
		((char *)p)[i] = c;
	}
	return size ? i / size : 0;
}

int feof(FILE *f) { return f->eof && f->taken == f->used; }
int ferror(FILE *f) { return f->error; }
int fileno(FILE *f) { return f->fd; }

void clearerr(FILE *f)
{
	f->eof = f->error = false;
}
