/* lib/include/signal.h: signals, as on Unix. (lab 4)
 * Numbers, structures and flags are in inc/signals.h; a handler's third argument is a struct context (<ucontext.h>).
 */
#ifndef LIB_SIGNAL_H
#define LIB_SIGNAL_H

#include <signals.h>
#include <sys/types.h>

struct __pthread;

#define _NSIG NSIG
#define SIG_ERR ((void (*)(int))-1)

typedef volatile int sig_atomic_t;
typedef void (*sighandler_t)(int);

struct sigaction {
	union {
		void (*sa_handler)(int); /* or SIG_DFL, SIG_IGN */
		void (*sa_sigaction)(int, siginfo_t *, void *);
	};
	sigset_t sa_mask; /* blocked while the handler runs, beside the signal itself */
	int sa_flags;     /* SA_* */
};

/* Each returns -1 and sets errno when it fails, unless it says otherwise. */
int sigaction(int signal, const struct sigaction *action, struct sigaction *was);
sighandler_t signal(int signal, sighandler_t handler); /* with SA_RESTART. What it was before, or SIG_ERR */
int sigprocmask(int how, const sigset_t *set, sigset_t *was); /* of the calling thread */
int pthread_sigmask(int how, const sigset_t *set, sigset_t *was); /* returns the error number */
int sigpending(sigset_t *set);
int sigsuspend(const sigset_t *mask); /* always -1; EINTR: a handler has run */
int sigwait(const sigset_t *set, int *signal); /* => set is blocked. 0, or an error number; set's signals have no handlers then */
int sigaltstack(const stack_t *stack, stack_t *was); /* for handlers with SA_ONSTACK; of the calling thread */
int siginterrupt(int signal, int interrupts); /* does it end calls with EINTR? */

/* pid 0: the caller's process group, -n: group n; signal 0: is there such a one? -1, all processes, is EPERM here. */
int kill(pid_t pid, int signal);
int killpg(pid_t group, int signal);
int pthread_kill(struct __pthread *thread, int signal); /* a pthread_t of <pthread.h>; returns the error number */
int raise(int signal); /* to the calling thread; it has been handled when this returns */

/* What a shell says of a program that this signal has ended. */
char *strsignal(int signal);
void psignal(int signal, const char *text);

static inline int sigemptyset(sigset_t *set)
{
	*set = 0;
	return 0;
}
static inline int sigfillset(sigset_t *set)
{
	*set = ~1u;
	return 0;
}
/* -1 and EINVAL when there is no such signal. */
int sigaddset(sigset_t *set, int signal);
int sigdelset(sigset_t *set, int signal);
int sigismember(const sigset_t *set, int signal); /* 1 or 0 */

#endif
