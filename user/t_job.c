/* user/t_job.c: tests process groups, stopping and going on, SIGCHLD, and children that nobody waits for. (lab 4) */
#include "test.h"
#include <signal.h>

static volatile int chlds;
static siginfo_t last;

static void on_child(int signal, siginfo_t *info, void *context)
{
	chlds++;
	last = *info;
}

static void handle_child(int flags)
{
	struct sigaction a = { .sa_sigaction = on_child, .sa_flags = SA_SIGINFO | SA_RESTART | flags };

	CHECK_IS(sigaction(SIGCHLD, &a, NULL), 0);
	chlds = 0;
}

/* A child that sleeps until it is killed, in its own group or (0) the parent's. */
static pid_t sleeper(bool own_group)
{
	pid_t child = fork();

	if (child == 0) {
		for (;;)
			sleep(100);
	}
	if (own_group)
		CHECK_IS(setpgid(child, child), 0);
	return child;
}

static int end_of(pid_t child)
{
	int status = -1;

	CHECK_IS(waitpid(child, &status, 0), child);
	return status;
}

static void check_groups(void)
{
	pid_t a = sleeper(true), b = sleeper(false), c = sleeper(false), group = getpgrp();

	CHECK(group == getpgid(0) && getpgid(b) == group && getpgid(a) == a);
	CHECK_IS(setpgid(b, a), 0);
	CHECK_IS(getpgid(b), a);
	CHECK_ERROR(setpgid(c, 12345), EPERM);
	CHECK_ERROR(setpgid(12345, 0), ESRCH);
	CHECK_ERROR(setpgid(c, -5), EINVAL);
	CHECK_ERROR(getpgid(12345), ESRCH);
	CHECK_IS(waitpid(-a, NULL, WNOHANG), 0);
	CHECK_IS(waitpid(0, NULL, WNOHANG), 0);
	CHECK_ERROR(waitpid(-12345, NULL, WNOHANG), ECHILD);
	CHECK_IS(kill(-a, 0), 0);
	CHECK_IS(killpg(a, SIGTERM), 0);
	CHECK_IS(end_of(a), SIGTERM);
	int status;
	CHECK(waitpid(-a, &status, 0) == b && status == SIGTERM);
	CHECK_ERROR(kill(-a, 0), ESRCH);
	CHECK_IS(waitpid(c, NULL, WNOHANG), 0);
	signal(SIGUSR1, SIG_IGN);
	signal(SIGUSR2, SIG_IGN);
	CHECK_IS(kill(0, SIGUSR1), 0); /* c inherited the default: forked before */
	CHECK_IS(end_of(c), SIGUSR1);
	signal(SIGUSR1, SIG_DFL);
	signal(SIGUSR2, SIG_DFL);
}

static void check_stop(int how)
{
	int status;
	pid_t child = sleeper(true);

	handle_child(0);
	kill(child, how);
	CHECK(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status) && WSTOPSIG(status) == how);
	CHECK(!WIFEXITED(status) && !WIFSIGNALED(status) && !WIFCONTINUED(status));
	CHECK(chlds == 1 && last.si_code == CLD_STOPPED && last.si_pid == child && last.si_status == how);
	CHECK_IS(waitpid(child, &status, WUNTRACED | WNOHANG), 0); /* told once */
	kill(child, SIGTERM); /* waits until it goes on */
	usleep(20000);
	CHECK_IS(waitpid(child, &status, WNOHANG), 0);
	kill(child, SIGCONT);
	CHECK_IS(end_of(child), SIGTERM);
	CHECK(last.si_code == CLD_KILLED && last.si_status == SIGTERM && last.si_pid == child);
	child = sleeper(true);
	kill(child, how);
	CHECK(waitpid(child, &status, WUNTRACED) == child);
	kill(child, SIGCONT);
	CHECK(waitpid(child, &status, WCONTINUED) == child && WIFCONTINUED(status));
	CHECK_IS(last.si_code, CLD_CONTINUED);
	kill(child, how);
	CHECK(waitpid(child, &status, WUNTRACED) == child);
	kill(child, SIGKILL); /* that one doesn't wait */
	CHECK_IS(end_of(child), SIGKILL);
	handle_child(SA_NOCLDSTOP);
	child = sleeper(true);
	kill(child, how);
	CHECK(waitpid(child, &status, WUNTRACED) == child);
	CHECK_IS(chlds, 0);
	kill(child, SIGKILL);
	CHECK_IS(end_of(child), SIGKILL);
	CHECK_IS(chlds, 1);
	signal(SIGCHLD, SIG_DFL);
}

static volatile int continued;

static void on_continue(int signal) { continued++; }

/* It stops itself, and its handler of SIGCONT runs before anything else does. */
static void check_continue(void)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		signal(SIGCONT, on_continue);
		signal(SIGTSTP, on_continue); /* a handler: it doesn't stop */
		raise(SIGTSTP);
		if (continued != 1)
			_exit(1);
		raise(SIGSTOP);
		_exit(continued == 2 ? 0 : 2);
	}
	CHECK(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status));
	kill(child, SIGCONT);
	CHECK_IS(end_of(child), 0);
}

static void check_zombies(void)
{
	handle_child(0);
	pid_t child = fork();
	if (child == 0)
		_exit(7);
	usleep(20000); /* ended early: EINTR */
	CHECK(chlds == 1 && last.si_code == CLD_EXITED && last.si_status == 7 && last.si_pid == child);
	CHECK_IS(end_of(child), STATUS_EXIT(7));
	signal(SIGCHLD, SIG_IGN);
	for (int i = 0; i < 5; i++)
		if (fork() == 0) {
			usleep(10000 * i);
			_exit(i);
		}
	CHECK_ERROR(waitpid(-1, NULL, 0), ECHILD); /* once the last has ended */
	handle_child(SA_NOCLDWAIT);
	child = fork();
	if (child == 0)
		_exit(0);
	CHECK_ERROR(waitpid(child, NULL, 0), ECHILD);
	CHECK_IS(chlds, 1);
	CHECK_ERROR(kill(child, 0), ESRCH);
	signal(SIGCHLD, SIG_DFL);
	child = fork();
	if (child == 0)
		_exit(3);
	usleep(20000);
	CHECK_IS(kill(child, SIGTERM), 0); /* a zombie is there, and feels nothing */
	CHECK_IS(end_of(child), STATUS_EXIT(3));
}

static void check_console(void)
{
	pid_t before = tcgetpgrp(0), child = sleeper(true);

	CHECK(before > 0);
	CHECK_IS(tcsetpgrp(0, child), 0);
	CHECK_IS(tcgetpgrp(1), child);
	CHECK_ERROR(tcsetpgrp(0, 12345), EPERM);
	CHECK_ERROR(tcsetpgrp(0, -3), EINVAL);
	CHECK_ERROR(tcsetpgrp(0, 0), EINVAL);
	CHECK_ERROR(tcsetpgrp(17, before), EBADF);
	CHECK_IS(tcsetpgrp(0, before), 0);
	int fds[2];
	CHECK_IS(pipe(fds), 0);
	CHECK_ERROR(tcgetpgrp(fds[0]), ENOTTY);
	kill(child, SIGKILL);
	CHECK_IS(end_of(child), SIGKILL);
}

/* Many signals from many processes at one time; none is lost of those that are told apart. */
static void check_many(void)
{
	enum { N = 20 };
	pid_t child[N];
	int ended = 0, status;

	handle_child(0);
	for (int i = 0; i < N; i++)
		child[i] = sleeper(false);
	for (int i = 0; i < N; i++)
		kill(child[i], SIGSTOP);
	for (int i = 0; i < N; i++)
		kill(child[i], i % 2 ? SIGCONT : SIGKILL);
	for (int i = 1; i < N; i += 2)
		kill(child[i], SIGINT);
	while (waitpid(-1, &status, 0) > 0)
		ended += WIFSIGNALED(status) && (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGINT);
	CHECK_IS(ended, N);
	CHECK(chlds > 0);
}

/* The child is in its group before it can do anything: else what it sends to its group could reach ours. */
static void check_spawn(void)
{
	char number[16], *own[] = { "t_job", "own", NULL }, *given[] = { "t_job", number, NULL };
	pid_t other = sleeper(true);

	snprintf(number, sizeof(number), "%d", other);
	CHECK_IS(end_of(spawn_in(SPAWN_OWN_GROUP, "t_job", own)), 0);
	CHECK_IS(end_of(spawn_in(other, "t_job", given)), 0);
	CHECK_ERROR(spawn_in(12345, "t_job", own), EPERM);
	kill(other, SIGKILL);
	CHECK_IS(end_of(other), SIGKILL);
	snprintf(number, sizeof(number), "%d", getpgrp());
	CHECK_IS(end_of(spawn_in(0, "t_job", given)), 0);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return getpgrp() != (strcmp(argv[1], "own") == 0 ? getpid() : atoi(argv[1]));
	check_groups();
	check_spawn();
	check_stop(SIGSTOP);
	check_stop(SIGTSTP);
	check_stop(SIGTTIN);
	check_continue();
	check_zombies();
	check_console();
	check_many();
	return test_end("jobs");
}
