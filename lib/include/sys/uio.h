/* lib/include/sys/uio.h: reading into and writing from several pieces of memory. (lab 6) */
#ifndef LIB_SYS_UIO_H
#define LIB_SYS_UIO_H

#include <sys/types.h>

#define IOV_MAX 64

struct iovec {
	void *iov_base;
	size_t iov_len;
};

/* As read and write with the pieces one after the other. Up to PIPE_BUF bytes are written as one. */
ssize_t readv(int fd, const struct iovec *v, int n);
ssize_t writev(int fd, const struct iovec *v, int n);

#endif
