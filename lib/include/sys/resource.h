/* lib/include/sys/resource.h: what processes have used. (lab 3) */
#ifndef LIB_SYS_RESOURCE_H
#define LIB_SYS_RESOURCE_H

#include <sys/time.h>

#define RUSAGE_SELF 0
#define RUSAGE_CHILDREN (-1) /* those that were waited for, and theirs */

struct rusage {
	struct timeval ru_utime, ru_stime; /* in steps of a clock tick */
};

int getrusage(int who, struct rusage *used);

#endif
