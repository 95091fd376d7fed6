/* user/yes.c: writes its arguments, or y, again and again, until nobody reads it. (lab 6) */
#include <stdio.h>

int main(int argc, char **argv)
{
	do {
		if (argc < 2)
			puts("y");
		for (int i = 1; i < argc; i++)
			printf("%s%c", argv[i], i == argc - 1 ? '\n' : ' ');
	} while (!ferror(stdout));
	return 1;
}
