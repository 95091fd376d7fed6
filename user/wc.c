/* user/wc.c: counts lines, words and bytes: wc [-lwc] [file ...]. (lab 3) */
#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

struct counts {
	unsigned long lines, words, bytes;
};

static bool lines, words, bytes;

static struct counts count(FILE *f)
{
	struct counts n = { 0, 0, 0 };
	bool in_word = false;
	int c;

	while ((c = getc(f)) != EOF) {
		n.bytes++;
		n.lines += c == '\n';
		n.words += !in_word && !isspace(c);
		in_word = !isspace(c);
	}
	return n;
}

/* One number alone is not padded. */
static void show(struct counts n, const char *name)
{
	int width = lines + words + bytes > 1 || name ? 7 : 1;
	const char *gap = "";

	if (lines)
		printf("%*lu", width, n.lines), gap = " ";
	if (words)
		printf("%s%*lu", gap, width, n.words), gap = " ";
	if (bytes)
		printf("%s%*lu", gap, width, n.bytes);
	printf("%s%s\n", name ? " " : "", name ? name : "");
}

int main(int argc, char **argv)
{
	struct counts total = { 0, 0, 0 };
	int c, failed = 0, files = 0;

	while ((c = getopt(argc, argv, "lwc")) != -1) {
		if (c == '?')
			errx(2, "usage: wc [-lwc] [file ...]");
		lines |= c == 'l';
		words |= c == 'w';
		bytes |= c == 'c';
	}
	if (!lines && !words && !bytes)
		lines = words = bytes = true;
	if (optind == argc)
		show(count(stdin), NULL);
	for (; optind < argc; optind++, files++) {
		FILE *f = fopen(argv[optind], "r");

		if (!f) {
			warn("%s", argv[optind]);
			failed = 1;
			continue;
		}
		struct counts n = count(f);
		show(n, argv[optind]);
		total.lines += n.lines, total.words += n.words, total.bytes += n.bytes;
		fclose(f);
	}
	if (files > 1)
		show(total, "total");
	return failed || fflush(stdout) == EOF;
}
