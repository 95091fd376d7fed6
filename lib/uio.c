/* lib/uio.c: reading into and writing from several pieces of memory. (lab 6) */
#include <descriptor.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* Bytes of all pieces; -1: there are too many. */
static ssize_t total(const struct iovec *v, int n)
{
	size_t sum = 0;

	if (n <= 0 || n > IOV_MAX)
		return errno = EINVAL, -1;
	for (int i = 0; i < n; i++) {
		if (v[i].iov_len > (size_t)SSIZE_MAX - sum)
			return errno = EINVAL, -1;
		sum += v[i].iov_len;
	}
	return sum;
}

/* What is read goes through a buffer: a second read could wait, though the first has brought something. */
ssize_t readv(int fd, const struct iovec *v, int n)
{
	char buf[PIPE_BUF];
	ssize_t sum = total(v, n), got;
	size_t done = 0;

	if (sum < 0)
		return -1;
	got = read(fd, buf, (size_t)sum < sizeof(buf) ? (size_t)sum : sizeof(buf));
	for (int i = 0; got > 0 && done < (size_t)got; i++) {
		size_t part = v[i].iov_len < got - done ? v[i].iov_len : got - done;

		memcpy(v[i].iov_base, buf + done, part);
		done += part;
	}
	return got;
}

static ssize_t write_together(int fd, const struct iovec *v, int n)
{
	char buf[PIPE_BUF];
	size_t used = 0;

	for (int i = 0; i < n; i++) {
		memcpy(buf + used, v[i].iov_base, v[i].iov_len);
		used += v[i].iov_len;
	}
	return write(fd, buf, used);
}

/* Piece by piece only what pipes need not take as one. */
ssize_t writev(int fd, const struct iovec *v, int n)
{
	ssize_t sum = total(v, n), done = 0;

	if (sum < 0)
		return -1;
	if (sum <= PIPE_BUF)
		return write_together(fd, v, n);
	for (int i = 0; i < n; i++) {
		ssize_t part = write(fd, v[i].iov_base, v[i].iov_len);

		if (part < 0)
			return done ? done : -1;
		done += part;
		if ((size_t)part < v[i].iov_len)
			break;
	}
	return done;
}
