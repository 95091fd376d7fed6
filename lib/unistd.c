/* lib/unistd.c: system calls as C functions: those of Unix. (lab 3) */
#include "call.h"
#include "lock.h"
#include <fcntl.h>
#include <memlayout.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>

ssize_t read(int fd, void *buf, size_t n) { return CALL(read, fd, buf, n); }
pid_t waitpid(pid_t pid, int *status, int options) { return CALL(wait, pid, status, options); }
pid_t wait(int *status) { return CALL(wait, -1, status, 0); }
int getpagesize(void) { return PAGE_SIZE; }

int pipe2(int fds[2], int flags) { return CALL(pipe, fds, flags, 0); }
int pipe(int fds[2]) { return pipe2(fds, 0); }
int dup(int fd) { return CALL(dup, fd, -1, 0); }
int close(int fd) { return CALL(close, fd, 0, 0); }
int poll(struct pollfd *fds, nfds_t n, int milliseconds) { return CALL(poll, fds, n, milliseconds); }
int isatty(int fd) { return fcntl(fd, F_ISATTY) == 1; }

/* The call takes -1 for "any". */
int dup2(int fd, int to)
{
	if (to < 0)
		return errno = EBADF, -1;
	return CALL(dup, fd, to, 0);
}

int fcntl(int fd, int command, ...)
{
	va_list ap;
	int argument;

	va_start(ap, command);
	argument = va_arg(ap, int); /* some word, where there is none: such a command does not look at it */
	va_end(ap);
	return CALL(fcntl, fd, command, argument);
}

pid_t fork(void)
{
	pid_t pid;

	if (__fork_begins)
		__fork_begins();
	pid = CALL(fork, 0, 0, 0);
	if (__fork_ends)
		__fork_ends(pid == 0);
	return pid;
}

/* The console takes a part at a time, so that others have their turns. A part elsewhere has its reasons. */
static __attribute__((noinline)) ssize_t write_parts(int fd, const char *buf, size_t n)
{
	size_t done = 0;
	ssize_t part;

	do {
		part = CALL(write, fd, buf + done, n - done);
		if (part < 0)
			return done ? (ssize_t)done : -1;
		done += part;
	} while (part == WRITE_MAX && done < n && isatty(fd));
	return done;
}

ssize_t write(int fd, const void *buf, size_t n)
{
	return n <= WRITE_MAX ? CALL(write, fd, buf, n) : write_parts(fd, buf, n);
}

pid_t vfork(void) { return fork(); }
uid_t getuid(void) { return 0; }
uid_t geteuid(void) { return 0; }
gid_t getgid(void) { return 0; }
gid_t getegid(void) { return 0; }

long sysconf(int name)
{
	switch (name) {
	case _SC_ARG_MAX: return ARG_MAX;
	case _SC_CLK_TCK: return CLOCK_HZ;
	case _SC_OPEN_MAX: return OPEN_MAX;
	case _SC_PAGESIZE: return PAGE_SIZE;
	case _SC_NPROCESSORS_CONF:
	case _SC_NPROCESSORS_ONLN: return 1;
	default: return errno = EINVAL, -1;
	}
}
