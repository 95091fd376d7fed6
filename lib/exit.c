/* lib/exit.c: the ways a program ends. (lab 3) */
#include <stdlib.h>
#include <unistd.h>

/* Each is null unless the program has linked the file that defines it: a small program stays small. */
__attribute__((weak)) void __run_atexit(void);
__attribute__((weak)) void __flush_all(void);

void exit(int status)
{
	if (__run_atexit)
		__run_atexit();
	if (__flush_all)
		__flush_all();
	_exit(status);
}

/* 134 is what a Unix shell shows for a program that aborted. */
void abort(void)
{
	if (__flush_all)
		__flush_all();
	_exit(134);
}
