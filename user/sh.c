/* user/sh.c: the shell: runs programs of the archive, one line at a time. (lab 3) */
#include <errno.h>
#include <ouros.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS_MAX 128
#define LINE_SIZE 1024

static int last_status; /* of the last program: as a shell's $? */

static int show_help(int argc, char **argv)
{
	printf("Type a program's name and its arguments; a & at the end lets it run in the background.\n"
	       "  programs      lists the programs; bad_* ones break rules, t_* ones test the system\n"
	       "  help          this text\n"
	       "  exit [n]      leaves the shell with status n (that of the last program); so does Ctrl-d\n"
	       "  poweroff [n]  switches the machine off with status n (0)\n"
	       "Ctrl-] stops everything in the kernel's monitor, whose kill ends a program that does not end by itself.\n");
	return 0;
}

static int status_argument(int argc, char **argv)
{
	return argc > 1 ? atoi(argv[1]) : 0;
}

static int leave(int argc, char **argv)
{
	exit(argc > 1 ? status_argument(argc, argv) : last_status);
}

static int switch_off(int argc, char **argv)
{
	poweroff(status_argument(argc, argv));
}

static const struct builtin {
	const char *name;
	int (*run)(int argc, char **argv);
} builtins[] = { { "help", show_help }, { "exit", leave }, { "poweroff", switch_off } };

/* Cuts line at blanks; a word in double quotes may hold blanks. Number of words, -1: too many or an open quote. */
static int split(char *line, char **words)
{
	int n = 0;

	for (char *p = line;;) {
		char end = ' ';

		p += strspn(p, " \t\r\n");
		if (!*p)
			break;
		if (n == WORDS_MAX)
			return fprintf(stderr, "sh: more than %d words; shorten the line\n", WORDS_MAX), -1;
		if (*p == '"')
			end = *p++;
		words[n++] = p;
		p += strcspn(p, end == '"' ? "\"" : " \t\r\n");
		if (!*p && end == '"')
			return fprintf(stderr, "sh: a quote is not closed; add a \"\n"), -1;
		if (*p)
			*p++ = 0;
	}
	words[n] = NULL;
	return n;
}

/* Only what is worth a line: a status other than 0, or a death. */
static void report(const char *name, int status)
{
	last_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	if (WIFSIGNALED(status))
		printf("%s: killed\n", name);
	else if (status != 0)
		printf("%s: status %d\n", name, WEXITSTATUS(status));
}

static void reap_background(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		char name[16];

		snprintf(name, sizeof(name), "[%d]", pid);
		if (status == 0)
			printf("%s: done\n", name);
		report(name, status);
	}
}

static void run_program(char **words, bool background)
{
	pid_t pid = spawn(words[0], words);
	int status;

	if (pid < 0) {
		last_status = 127;
		if (errno == ENOENT)
			printf("sh: %s: no such program; try help\n", words[0]);
		else
			printf("sh: %s: %s\n", words[0], strerror(errno));
	} else if (background) {
		printf("[%d] %s\n", pid, words[0]);
	} else if (waitpid(pid, &status, 0) == pid) {
		report(words[0], status);
	}
}

/* By itself or at the end of the last word. */
static bool take_ampersand(char **words, int *n)
{
	char *last = words[*n - 1], *end = last + strlen(last);

	if (end == last || end[-1] != '&')
		return false;
	end[-1] = 0;
	if (!*last)
		words[--*n] = NULL;
	return true;
}

static void run_line(char *line)
{
	char *words[WORDS_MAX + 1];
	int n = split(line, words);
	bool background = n > 0 && take_ampersand(words, &n);

	if (n <= 0)
		return;
	for (size_t i = 0; i < sizeof(builtins) / sizeof(builtins[0]); i++)
		if (strcmp(words[0], builtins[i].name) == 0) {
			last_status = builtins[i].run(n, words);
			return;
		}
	run_program(words, background);
}

/* Half a command must not run, nor the other half. */
static void skip_line(void)
{
	int c;

	while ((c = getchar()) != '\n' && c != EOF)
		;
	printf("sh: the line is longer than %d characters; shorten it\n", LINE_SIZE - 2);
}

int main(void)
{
	char line[LINE_SIZE];

	printf("OurOS on %s. Type help for help.\n", MACHINE_NAME);
	for (;;) {
		reap_background();
		printf("ouros$ ");
		if (!fgets(line, sizeof(line), stdin))
			break;
		if (strlen(line) == sizeof(line) - 1 && line[sizeof(line) - 2] != '\n')
			skip_line();
		else
			run_line(line);
	}
	printf("\n");
	return last_status;
}
