/* lib/include/sys/wait.h: waiting for children. (lab 3) */
#ifndef LIB_SYS_WAIT_H
#define LIB_SYS_WAIT_H

#include <sys/types.h>
#include <syscall.h> /* WNOHANG, and how a status is put together */

/* pid -1: any child. The child's process id, 0 (WNOHANG: none has ended), or -1 and errno. status may be null. */
pid_t waitpid(pid_t pid, int *status, int options);
pid_t wait(int *status);

#define WIFEXITED(status) (((status)&0x7f) == 0)
#define WEXITSTATUS(status) (((status) >> 8) & 0xff)
#define WIFSIGNALED(status) (((status)&0x7f) - 1u < 0x7e) /* not 0, nor 0x7f; its argument is used once */
#define WTERMSIG(status) ((status)&0x7f)
#define WCOREDUMP(status) 0
#define WIFSTOPPED(status) STATUS_IS_STOPPED(status)
#define WSTOPSIG(status) WEXITSTATUS(status)
#define WIFCONTINUED(status) ((status) == STATUS_CONTINUED)

#endif
