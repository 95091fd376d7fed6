/* lib/getopt.c: options of one letter on a program's command line, as POSIX has them: they end at the first other word. (lab 3) */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

char *optarg;
int optind = 1, opterr = 1, optopt;

static const char *at; /* inside a word: "-ab" is two options */

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
	if (!at || !*at) {
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
	if (!*at && optind == argc)
		return complain(argv[0], "option needs an argument", c, letters);
	optarg = *at ? (char *)at : argv[optind++];
	at = NULL;
	return c;
}
