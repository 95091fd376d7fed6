/* inc/info.h: what the kernel tells of a thread. (lab 3) */
#ifndef INC_INFO_H
#define INC_INFO_H

struct thread_info {
	int tid, pid, ppid;          /* ppid 0: no parent */
	int priority, base_priority; /* they differ while it runs for one that has a higher priority */
	int weight;                  /* its turn, in clock ticks */
	unsigned ticks;              /* clock ticks that found it running */
	char name[16];               /* its process' program */
	char state[12];              /* "new", "running", "runnable", "waiting", "ended" */
	char reason[20];             /* waiting: what for; else empty */
};

#endif
