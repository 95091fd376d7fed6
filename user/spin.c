/* user/spin.c: keeps the CPU busy for ever: something to interrupt. Ctrl-] and kill, in the monitor, end it. spin n does so
 * n calls deep. (lab 3)
 */
#include <stdlib.h>

static volatile unsigned turns, end; /* compilers must not know that there is none */

static __attribute__((noinline)) unsigned spin(int depth)
{
	if (depth > 0)
		return spin(depth - 1) + turns;
	while (!end)
		turns++;
	return turns;
}

int main(int argc, char **argv)
{
	return spin(argc > 1 ? atoi(argv[1]) : 0);
}
