/* user/echo.c: prints its arguments; -n leaves out the newline. (lab 3) */
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	int first = argc > 1 && strcmp(argv[1], "-n") == 0 ? 2 : 1;

	for (int i = first; i < argc; i++)
		printf("%s%s", argv[i], i + 1 < argc ? " " : "");
	if (first == 1)
		putchar('\n');
	return 0;
}
