/* lib/crt0.c: where a program starts. (lab 3)
 * The kernel enters as if it had called: argc and argv are where this machine's functions look for their arguments, and
 * the environment stands behind the arguments.
 */
#include <stdlib.h>

extern char **environ __attribute__((weak)); /* null unless the program has linked lib/environ.c: a page less */

extern const char *__progname __attribute__((weak)); /* likewise */

int main(int argc, char **argv, char **envp);
void _start(int argc, char **argv) __attribute__((noreturn));

static const char *after_slash(const char *path)
{
	const char *name = path;

	for (; *path; path++)
		if (*path == '/')
			name = path + 1;
	return name;
}

void _start(int argc, char **argv)
{
	char **envp = argv + argc + 1;

	if (&environ)
		environ = envp;
	if (&__progname && argc > 0)
		__progname = after_slash(argv[0]);
	exit(main(argc, argv, envp));
}
