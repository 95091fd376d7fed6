/* lib/include/sys/param.h: small things that programs from BSD expect. (lab 3) */
#ifndef LIB_SYS_PARAM_H
#define LIB_SYS_PARAM_H

#include <endian.h>
#include <limits.h>

#define MAXPATHLEN PATH_MAX
#define NBBY CHAR_BIT
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define howmany(n, size) (((n) + ((size) - 1)) / (size))
#define roundup(n, size) (howmany(n, size) * (size))

#endif
