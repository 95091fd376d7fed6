/* lib/include/limits.h: how big the numbers get. (lab 1) */
#ifndef LIB_LIMITS_H
#define LIB_LIMITS_H

#include <descriptor.h> /* PIPE_BUF */
#include <syscall.h>    /* ARG_MAX, OPEN_MAX */

#define CHAR_BIT 8
#define SCHAR_MAX 127
#define SCHAR_MIN (-128)
#define UCHAR_MAX 255
#ifdef __CHAR_UNSIGNED__
#define CHAR_MIN 0
#define CHAR_MAX UCHAR_MAX
#else
#define CHAR_MIN SCHAR_MIN
#define CHAR_MAX SCHAR_MAX
#endif
#define SHRT_MAX 32767
#define SHRT_MIN (-32768)
#define USHRT_MAX 65535
#define INT_MAX 2147483647
#define INT_MIN (-INT_MAX - 1)
#define UINT_MAX 4294967295u
#define LONG_MAX 2147483647L
#define LONG_MIN (-LONG_MAX - 1L)
#define ULONG_MAX 4294967295ul
#define LLONG_MAX 9223372036854775807LL
#define LLONG_MIN (-LLONG_MAX - 1LL)
#define ULLONG_MAX 18446744073709551615ull
#define SSIZE_MAX INT_MAX
#define MB_LEN_MAX 1

#define PATH_MAX 256
#define NAME_MAX 255
#define LINE_MAX 2048
#define HOST_NAME_MAX 64

#endif
