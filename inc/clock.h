/* inc/clock.h: times as the kernel tells them to programs. (lab 3) */
#ifndef INC_CLOCK_H
#define INC_CLOCK_H

typedef long long time_t; /* seconds since 1970 */
typedef long clock_t;

struct timespec {
	time_t tv_sec;
	long tv_nsec;
};

#define CLOCK_REALTIME 0  /* the time of day; the PC's clock chip is asked once, at boot, and taken to be UTC */
#define CLOCK_MONOTONIC 1 /* since boot */

/* In clock ticks, CLOCK_HZ a second. Each tick is counted wholly for whom it found running, and where. */
struct tms {
	clock_t tms_utime, tms_stime;   /* of this process: in the program, in the kernel for it */
	clock_t tms_cutime, tms_cstime; /* of its children that were waited for, and of theirs */
};

#endif
