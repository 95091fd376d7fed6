/* lib/include/fcntl.h: flags and commands for descriptors. (lab 6) */
#ifndef LIB_FCNTL_H
#define LIB_FCNTL_H

#include <descriptor.h>
#include <sys/types.h>

int fcntl(int fd, int command, ...); /* descriptor.h lists the commands, and their argument. -1, errno: it failed */

#define O_CREAT 0x40
#define O_EXCL 0x80
#define O_TRUNC 0x200
#define O_APPEND 0x400
/* There are no files yet: ENOENT, or EROFS to create one; but /dev/stdin, /dev/stdout, /dev/stderr and /dev/fd/N. */
int open(const char *path, int flags, ...);

#endif
