/* lib/include/fcntl.h: flags and commands for descriptors. (lab 6) */
#ifndef LIB_FCNTL_H
#define LIB_FCNTL_H

#include <descriptor.h>
#include <sys/types.h>

int fcntl(int fd, int command, ...); /* descriptor.h lists the commands, and their argument. -1, errno: it failed */

#endif
