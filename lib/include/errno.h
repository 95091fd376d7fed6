/* lib/include/errno.h: why the last call failed. Numbers and sentences: inc/error.h. (lab 3) */
#ifndef LIB_ERRNO_H
#define LIB_ERRNO_H

#include <error.h>

extern int errno; /* set by a call that fails, left alone by one that succeeds */

#endif
