/* lib/job.c: process groups, the console's foreground, alarms. (lab 4) */
#include "call.h"
#include <signal.h>
#include <unistd.h>

int setpgid(pid_t pid, pid_t group) { return CALL(setpgid, pid, group, 0); }
pid_t getpgid(pid_t pid) { return CALL(getpgid, pid, 0, 0); }
pid_t getpgrp(void) { return getpgid(0); }
int setpgrp(void) { return setpgid(0, 0); }
pid_t tcgetpgrp(int fd) { return CALL(console_group, fd, 0, 0); }

int tcsetpgrp(int fd, pid_t group)
{
	if (group > 0)
		return CALL(console_group, fd, group, 0);
	errno = EINVAL;
	return -1;
}

/* Group 1, the first process', can't be named by -1, which is everybody. */
int killpg(pid_t group, int signal)
{
	return kill(group == 0 || group == getpgrp() ? 0 : -group, signal);
}

/* What does not fit into 31 bits of milliseconds is as good as never. What is left is at least 1. */
unsigned alarm(unsigned seconds)
{
	const unsigned most = 0x7fffffff / 1000;
	unsigned left = sys_alarm((seconds > most ? most : seconds) * 1000, 0, 0, 0);

	return left == 0 ? 0 : left < 1000 ? 1 : (left + 500) / 1000;
}

useconds_t ualarm(useconds_t microseconds, useconds_t interval)
{
	if (interval) {
		errno = EINVAL; /* once only */
		return -1;
	}
	return sys_alarm(microseconds / 1000 + (microseconds % 1000 != 0), 0, 0, 0) * 1000;
}

int pause(void)
{
	sigset_t mask;

	sigprocmask(SIG_BLOCK, NULL, &mask);
	return sigsuspend(&mask);
}
