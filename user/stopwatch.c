/* user/stopwatch.c: Ctrl-C shows the time that has passed, Ctrl-\ ends: stopwatch [-n times] [-t seconds].
 * -n: it ends after so many times; -t: it shows the time by itself, too, that often. (lab 4) */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t laps, ticks, quit;

static void on_signal(int signal)
{
	laps += signal == SIGINT;
	ticks += signal == SIGALRM;
	quit += signal == SIGQUIT || signal == SIGTERM;
}

/* Signals come only while we wait for them: none is lost between looking and waiting. */
static void catch(int signal, sigset_t *held)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	sigaction(signal, &action, NULL);
	sigaddset(held, signal);
}

static void show(const char *what, int n, const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	long long ms = (now.tv_sec - start->tv_sec) * 1000LL + (now.tv_nsec - start->tv_nsec) / 1000000;
	printf("%s %d: %lld.%03lld s\n", what, n, ms / 1000, ms % 1000);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	int seen = 0, ticked = 0, most = 0, seconds = 0, c;
	struct timespec start;
	sigset_t held, before;

	while ((c = getopt(argc, argv, "n:t:")) != -1)
		switch (c) {
		case 'n': most = atoi(optarg); break;
		case 't': seconds = atoi(optarg); break;
		default: errx(2, "usage: stopwatch [-n times] [-t seconds]");
		}
	sigemptyset(&held);
	catch(SIGINT, &held);
	catch(SIGQUIT, &held);
	catch(SIGTERM, &held);
	catch(SIGALRM, &held);
	sigprocmask(SIG_BLOCK, &held, &before);
	clock_gettime(CLOCK_MONOTONIC, &start);
	alarm(seconds);
	while (!quit && (most == 0 || seen + ticked < most)) {
		sigsuspend(&before);
		for (; seen < laps; seen++)
			show("lap", seen + 1, &start);
		for (; ticked < ticks; ticked++) {
			alarm(seconds);
			show("tick", ticked + 1, &start);
		}
	}
	return 0;
}
