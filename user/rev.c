/* user/rev.c: each line from its end to its beginning. (lab 3) */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	while ((n = getline(&line, &size, stdin)) > 0) {
		ssize_t end = line[n - 1] == '\n' ? n - 1 : n;

		for (ssize_t i = end; i-- > 0;)
			putchar(line[i]);
		if (end < n)
			putchar('\n');
	}
	free(line);
	return ferror(stdin) || fflush(stdout) == EOF;
}
