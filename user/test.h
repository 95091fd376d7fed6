/* user/test.h: for the t_* programs: checks that say what went wrong, and children. (lab 3) */
#ifndef USER_TEST_H
#define USER_TEST_H

#include <errno.h>
#include <ouros.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int test_failures;

#define CHECK(cond)                                                                \
	do {                                                                       \
		if (!(cond)) {                                                     \
			printf("FAIL: %s:%d: %s\n", __FILE__, __LINE__, #cond);    \
			test_failures++;                                           \
		}                                                                  \
	} while (0)

/* Both values are shown. */
#define CHECK_IS(value, want)                                                                              \
	do {                                                                                               \
		long value_ = (long)(value), want_ = (long)(want);                                         \
		if (value_ != want_) {                                                                     \
			printf("FAIL: %s:%d: %s is %ld (0x%lx), not %ld (0x%lx)\n", __FILE__, __LINE__, #value, \
			       value_, value_, want_, want_);                                              \
			test_failures++;                                                                   \
		}                                                                                          \
	} while (0)

/* The call must fail with this error. */
#define CHECK_ERROR(call, error)             \
	do {                                 \
		errno = 0;                   \
		CHECK_IS((long)(call), -1);  \
		CHECK_IS(errno, error);      \
	} while (0)

/* main returns this. One line when all is well. */
static inline int test_end(const char *what)
{
	if (test_failures == 0)
		printf("ok: %s\n", what);
	return test_failures != 0;
}

/* Starts program with up to two arguments (null: none). A program that can't be started is a failure. */
static inline pid_t test_start(const char *program, const char *a, const char *b)
{
	char *argv[] = { (char *)program, (char *)a, (char *)b, NULL };
	pid_t pid = spawn(program, argv);

	if (pid < 0) {
		printf("FAIL: spawn %s: %s\n", program, strerror(errno));
		test_failures++;
	}
	return pid;
}

/* Runs it to its end; its status as wait gives it, -1: none. */
static inline int test_run(const char *program, const char *a, const char *b)
{
	int status = -1;
	pid_t pid = test_start(program, a, b);

	if (pid > 0 && waitpid(pid, &status, 0) != pid)
		status = -1;
	return status;
}

#endif
