/* lib/include/unistd.h: processes and descriptors, as on Unix. (lab 3) */
#ifndef LIB_UNISTD_H
#define LIB_UNISTD_H

#include <stdint.h>
#include <sys/types.h>

#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2

/* Each returns -1 and sets errno when it fails. */
ssize_t read(int fd, void *buf, size_t n);        /* 0: end of input */
ssize_t write(int fd, const void *buf, size_t n); /* bytes written */
int pipe(int fds[2]);             /* fds[0] reads what fds[1] writes */
int pipe2(int fds[2], int flags); /* O_CLOEXEC, O_NONBLOCK of <fcntl.h> */
int dup(int fd);                  /* the lowest free number stands for the same */
int dup2(int fd, int to);         /* to stands for the same; what it stood for is closed */
int close(int fd);
int isatty(int fd);               /* 1: the console; 0: errno says why not */

void _exit(int status) __asm__("sys_exit") __attribute__((noreturn)); /* the system call: nothing is flushed */
pid_t fork(void);     /* the child's id; 0 in the child, which is a copy of the caller */
pid_t getppid(void) __asm__("sys_getppid"); /* 0: this is the first process; of an orphan the first process' */
pid_t getpid(void) __asm__("sys_getpid");                             /* cannot fail, so errno is not looked after */

pid_t vfork(void);    /* the same: a copy costs little */

extern char **environ;
extern const char *__progname; /* argv[0], behind its last slash */

/*
 * The process becomes another program, with the same id, descriptors (but those marked close-on-exec) and ignored
 * signals. They return -1 when that fails: nothing has changed then. The archive is the folder /bin; execlp and execvp
 * look for a name without a slash in the folders of PATH.
 */
int execve(const char *name, char *const argv[], char *const envp[]);
int execv(const char *name, char *const argv[]);
int execvp(const char *name, char *const argv[]);
int execvpe(const char *name, char *const argv[], char *const envp[]);
int execl(const char *name, const char *arg, ...);  /* ends with a null pointer */
int execlp(const char *name, const char *arg, ...);
int execle(const char *name, const char *arg, ...); /* and after that, envp */

unsigned sleep(unsigned seconds); /* what is left: 0, or a signal came */
/* Process groups (0: the caller, or its own number), and which of them has the console: Ctrl-C goes to all in it. */
int setpgid(pid_t pid, pid_t group);
pid_t getpgid(pid_t pid);
pid_t getpgrp(void);
int setpgrp(void);
int tcsetpgrp(int fd, pid_t group);
pid_t tcgetpgrp(int fd);

unsigned alarm(unsigned seconds); /* SIGALRM then; 0: no more. What was left of the last one */
useconds_t ualarm(useconds_t microseconds, useconds_t interval); /* interval: 0 */
int pause(void); /* until a handler has run: -1 and EINTR */

int usleep(useconds_t microseconds); /* rounded up to milliseconds */
int getpagesize(void);
long sysconf(int name);     /* EINVAL: no such name */
#define _SC_ARG_MAX 0
#define _SC_CLK_TCK 2
#define _SC_OPEN_MAX 4
#define _SC_PAGESIZE 30
#define _SC_PAGE_SIZE _SC_PAGESIZE
#define _SC_NPROCESSORS_CONF 83
#define _SC_NPROCESSORS_ONLN 84

/* There is one user, who may do everything. */
uid_t getuid(void);
uid_t geteuid(void);
gid_t getgid(void);
gid_t getegid(void);

int brk(void *end);         /* the heap's end: malloc takes from there, too */
void *sbrk(intptr_t more);  /* where it was; (void *)-1 */

/*
 * The next option's letter; '?': an unknown one; -1: no more, optind is the first word that is none. letters: "ab:c"; with
 * two colons an argument follows in the same word or not at all.
 */
int getopt(int argc, char *const argv[], const char *letters);
extern char *optarg;
extern int optind, opterr, optopt;

#endif
