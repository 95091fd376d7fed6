/* user/xargs.c: the words of its input as arguments: xargs [-t] [-n words] [program [argument ...]]. (lab 3) */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS 256
#define BYTES (4096 + WORDS)

static char text[BYTES], *words[WORDS + 1];
static int fixed, count, status; /* fixed: words that every program gets */
static size_t used;
static bool trace;

static void run(void)
{
	int result;
	pid_t pid;

	words[count] = NULL;
	for (int i = 0; trace && i < count; i++)
		fprintf(stderr, "%s%c", words[i], i + 1 < count ? ' ' : '\n');
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		err(1, "starting %s", words[0]);
	if (pid == 0) {
		execvp(words[0], words);
		warn("%s", words[0]);
		_exit(errno == ENOENT ? 127 : 126);
	}
	while (waitpid(pid, &result, 0) < 0)
		if (errno != EINTR)
			err(1, "waiting");
	if (WIFSIGNALED(result))
		errx(125, "%s: ended by signal %d", words[0], WTERMSIG(result));
	if (WEXITSTATUS(result) >= 126)
		exit(WEXITSTATUS(result));
	if (WEXITSTATUS(result))
		status = 123;
	count = fixed;
	used = 0;
}

/* The next word into text, behind those already there; what is in quotes stays together. False: there is no more. */
static bool take(void)
{
	size_t start = used;
	int c, quote = 0;

	while ((c = getchar()) != EOF && isspace(c))
		;
	if (c == EOF)
		return false;
	for (; c != EOF && (quote || !isspace(c)); c = getchar()) {
		if (quote ? c == quote : c == '"' || c == '\'') {
			quote = quote ? 0 : c;
			continue;
		}
		if (used == BYTES - 1)
			errx(1, "a word of more than %d characters", (int)(BYTES - 1 - start));
		text[used++] = c;
	}
	if (quote)
		errx(1, "a quote is not closed");
	text[used++] = 0;
	words[count++] = text + start;
	return true;
}

int main(int argc, char **argv)
{
	int most = WORDS - 32, c;
	bool any = false;

	while ((c = getopt(argc, argv, "+tn:")) != -1)
		switch (c) {
		case 't': trace = true; break;
		case 'n': most = atoi(optarg); break;
		default: errx(2, "usage: xargs [-t] [-n words] [program [argument ...]]");
		}
	if (argc - optind > 32)
		errx(2, "more than 32 arguments");
	for (; optind < argc; optind++)
		words[fixed++] = argv[optind];
	if (!fixed)
		words[fixed++] = "echo";
	if (most < 1 || most > WORDS - 32)
		errx(2, "-n takes a number from 1 to %d", WORDS - 32);
	count = fixed;
	while (take()) {
		any = true;
		if (count - fixed == most || used > BYTES / 2)
			run();
	}
	if (count > fixed || !any)
		run();
	return status;
}
