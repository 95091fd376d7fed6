/* lib/include/sys/select.h: waiting for any of several descriptors, named by sets. (lab 6) */
#ifndef LIB_SYS_SELECT_H
#define LIB_SYS_SELECT_H

#include <sys/time.h>

#define FD_SETSIZE 64 /* as many as a process can have */

typedef struct {
	unsigned bits[FD_SETSIZE / 32];
} fd_set;

#define FD_SET(fd, set) ((void)((set)->bits[(unsigned)(fd) / 32] |= 1u << (unsigned)(fd) % 32))
#define FD_CLR(fd, set) ((void)((set)->bits[(unsigned)(fd) / 32] &= ~(1u << (unsigned)(fd) % 32)))
#define FD_ISSET(fd, set) ((int)((set)->bits[(unsigned)(fd) / 32] >> (unsigned)(fd) % 32 & 1))
#define FD_ZERO(set) ((void)(*(set) = (fd_set){ { 0 } }))

/*
 * Waits until one of the descriptors below n that are in the sets (each may be null) can be read from, or written to,
 * without waiting, if only to be told of an end or an error; or for so long (null: for ever). How many; they alone are
 * left in the sets. 0: time is over. Nothing here has exceptions: that set comes back empty. EBADF; EINVAL: n, the time.
 */
int select(int n, fd_set *in, fd_set *out, fd_set *except, struct timeval *timeout);

#endif
