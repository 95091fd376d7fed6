/* user/sh.c: the shell: runs programs of the archive, one line at a time; sh -c "line" runs that one. (lab 3) */
#include <errno.h>
#include <fcntl.h>
#include <ouros.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS_MAX 128
#define LINE_SIZE 1024

static int last_status; /* of the last program: as a shell's $? */
static bool interactive; /* lines are typed: each is a job, and what became of it is told */

static int show_help(int argc, char **argv)
{
	printf("Type a program's name and its arguments; a & at the end lets it run in the background.\n"
	       "a | b: b reads what a writes; with 2>&1 among a's words, a's error messages, too.\n"
	       "  programs      lists the programs; bad_* ones break rules, t_* ones test the system\n"
	       "  help          this text\n"
	       "  exit [n]      leaves the shell with status n (that of the last program); so does Ctrl-d\n"
	       "  fg, bg [n]    go on with a stopped program, waiting for it or not\n"
	       "  poweroff [n]  switches the machine off with status n (0)\n"
	       "Ctrl-C ends a program, Ctrl-Z stops it; Ctrl-] stops everything in the kernel's monitor.\n");
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
	perror("sh: poweroff");
	return 1;
}

static char bar[] = "|"; /* this very word stands between the programs of a pipeline */

/* One more word; false, with a message: there are too many. */
static bool add_word(char **words, int *n, char *word)
{
	if (*n == WORDS_MAX)
		return fprintf(stderr, "sh: more than %d words; shorten the line\n", WORDS_MAX), false;
	words[(*n)++] = word;
	return true;
}

/* Cuts line at blanks and bars; a word in quotes, double or single, may hold both. Number of words, -1: too many or an open quote. */
static int split(char *line, char **words)
{
	int n = 0;

	for (char *p = line;;) {
		const char *ends = " \t\r\n|";

		p += strspn(p, " \t\r\n");
		if (!*p)
			break;
		if (*p == '"' || *p == '\'')
			ends = *p++ == '"' ? "\"" : "'";
		if (*p != '|' || !ends[1]) {
			if (!add_word(words, &n, p))
				return -1;
			p += strcspn(p, ends);
		}
		if (!*p && !ends[1])
			return fprintf(stderr, "sh: a quote is not closed; add a %s\n", ends), -1;
		if (*p == '|' && !add_word(words, &n, bar))
			return -1;
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
	if (!interactive)
		return;
	if (WIFSIGNALED(status))
		printf("%s: killed: %s\n", name, strsignal(WTERMSIG(status)));
	else if (status != 0)
		printf("%s: status %d\n", name, WEXITSTATUS(status));
}

/* The job that has the console, or had it until it was stopped. */
static struct job {
	pid_t group, last; /* the process whose status counts */
	char name[32];
} job;

/* The console is the job's until it has ended or is stopped: what the keyboard sends goes to it, not to us. */
static void wait_for_job(void)
{
	int status;
	pid_t pid;

	tcsetpgrp(STDIN_FILENO, job.group);
	while ((pid = waitpid(-job.group, &status, WUNTRACED)) > 0 || errno == EINTR) {
		if (pid == job.last && !WIFSTOPPED(status))
			report(job.name, status);
		if (pid > 0 && WIFSTOPPED(status)) {
			last_status = 128 + WSTOPSIG(status);
			printf("[%d] %s: stopped; fg goes on with it, bg in the background\n", pid, job.name);
			break;
		}
	}
	tcsetpgrp(STDIN_FILENO, getpgrp());
}

/* Without jobs: all of the line's programs are in our own process group. */
static void wait_for_all(const pid_t *pids, int count, const char *name)
{
	int status;

	for (int i = 0; i < count; i++) {
		while (waitpid(pids[i], &status, 0) < 0)
			if (errno != EINTR)
				return;
		if (i == count - 1)
			report(name, status);
	}
}

/* The job that was stopped last, or argument: the number in its brackets. */
static int go_on(int argc, char **argv)
{
	pid_t pid = argc > 1 ? atoi(argv[1]) : job.last;
	pid_t group = pid > 0 ? getpgid(pid) : -1;

	if (group <= 0 || group == getpgrp())
		return fprintf(stderr, "sh: no such job\n"), 1;
	if (group != job.group)
		job = (struct job){ group, pid, "job" };
	if (strcmp(argv[0], "fg") != 0)
		return kill(-group, SIGCONT) < 0;
	tcsetpgrp(STDIN_FILENO, group);
	kill(-group, SIGCONT);
	wait_for_job();
	return last_status;
}

static const struct builtin {
	const char *name;
	int (*run)(int argc, char **argv);
} builtins[] = { { "help", show_help }, { "exit", leave }, { "poweroff", switch_off },
	{ "fg", go_on }, { "bg", go_on } };

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

/* Let `to` stand for what fd does. What it stood for before, for put_back. */
static int redirect(int fd, int to)
{
	int saved = fcntl(to, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

	dup2(fd, to);
	return saved;
}

static void put_back(int saved, int to)
{
	dup2(saved, to);
	close(saved);
}

/* A program has the descriptors that we have when it starts. Its process, or -1. */
static pid_t start_program(char **words, int in, int out, bool errors_too, pid_t group)
{
	fflush(stdout); /* before what the program says */
	int saved_in = redirect(in, STDIN_FILENO), saved_out = redirect(out, STDOUT_FILENO);
	int saved_err = redirect(errors_too ? STDOUT_FILENO : STDERR_FILENO, STDERR_FILENO);
	pid_t pid = spawn_in(group, words[0], words);
	int error = errno;

	put_back(saved_err, STDERR_FILENO);
	put_back(saved_out, STDOUT_FILENO);
	put_back(saved_in, STDIN_FILENO);
	if (pid < 0 && error == ENOENT)
		fprintf(stderr, "sh: %s: no such program; try help\n", words[0]);
	else if (pid < 0)
		fprintf(stderr, "sh: %s: %s\n", words[0], strerror(error));
	return pid;
}

/* Takes 2>&1 out of the words. Was it there? */
static bool take_errors(char **words)
{
	char **to = words;
	bool found = false;

	for (char **from = words; *from; from++)
		if (strcmp(*from, "2>&1") == 0)
			found = true;
		else
			*to++ = *from;
	*to = NULL;
	return found;
}

/* Starts one program of a pipeline. It reads from *in, which is closed then; *in becomes what the next one reads. */
static pid_t start_stage(char **words, int *in, bool last, pid_t group)
{
	int fds[2] = { -1, -1 };
	bool errors_too = take_errors(words);
	pid_t pid = -1;

	if (!last && pipe2(fds, O_CLOEXEC) < 0)
		perror("sh: pipe");
	else if (!words[0])
		fprintf(stderr, "sh: 2>&1 stands after a program's name\n");
	else
		pid = start_program(words, *in, last ? STDOUT_FILENO : fds[1], errors_too, group);
	if (*in != STDIN_FILENO)
		close(*in);
	if (!last)
		close(fds[1]);
	*in = fds[0];
	return pid;
}

/* All of a line's programs; its status is the last one's. */
static void run_pipeline(char **words, int n, bool background)
{
	pid_t pids[WORDS_MAX], last = -1, group = interactive ? SPAWN_OWN_GROUP : 0;
	int count = 0, in = STDIN_FILENO;
	char *name = words[0];

	for (int from = 0, to; from < n && in >= 0; from = to + 1) {
		for (to = from; to < n && words[to] != bar;)
			to++;
		words[to] = NULL;
		name = words[from];
		last = start_stage(words + from, &in, to == n, group);
		if (last > 0)
			pids[count++] = last;
		if (interactive && count)
			group = pids[0];
	}
	if (last < 0)
		last_status = 127;
	else if (background && interactive)
		printf("[%d] %s\n", last, name);
	if (count == 0 || background)
		return;
	if (!interactive) {
		wait_for_all(pids, count, name);
		if (last < 0)
			last_status = 127;
		return;
	}
	job = (struct job){ pids[0], last, "" };
	strlcpy(job.name, name, sizeof(job.name));
	wait_for_job();
}

/* Each bar stands between two programs. */
static bool is_pipeline(char **words, int n)
{
	for (int i = 0; i < n; i++)
		if (words[i] == bar && (i == 0 || i == n - 1 || words[i + 1] == bar))
			return fprintf(stderr, "sh: | has a program on each side\n"), false;
	return true;
}

/* By itself or at the end of the last word. */
static bool take_ampersand(char **words, int *n)
{
	char *last = words[*n - 1], *end = last + strlen(last);

	if (last == bar || end == last || end[-1] != '&')
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
	if (is_pipeline(words, n))
		run_pipeline(words, n, background);
}

/* Half a command must not run, nor the other half. */
static void skip_line(void)
{
	int c;

	while ((c = getchar()) != '\n' && c != EOF)
		;
	fprintf(stderr, "sh: the line is longer than %d characters; shorten it\n", LINE_SIZE - 2);
}

#define PROMPT "ouros$ "

static volatile sig_atomic_t at_prompt;

/* Ctrl-C at the prompt: the kernel has dropped what was typed, and the read goes on. */
static void on_interrupt(int signal)
{
	if (at_prompt)
		write(STDOUT_FILENO, PROMPT, strlen(PROMPT));
}

/* The programs that we start begin with everything as usual. */
static void prepare_signals(void)
{
	signal(SIGINT, on_interrupt);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGTSTP, SIG_IGN);
}

/* False: the end of input. */
static bool read_line(char *line, int size)
{
	printf(PROMPT);
	at_prompt = 1;
	bool got = fgets(line, size, stdin);
	at_prompt = 0;
	return got;
}

static int run_argument(const char *text)
{
	char line[LINE_SIZE];

	if (strlcpy(line, text, sizeof(line)) >= sizeof(line))
		return fprintf(stderr, "sh: the line is longer than %d characters; shorten it\n", LINE_SIZE - 1), 2;
	run_line(line);
	return last_status;
}

int main(int argc, char **argv)
{
	char line[LINE_SIZE];

	if (argc == 3 && strcmp(argv[1], "-c") == 0)
		return run_argument(argv[2]);
	if (argc > 1)
		return fprintf(stderr, "sh: sh -c \"line\" runs it, sh alone reads lines; there is nothing else yet\n"), 2;
	interactive = true;
	prepare_signals();

	printf("OurOS on %s. Type help for help.\n", MACHINE_NAME);
	for (;;) {
		reap_background();
		if (!read_line(line, sizeof(line)))
			break;
		if (strlen(line) == sizeof(line) - 1 && line[sizeof(line) - 2] != '\n')
			skip_line();
		else
			run_line(line);
	}
	printf("\n");
	return last_status;
}
