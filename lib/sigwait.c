/* lib/sigwait.c: waiting for a signal without a handler of the program's. (lab 4) */
#include <errno.h>
#include <signal.h>

static volatile int arrived; /* the handler's thread is the one that waits: only it unblocks them */

static void note(int signal)
{
	arrived = signal;
}

int sigwait(const sigset_t *set, int *which)
{
	struct sigaction action = { { note }, ~1u, 0 }, was[NSIG];
	sigset_t mask, taken = 0;
	int error = 0;

	arrived = 0;
	for (int n = 1; n < NSIG; n++)
		if (*set >> n & 1 && sigaction(n, &action, &was[n]) == 0)
			taken |= 1u << n;
	if (!taken)
		error = EINVAL;
	sigprocmask(SIG_BLOCK, NULL, &mask);
	mask &= ~taken;
	while (!error && !arrived)
		sigsuspend(&mask);
	for (int n = 1; n < NSIG; n++)
		if (taken >> n & 1)
			sigaction(n, &was[n], NULL);
	*which = arrived;
	return error;
}
