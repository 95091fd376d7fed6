/* lib/exec.c: the process becomes another program: execve and its forms. (lab 3) */
#include "call.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDER_MAX 256 /* characters of one folder's name in PATH, and of a name in it */

int execve(const char *name, char *const argv[], char *const envp[]) { return CALL(exec, name, argv, envp); }
int execv(const char *name, char *const argv[]) { return execve(name, argv, environ); }
int execvp(const char *name, char *const argv[]) { return execvpe(name, argv, environ); }

/* folder (so many characters) and name, with a slash between; an empty folder is this one. False: too long. */
static bool join(char *to, const char *folder, size_t n, const char *name)
{
	size_t length = strlen(name);

	if (n + 1 + length >= FOLDER_MAX)
		return false;
	memcpy(to, folder, n);
	if (n)
		to[n++] = '/';
	memcpy(to + n, name, length + 1);
	return true;
}

int execvpe(const char *name, char *const argv[], char *const envp[])
{
	const char *path = getenv("PATH");
	char full[FOLDER_MAX];
	bool denied = false;

	if (strchr(name, '/') || !*name)
		return execve(name, argv, envp);
	for (path = path ? path : "/bin";; path++) {
		size_t n = strcspn(path, ":");

		if (join(full, path, n, name)) {
			execve(full, argv, envp);
			if (errno == EACCES)
				denied = true;
			else if (errno != ENOENT && errno != ENOTDIR)
				return -1;
		}
		path += n;
		if (!*path)
			break;
	}
	errno = denied ? EACCES : ENOENT;
	return -1;
}

/* How many arguments there are, the first one among them, before the null pointer. */
static size_t count_arguments(va_list list)
{
	size_t n = 1;

	while (va_arg(list, char *))
		n++;
	return n;
}

/* argv: a variable array, of first and what follows it in the call that this stands in; list is behind it then. */
#define ARGUMENTS(first)                                \
	va_list list;                                   \
	va_start(list, first);                          \
	size_t n = first ? count_arguments(list) : 0;   \
	va_end(list);                                   \
	char *argv[n + 1];                              \
	argv[0] = (char *)first;                        \
	va_start(list, first);                          \
	for (size_t i = 1; i <= n; i++)                 \
		argv[i] = va_arg(list, char *)

int execl(const char *name, const char *arg, ...)
{
	ARGUMENTS(arg);
	va_end(list);
	return execv(name, argv);
}

int execlp(const char *name, const char *arg, ...)
{
	ARGUMENTS(arg);
	va_end(list);
	return execvp(name, argv);
}

int execle(const char *name, const char *arg, ...)
{
	ARGUMENTS(arg);
	char **envp = va_arg(list, char **);
	va_end(list);
	return execve(name, argv, envp);
}
