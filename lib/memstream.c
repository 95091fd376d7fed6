/* lib/memstream.c: streams into and out of memory: open_memstream, fmemopen. (lab 3) */
#include "file.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct memory {
	char **text;   /* open_memstream: the caller's variables, of text that grows; null: fmemopen */
	size_t *length;
	char *base;
	size_t at, size;
	bool ours;     /* fmemopen: base came from malloc */
};

static ssize_t memory_read(FILE *f, char *to, size_t n)
{
	struct memory *m = f->cookie;
	size_t left = m->size - m->at;

	n = n < left ? n : left;
	memcpy(to, m->base + m->at, n);
	m->at += n;
	return n;
}

/* Memory that does not grow; a NUL follows what is written where there is room for one. */
static ssize_t memory_write(FILE *f, const char *from, size_t n)
{
	struct memory *m = f->cookie;
	size_t left = m->size - m->at;

	if (left == 0)
		return errno = ENOSPC, -1;
	n = n < left ? n : left;
	memcpy(m->base + m->at, from, n);
	m->at += n;
	if (m->at < m->size)
		m->base[m->at] = 0;
	return n;
}

static ssize_t growing_write(FILE *f, const char *from, size_t n)
{
	struct memory *m = f->cookie;

	if (m->at + n >= m->size) {
		char *larger = realloc(m->base, m->at + n + m->size + 1);

		if (!larger)
			return -1;
		m->base = *m->text = larger;
		m->size += m->at + n + 1;
	}
	memcpy(m->base + m->at, from, n);
	m->at += n;
	m->base[m->at] = 0;
	*m->length = m->at;
	return n;
}

static int memory_close(FILE *f)
{
	struct memory *m = f->cookie;

	if (m->ours)
		free(m->base);
	free(m);
	return 0;
}

static FILE *new_stream(struct __file *how, const struct memory *memory)
{
	struct memory *m = malloc(sizeof(*m));
	FILE *f;

	if (!m)
		return NULL;
	*m = *memory;
	how->fd = -1;
	how->close = memory_close;
	how->cookie = m;
	f = __stream_new(how);
	if (!f)
		free(m);
	return f;
}

FILE *open_memstream(char **text, size_t *length)
{
	struct __file how = { .writable = true, .write = growing_write };
	struct memory memory = { .text = text, .length = length, .base = calloc(1, 64), .size = 64 };
	FILE *f = memory.base ? new_stream(&how, &memory) : NULL;

	if (!f) {
		free(memory.base);
		return NULL;
	}
	*text = memory.base;
	*length = 0;
	return f;
}

FILE *fmemopen(void *buf, size_t size, const char *mode)
{
	struct __file how = { .read = memory_read, .write = memory_write };
	struct memory memory = { .base = buf ? buf : calloc(1, size + 1), .size = size, .ours = !buf };
	FILE *f = NULL;

	if (memory.base && __stream_mode(mode, &how)) {
		if (*mode == 'a')
			memory.at = strnlen(memory.base, size);
		else if (*mode == 'w' && size)
			*memory.base = 0;
		f = new_stream(&how, &memory);
	}
	if (!f && !buf)
		free(memory.base);
	return f;
}
