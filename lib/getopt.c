/* lib/getopt.c: options of one letter on a program's command line, as POSIX has them: they end at the first other word. (lab 3) */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

char *optarg;
int optind = 1, opterr = 1, optopt;

const char *__getopt_at; /* inside a word: "-ab" is two options */
#define at __getopt_at

static int complain(const char *program, const char *what, int c, const char *letters)
{
	optopt = c;
	if (letters[0] == ':')
		return what[0] == 'o' ? ':' : '?';
	if (opterr)
		fprintf(stderr, "%s: %s -- '%c'\n", program, what, c);
	return '?';
}

int getopt(int argc, char *const argv[], const char *letters)
{
	letters += *letters == '+'; /* what this is everywhere to GNU: stop at the first other word */
	optarg = NULL;
	if (!at || !*at) {
		optind += optind == 0;
		const char *word = optind < argc ? argv[optind] : NULL;

		at = NULL;
		if (!word || word[0] != '-' || !word[1])
			return -1;
		optind++;
		if (strcmp(word, "--") == 0)
			return -1;
		at = word + 1;
	}
	int c = (unsigned char)*at++;
	const char *known = c == ':' ? NULL : strchr(letters, c);
	if (!known)
		return complain(argv[0], "unknown option", c, letters);
	if (known[1] != ':')
		return c;
	if (known[2] == ':') {
		optarg = *at ? (char *)at : NULL;
		at = NULL;
		return c;
	}
	if (!*at && optind == argc)
		return complain(argv[0], "option needs an argument", c, letters);
	optarg = *at ? (char *)at : argv[optind++];
	at = NULL;
	return c;
}
