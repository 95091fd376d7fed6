/* lib/include/sys/times.h: the time that processes have used. (lab 3) */
#ifndef LIB_SYS_TIMES_H
#define LIB_SYS_TIMES_H

#include <clock.h>

clock_t times(struct tms *buf); /* ticks since boot, of which there are sysconf(_SC_CLK_TCK) = 100 a second; buf may be null */

#endif
