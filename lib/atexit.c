/* lib/atexit.c: functions to call when the program exits, last one first. (lab 3) */
#include <stdlib.h>

#define ATEXIT_MAX 32

static void (*functions[ATEXIT_MAX])(void);
static unsigned count;

int atexit(void (*fn)(void))
{
	if (count == ATEXIT_MAX)
		return -1;
	functions[count++] = fn;
	return 0;
}

void __run_atexit(void);
void __run_atexit(void)
{
	while (count > 0)
		functions[--count]();
}
