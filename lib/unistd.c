/* lib/unistd.c: system calls as C functions: those of Unix. (lab 3) */
#include "call.h"
#include <memlayout.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t fork(void) { return CALL(fork, 0, 0, 0); }
ssize_t read(int fd, void *buf, size_t n) { return CALL(read, fd, buf, n); }
pid_t waitpid(pid_t pid, int *status, int options) { return CALL(wait, pid, status, options); }
pid_t wait(int *status) { return CALL(wait, -1, status, 0); }
int getpagesize(void) { return PAGE_SIZE; }

/* All of it: the kernel takes a part at a time, so that others have their turns. */
ssize_t write(int fd, const void *buf, size_t n)
{
	size_t done = 0;
	ssize_t part;

	do {
		part = CALL(write, fd, (const char *)buf + done, n - done);
		done += part > 0 ? part : 0;
	} while (part > 0 && done < n);
	return done ? (ssize_t)done : part;
}

int usleep(useconds_t microseconds)
{
	return CALL(sleep, microseconds / 1000 + (microseconds % 1000 != 0), 0, 0);
}

/* In pieces, for milliseconds of a long sleep do not fit into 32 bits. */
unsigned sleep(unsigned seconds)
{
	const unsigned most = 1u << 20;

	for (; seconds > most; seconds -= most)
		sys_sleep(most * 1000, 0, 0, 0);
	sys_sleep(seconds * 1000, 0, 0, 0);
	return 0;
}
