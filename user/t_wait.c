/* user/t_wait.c: tests wait and exit: which child, in what order, what status, and orphans. (lab 3) */
#include "test.h"

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
	return test_end("wait");
}
