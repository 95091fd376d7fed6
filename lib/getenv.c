/* lib/getenv.c: a variable of the environment. (lab 3) */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *getenv(const char *name)
{
	size_t n = strlen(name);

	if (n == 0 || strchr(name, '=') || !environ)
		return NULL;
	for (char **p = environ; *p; p++)
		if (strncmp(*p, name, n) == 0 && (*p)[n] == '=')
			return *p + n + 1;
	return NULL;
}
