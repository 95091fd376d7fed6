/* user/fold.c: cuts long lines in pieces: fold [-s] [-w width]; -s: at blanks where there are some. (lab 3) */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How many of the n characters go on the next line of output. */
static size_t piece(const char *text, size_t n, size_t width, bool at_blanks)
{
	if (n <= width)
		return n;
	for (size_t i = width; at_blanks && i > 0; i--)
		if (text[i - 1] == ' ' || text[i - 1] == '\t')
			return i;
	return width;
}

int main(int argc, char **argv)
{
	size_t width = 80, size = 0;
	bool at_blanks = false;
	char *line = NULL;
	ssize_t n;
	int c;

	while ((c = getopt(argc, argv, "sw:")) != -1)
		switch (c) {
		case 's': at_blanks = true; break;
		case 'w': width = strtoul(optarg, NULL, 10); break;
		default: errx(2, "usage: fold [-s] [-w width]");
		}
	if (width == 0)
		errx(2, "a width is a number from 1 on");
	while ((n = getline(&line, &size, stdin)) > 0) {
		bool ended = line[n - 1] == '\n';
		size_t left = n - ended;
		const char *at = line;

		do {
			size_t part = piece(at, left, width, at_blanks);

			fwrite(at, 1, part, stdout);
			at += part;
			left -= part;
			if (left || ended)
				putchar('\n');
		} while (left);
	}
	free(line);
	return fflush(stdout) == EOF;
}
