/* lib/exit.c: the ways a program ends. (lab 3) */
#include "lock.h"
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* Each is null unless the program has linked the file that defines it: a small program stays small. */
__attribute__((weak)) void __run_atexit(void);
__attribute__((weak)) void __flush_all(void);

/* Of several threads that exit at one time, the first does all of it. */
void exit(int status)
{
	static struct lock exiting;

	lock(&exiting); /* for good */
	if (__run_atexit)
		__run_atexit();
	if (__flush_all)
		__flush_all();
	_exit(status);
}

void _Exit(int status)
{
	_exit(status);
}

/* A handler may run, and may leave by longjmp; but nobody comes back from here. */
void abort(void)
{
	sigset_t set = 1u << SIGABRT;

	if (__flush_all)
		__flush_all();
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(SIGABRT);
	signal(SIGABRT, SIG_DFL);
	raise(SIGABRT);
	_exit(134);
}
