/* lib/select.c: select, by poll. (lab 6) */
#include <errno.h>
#include <limits.h>
#include <ouros.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/select.h>

_Static_assert(FD_SETSIZE == OPEN_MAX, "a set has room for all descriptors");

#define READY_IN (POLLIN | POLLHUP | POLLERR)
#define READY_OUT (POLLOUT | POLLERR)

static bool has(const fd_set *set, int fd)
{
	return set && FD_ISSET(fd, set);
}

static unsigned fill(struct pollfd *f, int n, const fd_set *in, const fd_set *out, const fd_set *except)
{
	unsigned used = 0;

	for (int fd = 0; fd < n; fd++) {
		short events = (has(in, fd) ? POLLIN : 0) | (has(out, fd) ? POLLOUT : 0);

		if (events || has(except, fd))
			f[used++] = (struct pollfd){ .fd = fd, .events = events };
	}
	return used;
}

/* Rounded up; negative: for ever, or for too long to count. */
static int milliseconds(const struct timeval *t)
{
	return !t || t->tv_sec >= INT_MAX / 1000 ? -1 : (int)t->tv_sec * 1000 + (int)(t->tv_usec + 999) / 1000;
}

/*
 * How many of the events were asked for. poll tells of an end and of errors whatever it is asked: entries with nothing but
 * such news, which would come at once again, are taken out.
 */
static int count(struct pollfd *f, unsigned used)
{
	int found = 0;

	for (struct pollfd *end = f + used; f < end; f++) {
		bool in = f->events & POLLIN && f->revents & READY_IN, out = f->events & POLLOUT && f->revents & READY_OUT;

		found += in + out;
		if (f->revents && !in && !out)
			f->fd = -1;
	}
	return found;
}

static bool any_bad(const struct pollfd *f, unsigned used)
{
	for (unsigned i = 0; i < used; i++)
		if (f[i].revents & POLLNVAL)
			return true;
	return false;
}

static void keep(fd_set *set, const struct pollfd *f, unsigned used, short asked, short ready)
{
	if (!set)
		return;
	FD_ZERO(set);
	for (unsigned i = 0; i < used; i++)
		if (f[i].fd >= 0 && f[i].events & asked && f[i].revents & ready)
			FD_SET(f[i].fd, set);
}

int select(int n, fd_set *in, fd_set *out, fd_set *except, struct timeval *timeout)
{
	struct pollfd f[FD_SETSIZE];
	int found, left = milliseconds(timeout);
	uint32_t end = uptime() + left;

	if (n < 0 || n > FD_SETSIZE || (timeout && (timeout->tv_sec < 0 || (unsigned long)timeout->tv_usec >= 1000000)))
		return errno = EINVAL, -1;
	unsigned used = fill(f, n, in, out, except);
	do {
		int events = poll(f, used, left);

		if (events < 0)
			return -1;
		if (any_bad(f, used))
			return errno = EBADF, -1;
		found = count(f, used);
		if (events == 0)
			break;
		if (left > 0)
			left = (int32_t)(end - uptime()) > 0 ? (int)(end - uptime()) : 0;
	} while (found == 0);
	keep(in, f, used, POLLIN, READY_IN);
	keep(out, f, used, POLLOUT, READY_OUT);
	keep(except, f, 0, 0, 0);
	return found;
}
