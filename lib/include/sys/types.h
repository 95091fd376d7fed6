/* lib/include/sys/types.h: the integer types of Unix interfaces. (lab 3) */
#ifndef LIB_SYS_TYPES_H
#define LIB_SYS_TYPES_H

#include <stddef.h>
#include <stdint.h>

typedef int pid_t;
typedef int ssize_t;
typedef int32_t off_t;
typedef unsigned useconds_t;
typedef unsigned mode_t;
typedef int clockid_t;
typedef unsigned uid_t, gid_t, id_t;
typedef unsigned char u_char;
typedef unsigned short u_short;
typedef unsigned u_int, uint;
typedef unsigned long u_long, ulong;
typedef unsigned short ushort;

#include <clock.h> /* time_t, clock_t */

#endif
