/* user/time.c: how long a program takes, and how much of that it computes: time program [argument ...]. (lab 3) */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static void show(const char *what, const struct timeval *t)
{
	fprintf(stderr, "%s %lld.%02ld\n", what, (long long)t->tv_sec, (long)t->tv_usec / 10000);
}

int main(int argc, char **argv)
{
	struct timeval start, end, passed;
	struct rusage used;
	int status;
	pid_t pid;

	if (argc < 2)
		errx(2, "usage: time program [argument ...]");
	gettimeofday(&start, NULL);
	pid = fork();
	if (pid < 0)
		err(1, "starting %s", argv[1]);
	if (pid == 0) {
		execvp(argv[1], argv + 1);
		warn("%s", argv[1]);
		_exit(errno == ENOENT ? 127 : 126);
	}
	signal(SIGINT, SIG_IGN);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			err(1, "waiting");
	gettimeofday(&end, NULL);
	timersub(&end, &start, &passed);
	getrusage(RUSAGE_CHILDREN, &used);
	show("real", &passed);
	show("user", &used.ru_utime);
	show("sys", &used.ru_stime);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
