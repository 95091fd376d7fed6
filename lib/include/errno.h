/* lib/include/errno.h: why the last call failed. Numbers and sentences: inc/error.h. (lab 3) */
#ifndef LIB_ERRNO_H
#define LIB_ERRNO_H

#include <error.h>

/* Each thread has its own. Set by a call that fails, left alone by one that succeeds. */
int *__errno(void) __attribute__((const));
#define errno (*__errno())

#endif
