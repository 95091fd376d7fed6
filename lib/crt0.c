/* lib/crt0.c: where a program starts. (lab 3)
 * The kernel enters as if it had called: argc and argv are where this machine's functions look for their arguments.
 */
#include <stdlib.h>

int main(int argc, char **argv);
void _start(int argc, char **argv) __attribute__((noreturn));

void _start(int argc, char **argv)
{
	exit(main(argc, argv));
}
