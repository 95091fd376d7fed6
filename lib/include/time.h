/* lib/include/time.h: what time it is, and waiting for a later one. (lab 3) */
#ifndef LIB_TIME_H
#define LIB_TIME_H

#include <stddef.h>
#include <clock.h>
#include <sys/types.h>

#define CLOCKS_PER_SEC 1000000

time_t time(time_t *where); /* seconds since 1970; where may be null */
clock_t clock(void);        /* the time this process has used, in CLOCKS_PER_SEC; in steps of a clock tick */

int clock_gettime(clockid_t which, struct timespec *now); /* CLOCK_REALTIME, CLOCK_MONOTONIC */
int clock_getres(clockid_t which, struct timespec *step);
/* Not shorter than asked for. EINTR: a signal came before; *left (may be null) is what remained. */
int nanosleep(const struct timespec *time, struct timespec *left);

#endif
