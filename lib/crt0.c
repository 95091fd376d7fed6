/* lib/crt0.c: where a program starts. (lab 3)
 * The kernel enters as if it had called: argc and argv are where this machine's functions look for their arguments, and
 * the environment stands behind the arguments.
 */
#include <stdlib.h>
#include <unistd.h>

char **environ;

int main(int argc, char **argv, char **envp);
void _start(int argc, char **argv) __attribute__((noreturn));

void _start(int argc, char **argv)
{
	environ = argv + argc + 1;
	exit(main(argc, argv, environ));
}
