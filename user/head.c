/* user/head.c: the first lines: head [-n lines] [file ...]. (lab 3) */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void copy(FILE *f, unsigned long lines)
{
	int c;

	while (lines > 0 && (c = getc(f)) != EOF) {
		putchar(c);
		lines -= c == '\n';
	}
}

int main(int argc, char **argv)
{
	unsigned long lines = 10;
	char *end = NULL;
	int c;

	while ((c = getopt(argc, argv, "n:")) != -1) {
		if (c != 'n')
			errx(2, "usage: head [-n lines] [file ...]");
		lines = strtoul(optarg, &end, 10);
		if (*end || end == optarg)
			errx(2, "%s: not a number of lines", optarg);
	}
	if (optind == argc)
		copy(stdin, lines);
	for (int i = optind; i < argc; i++) {
		FILE *f = fopen(argv[i], "r");

		if (!f)
			err(1, "%s", argv[i]);
		if (argc - optind > 1)
			printf("%s==> %s <==\n", i > optind ? "\n" : "", argv[i]);
		copy(f, lines);
		fclose(f);
	}
	return fflush(stdout) == EOF;
}
