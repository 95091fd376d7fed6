/* lib/libgen.c: the parts of a path: basename, dirname. (lab 3) */
#include <libgen.h>
#include <string.h>

/* Length without slashes at the end; of slashes only one is left. */
static size_t trim(const char *path, size_t n)
{
	while (n > 1 && path[n - 1] == '/')
		n--;
	return n;
}

char *basename(char *path)
{
	char *slash;

	if (!path || !*path)
		return (char *)".";
	path[trim(path, strlen(path))] = 0;
	slash = strrchr(path, '/');
	return slash && slash[1] ? slash + 1 : path;
}

char *dirname(char *path)
{
	size_t n;

	if (!path || !*path)
		return (char *)".";
	for (n = trim(path, strlen(path)); n > 0 && path[n - 1] != '/'; n--)
		;
	if (n == 0)
		return (char *)".";
	path[trim(path, n)] = 0;
	return path;
}
