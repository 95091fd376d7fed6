/* user/t_spawn.c: tests spawn: good and bad names, arguments to the limit, many children. (lab 3) */
#include "test.h"

#define CHILDREN 20

static void check_errors(void)
{
	char *argv[] = { "x", NULL };
	char name[200];

	CHECK_ERROR(spawn("no_such_program", argv), ENOENT);
	CHECK_ERROR(spawn("", argv), ENOENT);
	CHECK_ERROR(spawn("tru", argv), ENOENT);
	CHECK_ERROR(spawn("truee", argv), ENOENT);
	memset(name, 'a', sizeof(name));
	name[sizeof(name) - 1] = 0;
	CHECK_ERROR(spawn(name, argv), ENOENT);
	CHECK_ERROR(spawn(NULL, argv), EFAULT);
	CHECK_ERROR(waitpid(-1, NULL, WNOHANG), ECHILD); /* none of them has left a child */
}

static char *no_environment[] = { NULL };

/* One argument that fills the room: strings with their NULs, and two arrays of pointers with their null ones. */
static void check_limit(void)
{
	static char big[ARG_MAX + 1];
	const unsigned fits = ARG_MAX - sizeof("t_args") - sizeof("length") - 1 - 5 * sizeof(char *);
	char *argv[] = { "t_args", "length", big, NULL };
	char count[16];
	int status = -1;

	memset(big, 'y', fits);
	CHECK(spawnve("t_args", argv, no_environment) > 0);
	CHECK(wait(&status) > 0);
	CHECK_IS(status, STATUS_EXIT(fits % 251));
	big[fits] = 'y';
	CHECK_ERROR(spawnve("t_args", argv, no_environment), E2BIG);
	memset(big, 'y', ARG_MAX);
	CHECK_ERROR(spawn("t_args", argv), E2BIG);
	CHECK_ERROR(execve("t_args", argv, environ), E2BIG);
	snprintf(count, sizeof(count), "%d", getpid());
	CHECK_IS(test_run("t_args", "pid_is_not", count), 0);
}

/* As many pointers as there is room for, and then one more. */
static void check_many_arguments(void)
{
	static char *argv[ARG_MAX];
	const int most = (ARG_MAX - sizeof("t_args") - sizeof("count") - 4 * sizeof(char *)) / (2 + sizeof(char *));
	int status = -1;

	argv[0] = "t_args";
	argv[1] = "count";
	for (int i = 0; i < most; i++)
		argv[2 + i] = "z";
	CHECK(spawnve("t_args", argv, no_environment) > 0);
	CHECK(wait(&status) > 0);
	CHECK_IS(status, STATUS_EXIT((most + 2) % 251));
	argv[2 + most] = "z";
	CHECK_ERROR(spawnve("t_args", argv, no_environment), E2BIG);
	for (int i = 0; i < ARG_MAX - 1; i++)
		argv[i] = "z";
	CHECK_ERROR(spawn("t_args", argv), E2BIG);
}

static void check_many_children(void)
{
	pid_t pids[CHILDREN];

	for (int i = 0; i < CHILDREN; i++) {
		pids[i] = test_start(i % 2 ? "true" : "false", NULL, NULL);
		for (int j = 0; j < i; j++)
			CHECK(pids[j] != pids[i]);
	}
	for (int i = CHILDREN; i-- > 0;) {
		int status = -1;

		CHECK_IS(waitpid(pids[i], &status, 0), pids[i]);
		CHECK_IS(status, STATUS_EXIT(!(i % 2)));
	}
	CHECK_ERROR(wait(NULL), ECHILD);
}

int main(void)
{
	check_errors();
	CHECK_IS(test_run("true", NULL, NULL), 0);
	CHECK_IS(test_run("false", NULL, NULL), STATUS_EXIT(1));
	CHECK_IS(test_run("t_args", "words", "with blanks in it"), 0);
	CHECK_IS(test_run("t_args", "words", ""), STATUS_EXIT(100));
	check_limit();
	check_many_arguments();
	check_many_children();
	return test_end("spawn");
}
