/* user/timeout.c: runs a program for so many seconds at most: timeout [-s signal number] seconds program [argument ...].
 * Its status is the program's, or 124 when time was over. (lab 4) */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t over;
static volatile pid_t child;
static int number = SIGTERM;

static void on_alarm(int signal)
{
	(void)signal;
	over = 1;
	kill(child, number);
	kill(child, SIGCONT);
}

/* Ours is the program's, too. */
static void pass_on(int signal)
{
	kill(child, signal);
}

int main(int argc, char **argv)
{
	struct sigaction alarmed = { .sa_handler = on_alarm, .sa_flags = SA_RESTART }, passed = { .sa_handler = pass_on };
	sigset_t held, before;
	int status, c;
	char *end;

	while ((c = getopt(argc, argv, "+s:")) != -1) {
		if (c != 's')
			errx(125, "usage: timeout [-s signal] seconds program [argument ...]");
		number = atoi(optarg);
	}
	if (argc - optind < 2)
		errx(125, "usage: timeout [-s signal] seconds program [argument ...]");
	unsigned long seconds = strtoul(argv[optind], &end, 10);
	if (*end || end == argv[optind])
		errx(125, "%s: not a number of seconds", argv[optind]);
	/* No signal may come before there is a child that it could go to. */
	sigemptyset(&held);
	sigaddset(&held, SIGALRM);
	sigaddset(&held, SIGTERM);
	sigprocmask(SIG_BLOCK, &held, &before);
	sigaction(SIGALRM, &alarmed, NULL);
	sigaction(SIGTERM, &passed, NULL);
	child = fork();
	if (child < 0)
		err(125, "starting %s", argv[optind + 1]);
	if (child == 0) {
		signal(SIGTERM, SIG_DFL);
		sigprocmask(SIG_SETMASK, &before, NULL);
		execvp(argv[optind + 1], argv + optind + 1);
		warn("%s", argv[optind + 1]);
		_exit(errno == ENOENT ? 127 : 126);
	}
	alarm(seconds);
	sigprocmask(SIG_SETMASK, &before, NULL);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			err(125, "waiting");
	if (over)
		return 124;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
