/* inc/error.h: the one set of error numbers. The kernel returns them negated; lib/ puts them into errno. (lab 3) */
#ifndef INC_ERROR_H
#define INC_ERROR_H

/* name, number (as on Linux, which programs from elsewhere expect), sentence */
#define ERROR_LIST(E)                                        \
	E(EPERM, 1, "operation not permitted")               \
	E(ENOENT, 2, "no such file or program")              \
	E(ESRCH, 3, "no such process")                       \
	E(EINTR, 4, "interrupted system call")               \
	E(EIO, 5, "input/output error")                      \
	E(E2BIG, 7, "argument list too long")                \
	E(ENOEXEC, 8, "not a program this machine can run")  \
	E(EBADF, 9, "bad file descriptor")                   \
	E(ECHILD, 10, "no child process")                    \
	E(EAGAIN, 11, "try again: out of processes")         \
	E(ENOMEM, 12, "out of memory")                       \
	E(EACCES, 13, "permission denied")                   \
	E(EFAULT, 14, "bad address")                         \
	E(EEXIST, 17, "already there")                       \
	E(EINVAL, 22, "invalid argument")                    \
	E(ERANGE, 34, "number out of range")                 \
	E(ENOSYS, 38, "no such system call")                 \
	E(ETIMEDOUT, 110, "timed out")

enum {
#define ERROR_ENUM(name, number, text) name = number,
	ERROR_LIST(ERROR_ENUM)
#undef ERROR_ENUM
};

#endif
