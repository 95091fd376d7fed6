/* lib/popen.c: programs through the shell: popen, system. (lab 3) */
#include "file.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void become_shell(const char *command) __attribute__((noreturn));

static void become_shell(const char *command)
{
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

/* In the child: theirs is to be descriptor to, which programs inherit. */
static void connect_child(int theirs, int to)
{
	if (theirs == to)
		fcntl(to, F_SETFD, 0);
	else
		dup2(theirs, to);
}

static FILE *start(const char *command, struct __file *how, int theirs, int to)
{
	FILE *f = __stream_new(how);
	pid_t pid = f ? fork() : -1;

	if (pid == 0) {
		connect_child(theirs, to);
		become_shell(command);
	}
	if (f)
		((struct __opened *)f)->child = pid;
	if (f && pid < 0) {
		fclose(f);
		how->fd = -1;
		f = NULL;
	}
	return f;
}

FILE *popen(const char *command, const char *mode)
{
	struct __file how = { .fd = -1 };
	int fds[2], error;
	FILE *f;

	if (!__stream_mode(mode, &how) || pipe2(fds, O_CLOEXEC) < 0)
		return NULL;
	how.fd = fds[how.writable];
	f = start(command, &how, fds[!how.writable], how.writable ? STDIN_FILENO : STDOUT_FILENO);
	error = errno;
	close(fds[!how.writable]);
	if (!f && how.fd >= 0)
		close(how.fd);
	errno = error;
	return f;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) != pid)
		if (errno != EINTR)
			return -1;
	return status;
}

int pclose(FILE *f)
{
	pid_t pid = ((struct __opened *)f)->child;

	fclose(f);
	return wait_for(pid);
}

/* What the keyboard sends is for the command, not for us; its end is for us, not for a handler of SIGCHLD. */
int system(const char *command)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, interrupt, quit;
	sigset_t child, mask;
	int status = -1;
	pid_t pid;

	if (!command)
		return 1;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, &mask);
	sigaction(SIGINT, &ignore, &interrupt);
	sigaction(SIGQUIT, &ignore, &quit);
	pid = fork();
	if (pid > 0)
		status = wait_for(pid);
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGQUIT, &quit, NULL);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	if (pid == 0)
		become_shell(command);
	return status;
}
