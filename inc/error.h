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
	E(EAGAIN, 11, "try again later")                     \
	E(ENOMEM, 12, "out of memory")                       \
	E(EACCES, 13, "permission denied")                   \
	E(EFAULT, 14, "bad address")                         \
	E(EBUSY, 16, "busy")                                 \
	E(EEXIST, 17, "already there")                       \
	E(ENOTDIR, 20, "not a directory")                    \
	E(EISDIR, 21, "is a directory")                      \
	E(EINVAL, 22, "invalid argument")                    \
	E(ENFILE, 23, "too many open files in the system")   \
	E(EMFILE, 24, "too many open descriptors")           \
	E(ENOTTY, 25, "not a terminal")                      \
	E(EFBIG, 27, "file too large")                       \
	E(ENOSPC, 28, "no space left")                       \
	E(ESPIPE, 29, "cannot seek there")                   \
	E(EROFS, 30, "nothing can be created there")         \
	E(EPIPE, 32, "broken pipe: nobody reads it")         \
	E(EDOM, 33, "argument outside the function's domain") \
	E(ERANGE, 34, "number out of range")                 \
	E(EDEADLK, 35, "would wait for itself")              \
	E(ENOSYS, 38, "no such system call")                 \
	E(EILSEQ, 84, "not a character")                     \
	E(EOVERFLOW, 75, "value too large")                  \
	E(ETIMEDOUT, 110, "timed out")                       \
	E(EOWNERDEAD, 130, "the lock's owner has ended")

enum {
#define ERROR_ENUM(name, number, text) name = number,
	ERROR_LIST(ERROR_ENUM)
#undef ERROR_ENUM
};

#endif
