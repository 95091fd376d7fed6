/* user/args.c: prints each argument and where it stands. (lab 3) */
#include <stdio.h>

int main(int argc, char **argv)
{
	printf("argc %d, argv at %p\n", argc, (void *)argv);
	for (int i = 0; i < argc; i++)
		printf("argv[%d] at %p: \"%s\"\n", i, (void *)argv[i], argv[i]);
	return argv[argc] != NULL;
}
