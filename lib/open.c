/* lib/open.c: streams that a program opens and closes. (lab 3)
 * There are no files yet: what can be opened by name is what is open already, as /dev/stdin or /dev/fd/3.
 */
#include "file.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct __opened *__opened;
struct lock __opened_lock;

/* The descriptor that path names, -1: none. */
static int named(const char *path)
{
	static const char *const standard[] = { "stdin", "stdout", "stderr" };
	char *end;
	long fd;

	if (strncmp(path, "/dev/", 5) != 0)
		return -1;
	path += 5;
	for (int i = 0; i < 3; i++)
		if (strcmp(path, standard[i]) == 0)
			return i;
	if (strncmp(path, "fd/", 3) != 0 || path[3] < '0' || path[3] > '9')
		return -1;
	fd = strtol(path + 3, &end, 10);
	return *end || fd >= OPEN_MAX ? -1 : fd;
}

int open(const char *path, int flags, ...)
{
	int fd = named(path);

	if (fd < 0) {
		errno = flags & O_CREAT ? EROFS : ENOENT;
		return -1;
	}
	return fcntl(fd, flags & O_CLOEXEC ? F_DUPFD_CLOEXEC : F_DUPFD, 0);
}

bool __stream_mode(const char *mode, struct __file *how)
{
	if (*mode != 'r' && *mode != 'w' && *mode != 'a') {
		errno = EINVAL;
		return false;
	}
	how->readable = *mode == 'r' || strchr(mode, '+');
	how->writable = *mode != 'r' || strchr(mode, '+');
	return true;
}

FILE *__stream_new(const struct __file *how)
{
	struct __opened *o = malloc(sizeof(*o));

	if (!o)
		return NULL;
	memset(o, 0, offsetof(struct __opened, stream.own));
	o->child = 0;
	o->file = *how;
	o->file.stream = &o->stream;
	lock(&__opened_lock);
	o->next = __opened;
	__opened = o;
	unlock(&__opened_lock);
	return &o->file;
}

FILE *fdopen(int fd, const char *mode)
{
	struct __file how = { .fd = fd };

	if (!__stream_mode(mode, &how) || fcntl(fd, F_GETFD) < 0)
		return NULL;
	return __stream_new(&how);
}

FILE *fopen(const char *path, const char *mode)
{
	struct __file how = { .fd = -1 };
	FILE *f;

	if (!__stream_mode(mode, &how))
		return NULL;
	how.fd = open(path, (*mode == 'r' ? 0 : O_CREAT) | (strchr(mode, 'e') ? O_CLOEXEC : 0), 0666);
	if (how.fd < 0)
		return NULL;
	f = __stream_new(&how);
	if (!f)
		close(how.fd);
	return f;
}

/* Null: it is one of the standard ones. */
static struct __opened *take_out(FILE *f)
{
	struct __opened **link = &__opened, *o;

	lock(&__opened_lock);
	while ((o = *link) && &o->file != f)
		link = &o->next;
	if (o)
		*link = o->next;
	unlock(&__opened_lock);
	return o;
}

int fclose(FILE *f)
{
	struct __opened *o = take_out(f);
	int result = fflush(f), error = errno;

	if (f->close ? f->close(f) < 0 : close(f->fd) < 0)
		result = EOF;
	else
		errno = error;
	if (f->stream->used && f->stream->writing)
		f->stream->used = 0;
	free(o);
	return result;
}
