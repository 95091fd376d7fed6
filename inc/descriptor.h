/* inc/descriptor.h: what the system calls about descriptors are told: flags, commands, events. (lab 6) */
#ifndef INC_DESCRIPTOR_H
#define INC_DESCRIPTOR_H

#define PIPE_BUF 4096 /* what a pipe holds; a write of up to so many bytes goes in as one piece */

#define O_RDONLY 0
#define O_WRONLY 1
#define O_RDWR 2
#define O_ACCMODE 3
#define O_NONBLOCK 0x800  /* EAGAIN where a call would wait */
#define O_CLOEXEC 0x80000 /* programs started by spawn and exec don't get it */

/* fcntl */
#define F_DUPFD 0           /* (int from): a copy with the lowest free number from there up */
#define F_GETFD 1           /* FD_CLOEXEC or 0 */
#define F_SETFD 2           /* (FD_CLOEXEC or 0) */
#define F_GETFL 3           /* O_RDONLY, O_WRONLY or O_RDWR, and O_NONBLOCK */
#define F_SETFL 4           /* (O_NONBLOCK or 0): holds for all copies of the descriptor */
#define F_DUPFD_CLOEXEC 1030 /* F_DUPFD; the copy has FD_CLOEXEC */
#define F_ISATTY 2000       /* 1 for the console, else ENOTTY */
#define FD_CLOEXEC 1

/* poll */
#define POLLIN 1
#define POLLPRI 2
#define POLLOUT 4
#define POLLERR 8     /* nobody reads this pipe */
#define POLLHUP 16    /* nobody writes to this pipe, and it is empty */
#define POLLNVAL 32   /* not open */
#define POLL_MAX (2 * OPEN_MAX) /* entries that one poll takes */

#ifndef __ASSEMBLER__
struct pollfd {
	int fd; /* negative: no entry */
	short events, revents;
};
#endif

#endif
