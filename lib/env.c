/* lib/env.c: the environment is changed: setenv, unsetenv, putenv. (lab 3) */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Strings that setenv made: they go back when they are replaced. */
struct made {
	struct made *next;
	char text[];
};

static struct made *made;
static char **array;    /* the last one that was made here; the first is the kernel's, on the stack */
static size_t room;     /* pointers that it holds */

static int fail(int error)
{
	errno = error;
	return -1;
}

/* name ends at its '=', if it has one. Where its variable stands, else where the null pointer does. */
static char **find(const char *name, size_t n)
{
	static char *empty[1];
	char **p = environ ? environ : (environ = empty);

	while (*p && (strncmp(*p, name, n) != 0 || (*p)[n] != '='))
		p++;
	return p;
}

static void forget(const char *text)
{
	for (struct made **link = &made; *link; link = &(*link)->next)
		if ((*link)->text == text) {
			struct made *old = *link;

			*link = old->next;
			free(old);
			return;
		}
}

/* An array with room for one more: the program may have put another one, of its own, into environ. */
static int grow(size_t count)
{
	char **larger;

	if (environ == array && count + 2 <= room)
		return 0;
	larger = malloc((count + 16) * sizeof(*larger));
	if (!larger)
		return -1;
	memcpy(larger, environ, (count + 1) * sizeof(*larger));
	free(array);
	array = environ = larger;
	room = count + 16;
	return 0;
}

/* The string itself, "name=value", takes its variable's place. */
static int put(char *text, size_t n)
{
	char **p = find(text, n);
	size_t count = p - environ;

	if (!*p) {
		if (grow(count) < 0)
			return -1;
		p = environ + count;
		p[1] = NULL;
	} else if (*p != text) {
		forget(*p);
	}
	*p = text;
	return 0;
}

int setenv(const char *name, const char *value, int overwrite)
{
	size_t n = name ? strlen(name) : 0, length;
	struct made *new;

	if (n == 0 || strchr(name, '='))
		return fail(EINVAL);
	if (!overwrite && *find(name, n))
		return 0;
	length = strlen(value);
	new = malloc(sizeof(*new) + n + length + 2);
	if (!new)
		return -1;
	memcpy(new->text, name, n);
	new->text[n] = '=';
	memcpy(new->text + n + 1, value, length + 1); /* which may be a part of what it replaces */
	if (put(new->text, n) < 0) {
		free(new);
		return -1;
	}
	new->next = made;
	made = new;
	return 0;
}

int unsetenv(const char *name)
{
	size_t n = name ? strlen(name) : 0;
	char **p;

	if (n == 0 || strchr(name, '='))
		return fail(EINVAL);
	while (*(p = find(name, n))) {
		forget(*p);
		for (; *p; p++)
			p[0] = p[1];
	}
	return 0;
}

/* Without a '=': the variable goes, as elsewhere. */
int putenv(char *text)
{
	char *equals = strchr(text, '=');

	if (!equals)
		return unsetenv(text);
	return equals == text ? fail(EINVAL) : put(text, equals - text);
}

int clearenv(void)
{
	char **p = environ;

	if (!p)
		return 0;
	for (; *p; p++)
		forget(*p);
	*environ = NULL;
	return 0;
}
