/* user/t_args.c: tests what a program is handed; t_spawn starts it with many kinds of arguments. (lab 3) */
#include "test.h"

static char *name = "t_args";

/* What t_spawn asks for. The status is the answer: sizes modulo 251, so that none reads as a clean 0 by chance. */
static int answer(int argc, char **argv)
{
	if (strcmp(argv[1], "length") == 0)
		return strlen(argv[2]) % 251;
	if (strcmp(argv[1], "count") == 0)
		return argc % 251;
	if (strcmp(argv[1], "words") == 0)
		return strcmp(argv[2], "with blanks in it") == 0 ? 0 : 100;
	if (strcmp(argv[1], "pid_is_not") == 0)
		return atoi(argv[2]) == getpid();
	if (strcmp(argv[1], "exit") == 0)
		return atoi(argv[2]);
	return 255;
}

int main(int argc, char **argv)
{
	CHECK(argc >= 1);
	CHECK(argv[argc] == NULL);
	CHECK(strcmp(argv[0], name) == 0 || strcmp(argv[0], "/bin/t_args") == 0);
	for (int i = 0; i < argc; i++) /* strings and array are on the stack, and belong to the program */
		CHECK((uint32_t)argv[i] > UTOP - USTACK_PAGES * PAGE_SIZE && (uint32_t)argv[i] < UTOP);
	argv[0][0] = 'T';
	CHECK(argv[0][0] == 'T');
	if (argc > 2 && !test_failures)
		return answer(argc, argv);
	return test_end("args");
}
