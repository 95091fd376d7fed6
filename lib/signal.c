/* lib/signal.c: signals as C functions. (lab 4) */
#include "call.h"
#include <ouros.h>
#include <signal.h>
#include <unistd.h>

/*
 * The kernel enters here. The third argument is where the thread was; going back there is the last thing to do. Should
 * that be refused, the handler has destroyed its own stack.
 */
static void enter(int signal, siginfo_t *info, struct context *context, void (*handler)(int, siginfo_t *, void *))
{
	handler(signal, info, context);
	sys_context_return((long)context, 0, 0, 0);
	__builtin_trap();
}

int sigaction(int signal, const struct sigaction *action, struct sigaction *was)
{
	struct signal_action new, old;

	if (action)
		new = (struct signal_action){ (uint32_t)action->sa_handler, (uint32_t)enter, action->sa_flags, action->sa_mask };
	if (CALL(sigaction, signal, action ? &new : NULL, &old) < 0)
		return -1;
	if (was)
		*was = (struct sigaction){ { (sighandler_t)old.handler }, old.mask, old.flags };
	return 0;
}

sighandler_t signal(int signal, sighandler_t handler)
{
	struct sigaction action = { { handler }, 0, SA_RESTART }, was;

	return sigaction(signal, &action, &was) < 0 ? SIG_ERR : was.sa_handler;
}

int siginterrupt(int signal, int interrupts)
{
	struct sigaction action;

	if (sigaction(signal, NULL, &action) < 0)
		return -1;
	action.sa_flags = interrupts ? action.sa_flags & ~SA_RESTART : action.sa_flags | SA_RESTART;
	return sigaction(signal, &action, NULL);
}

int sigprocmask(int how, const sigset_t *set, sigset_t *was) { return CALL(sigmask, how, set, was); }
int pthread_sigmask(int how, const sigset_t *set, sigset_t *was) { return -sys_sigmask(how, (long)set, (long)was, 0); }
int sigpending(sigset_t *set) { return CALL(sigpending, set, 0, 0); }
int sigsuspend(const sigset_t *mask) { return CALL(sigsuspend, mask, 0, 0); }
int sigaltstack(const stack_t *stack, stack_t *was) { return CALL(sigaltstack, stack, was, 0); }
int kill(pid_t pid, int signal) { return CALL(kill, pid, signal, 0); }
int raise(int signal) { return CALL(thread_kill, sys_gettid(0, 0, 0, 0), signal, 0); }

static int valid(int signal)
{
	if (signal > 0 && signal < NSIG)
		return 1;
	errno = EINVAL;
	return 0;
}

int sigaddset(sigset_t *set, int signal)
{
	if (!valid(signal))
		return -1;
	*set |= 1u << signal;
	return 0;
}

int sigdelset(sigset_t *set, int signal)
{
	if (!valid(signal))
		return -1;
	*set &= ~(1u << signal);
	return 0;
}

int sigismember(const sigset_t *set, int signal)
{
	return valid(signal) ? (int)(*set >> signal & 1) : -1;
}
