/* user/env.c: shows or changes the environment: env [-i] [-u name] [name=value ...] [program [argument ...]]. (lab 3) */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv)
{
	static char *nothing[1];
	int c;

	while ((c = getopt(argc, argv, "+iu:")) != -1)
		switch (c) {
		case 'i': environ = nothing; break;
		case 'u':
			if (unsetenv(optarg) < 0)
				err(125, "%s", optarg);
			break;
		default: errx(125, "usage: env [-i] [-u name] [name=value ...] [program [argument ...]]");
		}
	for (; optind < argc && strchr(argv[optind], '='); optind++)
		if (putenv(argv[optind]) != 0)
			err(125, "%s", argv[optind]);
	if (optind < argc) {
		execvp(argv[optind], argv + optind);
		err(errno == ENOENT ? 127 : 126, "%s", argv[optind]);
	}
	for (char **p = environ; *p; p++)
		puts(*p);
	return fflush(stdout) == EOF;
}
