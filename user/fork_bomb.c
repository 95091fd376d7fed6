/* user/fork_bomb.c: makes as many processes as it can, for good: to try that the prompt lives on beside it. (lab 4)
 * fork_bomb: each forks all the time, and is ready to run all the time. fork_bomb churn: most of them end again at once.
 * They are one process group, with the first one's number: kill -9 -NUMBER ends them all.
 */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Those that a process starts end after some more forks of their own, so that there is always room for others. */
static void churn(int depth)
{
	for (int i = 0; depth < 3 && i < 4; i++)
		if (fork() == 0)
			churn(depth + 1);
	if (depth > 0)
		_exit(0);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

int main(int argc, char **argv)
{
	setpgid(0, 0);
	for (;;) {
		if (argc > 1 && strcmp(argv[1], "churn") == 0)
			churn(0);
		else
			fork();
	}
}
