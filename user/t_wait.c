/* user/t_wait.c: tests wait and exit: which child, in what order, what status, and orphans. (lab 3) */
#include "test.h"
#include <pthread.h>
#include <signal.h>

static int exit_status(const char *code)
{
	return test_run("t_args", "exit", code);
}

static void check_errors(pid_t running)
{
	CHECK_ERROR(waitpid(getpid(), NULL, WNOHANG), ECHILD);
	CHECK_ERROR(waitpid(1000000, NULL, WNOHANG), ECHILD);
	CHECK_ERROR(waitpid(-1, NULL, 0x100), EINVAL);
	CHECK_ERROR(waitpid(running, (int *)KERNEL_BASE, WNOHANG), EFAULT);
	CHECK_ERROR(waitpid(running, (int *)UTEXT, WNOHANG), EFAULT);
}

/* Children that end one after the other, started in another order. */
static void check_order(void)
{
	pid_t late = test_start("sleep", "0.3", NULL);
	pid_t early = test_start("sleep", "0.1", NULL);
	pid_t middle = test_start("sleep", "0.2", NULL);

	CHECK_IS(waitpid(-1, NULL, WNOHANG), 0);
	check_errors(late);
	CHECK_IS(wait(NULL), early);
	CHECK_IS(waitpid(late, NULL, WNOHANG), 0);
	CHECK_IS(wait(NULL), middle);
	CHECK_IS(wait(NULL), late);
	CHECK_ERROR(wait(NULL), ECHILD);
}

/* The one asked for, though another has long ended. */
static void check_choice(void)
{
	pid_t first = test_start("true", NULL, NULL);
	pid_t second = test_start("sleep", "0.1", NULL);
	int status = -1;

	usleep(50000);
	CHECK_IS(waitpid(second, &status, 0), second);
	CHECK_IS(status, 0);
	CHECK_IS(waitpid(first, &status, WNOHANG), first);
	CHECK_ERROR(waitpid(first, NULL, 0), ECHILD);
}

/* A child whose own child outlives it: nobody waits for that one, and it goes away by itself. */
static int be_parent(void)
{
	return spawn("sleep", (char *[]){ "sleep", "0.1", NULL }) < 0;
}

#define WAITERS 8
#define MANY 100

/* Ends with that status, after so many milliseconds. */
static pid_t start_child(int status, unsigned milliseconds)
{
	pid_t pid = fork();

	if (pid == 0) {
		usleep(milliseconds * 1000);
		_exit(status);
	}
	CHECK(pid > 0);
	return pid;
}

static void *wait_for(void *pid)
{
	int status = -1;

	return (void *)(waitpid((pid_t)(long)pid, &status, 0) > 0 ? (long)status : -(long)errno);
}

/* Each thread waits for a child of its own, and one for any: the only child that is left to it. */
static void check_threads(void)
{
	pthread_t threads[WAITERS], for_any, too_late;
	void *status;
	pid_t pid;

	for (int i = 0; i < WAITERS; i++)
		CHECK_IS(pthread_create(&threads[i], NULL, wait_for, (void *)(long)start_child(i + 1, 100 - 10 * i)), 0);
	for (int i = 0; i < WAITERS; i++) {
		CHECK_IS(pthread_join(threads[i], &status), 0);
		CHECK_IS((long)status, STATUS_EXIT(i + 1));
	}
	pid = start_child(77, 50);
	CHECK_IS(pthread_create(&for_any, NULL, wait_for, (void *)-1l), 0);
	CHECK_IS(pthread_create(&too_late, NULL, wait_for, (void *)(long)pid), 0);
	CHECK_IS(pthread_join(for_any, &status), 0);
	long first = (long)status;
	CHECK_IS(pthread_join(too_late, &status), 0);
	CHECK_IS(first + (long)status, STATUS_EXIT(77) - ECHILD); /* one of them has it, the other hears that it is gone */
}

/* They end in another order than they began; any: in the order of their ends; by number: whichever. */
static void check_many(void)
{
	pid_t pids[MANY];
	int status;

	for (int i = 0; i < MANY; i++)
		pids[i] = start_child(i, i % 2 ? 0 : 50);
	usleep(150000);
	for (int i = MANY - 1; i >= 0; i -= 3) {
		CHECK_IS(waitpid(pids[i], &status, WNOHANG), pids[i]);
		CHECK_IS(status, STATUS_EXIT(i));
		pids[i] = 0;
	}
	for (int left = MANY - (MANY + 2) / 3; left > 0; left--) {
		pid_t pid = wait(&status);

		CHECK(pid > 0 && pid == pids[WEXITSTATUS(status)]);
		pids[WEXITSTATUS(status)] = 0;
	}
	CHECK_ERROR(wait(NULL), ECHILD);
}

static void check_groups(void)
{
	pid_t mine = start_child(1, 20), theirs = start_child(2, 0), other = start_child(3, 0);
	int status;

	CHECK_IS(setpgid(theirs, theirs), 0);
	CHECK_IS(setpgid(other, theirs), 0);
	CHECK_IS(waitpid(0, &status, 0), mine);
	CHECK_ERROR(waitpid(0, &status, 0), ECHILD);
	pid_t one = waitpid(-theirs, &status, 0), two = waitpid(-theirs, &status, 0);
	CHECK((one == theirs && two == other) || (one == other && two == theirs));
	CHECK_ERROR(waitpid(-theirs, &status, 0), ECHILD);
}

/* Whose child is it that has lost its parent? The first process', which need not wait for it. */
static void check_parents(void)
{
	pid_t self = getpid(), first = getppid() ? getppid() : self, seen = -1, pid;
	int fds[2];

	CHECK_IS(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		pid_t parent = getpid();

		if (getppid() != self)
			_exit(1);
		if (fork() == 0) {
			while (getppid() == parent)
				usleep(10000);
			seen = getppid();
			_exit(write(fds[1], &seen, sizeof(seen)) != sizeof(seen));
		}
		_exit(0);
	}
	CHECK_IS(waitpid(pid, NULL, 0), pid);
	CHECK_IS(read(fds[0], &seen, sizeof(seen)), sizeof(seen));
	CHECK_IS(seen, first);
	close(fds[0]);
	close(fds[1]);
	CHECK_ERROR(waitpid(-1, NULL, 0), ECHILD);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return be_parent();
	CHECK_ERROR(wait(NULL), ECHILD);
	CHECK_IS(exit_status("0"), 0);
	CHECK_IS(exit_status("7"), STATUS_EXIT(7));
	CHECK_IS(exit_status("255"), STATUS_EXIT(255));
	CHECK_IS(exit_status("256"), 0);
	CHECK_IS(exit_status("-1"), STATUS_EXIT(255));
	int killed = test_run("bad_null_read", NULL, NULL);
	CHECK(WIFSIGNALED(killed) && !WIFEXITED(killed));
	CHECK_IS(killed, STATUS_KILLED);
	check_order();
	check_choice();
	CHECK_IS(test_run("t_wait", "orphan", NULL), 0);
	usleep(200000);
	CHECK_ERROR(waitpid(-1, NULL, WNOHANG), ECHILD);
	check_threads();
	check_many();
	check_groups();
	check_parents();
	return test_end("wait");
}
