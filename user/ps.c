/* user/ps.c: lists all threads: whose they are, what they wait for, how much time they have used. (lab 3) */
#include <ouros.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
	struct thread_info t;
	int tid = 0;

	printf("  TID   PID  PPID PRI TURN   TIME  STATE     WAITS FOR        PROGRAM\n");
	while ((tid = thread_info(tid, &t)) > 0) {
		printf("%5d %5d %5d  %d%c %4d %4u.%02u  %-9s %-16s %s\n", t.tid, t.pid, t.ppid, t.priority,
		       t.priority != t.base_priority ? '*' : ' ', t.weight, t.ticks / CLOCK_HZ, t.ticks % CLOCK_HZ, t.state,
		       t.reason, t.name);
	}
	if (tid < 0)
		perror("ps");
	return tid != 0;
}
