/* lib/getopt_long.c: options with long names on a program's command line. (lab 3) */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

static int complain(const char *letters, const char *program, const char *what, const char *name, int n)
{
	if (opterr && *letters != ':')
		fprintf(stderr, "%s: %s -- '%.*s'\n", program, what, n, name);
	return '?';
}

/* The option that begins with so many characters of word; -1: none, -2: several. */
static int look_up(const struct option *names, const char *word, size_t n)
{
	int found = -1;

	for (int i = 0; names[i].name; i++) {
		if (strncmp(names[i].name, word, n) != 0)
			continue;
		if (!names[i].name[n])
			return i;
		found = found == -1 ? i : -2;
	}
	return found;
}

static int take(int argc, char *const argv[], const char *letters, const struct option *names, int *index)
{
	const char *word = argv[optind++] + 2;
	size_t n = strcspn(word, "=");
	int i = look_up(names, word, n);

	optopt = 0;
	if (i < 0)
		return complain(letters, argv[0], i == -1 ? "unknown option" : "ambiguous option", word, n);
	optarg = word[n] ? (char *)word + n + 1 : NULL;
	if (optarg && names[i].has_arg == no_argument)
		return complain(letters, argv[0], "option takes no argument", word, n);
	if (!optarg && names[i].has_arg == required_argument) {
		if (optind >= argc) {
			complain(letters, argv[0], "option needs an argument", word, n);
			return *letters == ':' ? ':' : '?';
		}
		optarg = argv[optind++];
	}
	if (index)
		*index = i;
	if (!names[i].flag)
		return names[i].val;
	*names[i].flag = names[i].val;
	return 0;
}

int getopt_long(int argc, char *const argv[], const char *letters, const struct option *names, int *index)
{
	const char *word;

	optind += optind == 0;
	word = optind < argc ? argv[optind] : NULL;
	if ((__getopt_at && *__getopt_at) || !word || strncmp(word, "--", 2) != 0 || !word[2])
		return getopt(argc, argv, letters);
	optarg = NULL;
	return take(argc, argv, letters + (*letters == '+'), names, index);
}
