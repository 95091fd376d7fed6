/* user/expand.c: blanks instead of tabs: expand [-t width]. (lab 3) */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	unsigned long width = 8, column = 0;
	int c;

	while ((c = getopt(argc, argv, "t:")) != -1) {
		if (c != 't')
			errx(2, "usage: expand [-t width]");
		width = strtoul(optarg, NULL, 10);
	}
	if (width == 0)
		errx(2, "a width is a number from 1 on");
	while ((c = getchar()) != EOF) {
		unsigned long blanks = c == '\t' ? width - column % width : 0;

		if (blanks)
			printf("%*s", (int)blanks, "");
		else
			putchar(c);
		if (c == '\b')
			column -= column > 0;
		else
			column = c == '\n' ? 0 : column + (blanks ? blanks : 1);
	}
	return fflush(stdout) == EOF;
}
