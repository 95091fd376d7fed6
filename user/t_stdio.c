/* user/t_stdio.c: tests streams: how they are buffered, opened and closed, and programs at their other end. (lab 3) */
#include "test.h"
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>

/* A stream into a pipe, and the end that reads from it, which never waits. */
static FILE *into_pipe(int *reader)
{
	int fds[2];

	CHECK_IS(pipe(fds), 0);
	CHECK_IS(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
	*reader = fds[0];
	return fdopen(fds[1], "w");
}

/* Exactly this has arrived, and no more. */
static void check_arrived(int reader, const char *want)
{
	char got[64] = "";
	ssize_t n = read(reader, got, sizeof(got) - 1);

	if (n < 0)
		CHECK_IS(errno, EAGAIN);
	if (strcmp(got, want) != 0) {
		printf("FAIL: \"%s\" has arrived, not \"%s\"\n", got, want);
		test_failures++;
	}
}

static void check_buffering(void)
{
	int reader;
	char own[8];
	FILE *f = into_pipe(&reader);

	fputs("line\n", f);
	check_arrived(reader, "");
	CHECK_IS(fflush(f), 0);
	check_arrived(reader, "line\n");
	CHECK_IS(setvbuf(f, NULL, _IOLBF, 0), 0);
	fputs("a", f);
	check_arrived(reader, "");
	fprintf(f, "%s\n%s", "b", "c");
	check_arrived(reader, "ab\nc");
	CHECK_IS(setvbuf(f, NULL, _IONBF, 0), 0);
	fprintf(f, "%d%d", 1, 2);
	check_arrived(reader, "12");
	fputc('x', f);
	check_arrived(reader, "x");
	CHECK_IS(setvbuf(f, own, _IOFBF, sizeof(own)), 0);
	fputs("1234567", f);
	check_arrived(reader, "");
	CHECK_IS(fputc('8', f), '8');
	check_arrived(reader, "12345678");
	fputs("kept", f);
	CHECK_IS(fflush(NULL), 0);
	check_arrived(reader, "kept");
	fputs("end", f);
	CHECK_ERROR(setvbuf(f, NULL, 7, 0), EINVAL);
	CHECK_IS(fclose(f), 0);
	check_arrived(reader, "end");
	CHECK_IS(read(reader, own, 1), 0);
	close(reader);
}

static FILE *pipe_with(const char *text)
{
	int fds[2];

	CHECK_IS(pipe(fds), 0);
	CHECK_IS(write(fds[1], text, strlen(text)), strlen(text));
	close(fds[1]);
	return fdopen(fds[0], "r");
}

static void check_lines(void)
{
	char *line = NULL, buf[8];
	size_t size = 0;
	FILE *f = pipe_with("one\n\nlonger than that\nlast");

	CHECK_IS(getline(&line, &size, f), 4);
	CHECK(strcmp(line, "one\n") == 0 && size >= 5);
	CHECK_IS(getline(&line, &size, f), 1);
	CHECK(fgets(buf, sizeof(buf), f) && strcmp(buf, "longer ") == 0);
	CHECK(fgets(buf, 2, f) && strcmp(buf, "t") == 0);
	CHECK_IS(getdelim(&line, &size, 't', f), 5);
	CHECK(strcmp(line, "han t") == 0);
	CHECK_IS(getline(&line, &size, f), 4);
	CHECK(strcmp(line, "hat\n") == 0);
	CHECK_IS(ungetc('L', f), 'L');
	CHECK_IS(getline(&line, &size, f), 5);
	CHECK(strcmp(line, "Llast") == 0);
	CHECK_IS(getline(&line, &size, f), -1);
	CHECK(feof(f) && !ferror(f) && !fgets(buf, sizeof(buf), f));
	CHECK_IS(ungetc('x', f), 'x');
	CHECK(!feof(f));
	CHECK_IS(fgetc(f), 'x');
	CHECK_IS(fgetc(f), EOF);
	free(line);
	CHECK_IS(fclose(f), 0);
}

/* Much more than any buffer, in pieces that fit nowhere, through a pipe that holds 4096 bytes. */
static void check_blocks(void)
{
	static unsigned char big[10007], got[sizeof(big)];
	int fds[2], status;
	pid_t pid;
	FILE *f;

	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = i * 31 + i / 256;
	CHECK_IS(pipe(fds), 0);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		f = fdopen(fds[1], "w");
		for (size_t n = 0, part = 1; n < sizeof(big); n += part, part = part * 3 % 1999 + 1)
			fwrite(big + n, 1, part < sizeof(big) - n ? part : sizeof(big) - n, f);
		_exit(fclose(f) != 0);
	}
	close(fds[1]);
	f = fdopen(fds[0], "r");
	CHECK_IS(fread(got, 1, 3, f), 3);
	CHECK_IS(ungetc(got[2], f), got[2]);
	CHECK_IS(fread(got + 2, 500, 20, f), 20);
	CHECK_IS(fread(got + 10002, 2, 9, f), 2);
	CHECK(feof(f) && memcmp(big, got, 10006) == 0);
	CHECK_IS(waitpid(pid, &status, 0), pid);
	CHECK_IS(status, 0);
	fclose(f);
}

static void check_errors(void)
{
	FILE *f = pipe_with("");
	int reader;

	CHECK_IS(fputc('x', f), EOF);
	CHECK_IS(errno, EBADF);
	CHECK(ferror(f));
	clearerr(f);
	CHECK_IS(fgetc(f), EOF);
	CHECK(feof(f) && !ferror(f));
	fclose(f);
	CHECK(!fdopen(0, "x") && errno == EINVAL);
	CHECK(!fdopen(63, "r") && errno == EBADF);
	CHECK(!fopen("nothing", "r") && errno == ENOENT);
	CHECK(!fopen("nothing", "w") && errno == EROFS);
	f = fopen("/dev/stdout", "w");
	CHECK(f && fileno(f) > 2 && isatty(fileno(f)));
	CHECK_IS(fgetc(f), EOF);
	fclose(f);
	/* A broken pipe is an error of the stream, and what could not be written does not come again. */
	signal(SIGPIPE, SIG_IGN);
	f = into_pipe(&reader);
	close(reader);
	CHECK_IS(fputs("lost", f), 0);
	CHECK_IS(fflush(f), EOF);
	CHECK_IS(errno, EPIPE);
	CHECK(ferror(f));
	CHECK_IS(fclose(f), 0);
	signal(SIGPIPE, SIG_DFL);
}

/* A pipe that is full now: nothing is lost. */
static void check_again(void)
{
	static char full[4096];
	int reader;
	FILE *f = into_pipe(&reader);

	fcntl(fileno(f), F_SETFL, O_NONBLOCK);
	CHECK_IS(write(fileno(f), full, sizeof(full)), sizeof(full));
	fputs("later", f);
	CHECK_IS(fflush(f), EOF);
	CHECK_IS(errno, EAGAIN);
	CHECK_IS(read(reader, full, sizeof(full)), sizeof(full));
	CHECK_IS(fflush(f), 0);
	check_arrived(reader, "later");
	fclose(f);
	close(reader);
}

static void check_memory(void)
{
	char *text, word[8], fixed[8] = "xxxxxxx";
	size_t length;
	FILE *f = open_memstream(&text, &length);
	int n;

	CHECK_IS(fprintf(f, "%s", "abc"), 3);
	CHECK_IS(fflush(f), 0);
	CHECK(length == 3 && strcmp(text, "abc") == 0);
	for (int i = 0; i < 1000; i++)
		fprintf(f, "%3d.", i);
	fclose(f);
	CHECK_IS(length, 4003);
	CHECK(strcmp(text + 3999, "999.") == 0);
	free(text);
	f = fmemopen("12 apples", 9, "r");
	CHECK_IS(fscanf(f, "%d %7s", &n, word), 2);
	CHECK(n == 12 && strcmp(word, "apples") == 0 && fgetc(f) == EOF);
	fclose(f);
	f = fmemopen(fixed, sizeof(fixed), "w");
	fputs("hello", f);
	fflush(f);
	CHECK(strcmp(fixed, "hello") == 0);
	fputs("world", f);
	CHECK_IS(fflush(f), EOF);
	CHECK_IS(errno, ENOSPC);
	CHECK(memcmp(fixed, "hellowor", 8) == 0);
	fclose(f);
	CHECK_IS(asprintf(&text, "%d-%s", 7, "seven"), 7);
	CHECK(strcmp(text, "7-seven") == 0);
	free(text);
}

static void check_popen(void)
{
	char line[32];
	FILE *f = popen("echo one two | cat", "r");
	int reader;

	CHECK(fgets(line, sizeof(line), f) && strcmp(line, "one two\n") == 0);
	CHECK(!fgets(line, sizeof(line), f));
	CHECK_IS(pclose(f), 0);
	f = popen("false", "r");
	CHECK_IS(pclose(f), STATUS_EXIT(1));
	f = popen("no_such_program 2>&1", "w");
	CHECK_IS(pclose(f), STATUS_EXIT(127));
	/* What it writes goes where our output goes. */
	int saved = dup(STDOUT_FILENO), fds[2];
	CHECK_IS(pipe(fds), 0);
	reader = fds[0];
	dup2(fds[1], STDOUT_FILENO);
	close(fds[1]);
	f = popen("cat", "w");
	fputs("through cat\n", f);
	CHECK_IS(pclose(f), 0);
	CHECK_IS(system("echo -n system"), 0);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	check_arrived(reader, "through cat\nsystem");
	close(reader);
	CHECK_IS(system("false"), STATUS_EXIT(1));
	CHECK_IS(system("exit 9"), STATUS_EXIT(9));
	CHECK(system(NULL) != 0);
	CHECK_IS(wait(NULL), -1);
	CHECK_IS(errno, ECHILD);
}

/* A child that exits writes what its streams hold, and a thread's lines are not cut in pieces. */
static FILE *shared;

static void *write_lines(void *letter)
{
	for (int i = 0; i < 300; i++)
		fprintf(shared, "%s%s%s%s\n", (char *)letter, (char *)letter, (char *)letter, (char *)letter);
	return NULL;
}

static void check_threads(void)
{
	int reader, lines = 0;
	pthread_t threads[3];
	char line[16];
	pid_t pid;
	FILE *f;

	shared = into_pipe(&reader);
	fcntl(reader, F_SETFL, 0);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		for (int i = 0; i < 3; i++)
			pthread_create(&threads[i], NULL, write_lines, (char *[]){ "a", "b", "c" }[i]);
		for (int i = 0; i < 3; i++)
			pthread_join(threads[i], NULL);
		exit(0);
	}
	fclose(shared);
	f = fdopen(reader, "r");
	for (; fgets(line, sizeof(line), f); lines++)
		CHECK(strlen(line) == 5 && line[0] == line[1] && line[1] == line[2] && line[2] == line[3] && line[4] == '\n');
	CHECK_IS(lines, 900);
	waitpid(pid, NULL, 0);
	fclose(f);
}

/* Reading one byte at a time leaves the rest to others. */
static void check_unbuffered_input(void)
{
	FILE *f = pipe_with("one\ntwo\n");
	char line[8], rest[8] = "";

	setbuf(f, NULL);
	CHECK(fgets(line, sizeof(line), f) && strcmp(line, "one\n") == 0);
	CHECK_IS(read(fileno(f), rest, sizeof(rest)), 4);
	CHECK(strcmp(rest, "two\n") == 0);
	fclose(f);
}

int main(void)
{
	int open_before = dup(0);

	close(open_before);
	check_buffering();
	check_lines();
	check_blocks();
	check_errors();
	check_again();
	check_memory();
	check_popen();
	check_threads();
	check_unbuffered_input();
	int open_after = dup(0);
	CHECK_IS(open_after, open_before);
	return test_end("stdio");
}
