/* user/spawner.c: runs a program n times at once and waits for all: spawner 5 hello. (lab 3) */
#include <ouros.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 0, status, failed = 0;

	if (argc < 3 || n < 1)
		return fprintf(stderr, "usage: spawner n program [arguments]\n"), 2;
	for (int i = 0; i < n; i++)
		if (spawn(argv[2], argv + 2) < 0) {
			perror(argv[2]);
			failed++;
			break;
		}
	while (wait(&status) > 0)
		failed += status != 0;
	printf("spawner: %d of %d failed\n", failed, n);
	return failed != 0;
}
