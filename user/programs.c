/* user/programs.c: lists the programs of the archive, or those whose names begin with the argument. (lab 3) */
#include <ouros.h>
#include <stdio.h>
#include <string.h>

#define WIDTH 78
#define COLUMN 19

int main(int argc, char **argv)
{
	const char *prefix = argc > 1 ? argv[1] : "";
	char name[32];
	int column = 0, shown = 0;

	for (unsigned i = 0; program_name(i, name, sizeof(name)) >= 0; i++) {
		if (strncmp(name, prefix, strlen(prefix)) != 0)
			continue;
		if (column + COLUMN > WIDTH) {
			putchar('\n');
			column = 0;
		}
		column += printf("%-*s ", COLUMN - 1, name);
		shown++;
	}
	printf(shown ? "\n" : "programs: none begins with %s\n", prefix);
	return shown == 0;
}
