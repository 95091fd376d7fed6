/* user/cat.c: copies what is typed, line by line, until Ctrl-d. (lab 3) */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	char buf[256];
	ssize_t n;

	while ((n = read(STDIN_FILENO, buf, sizeof(buf))) > 0)
		if (write(STDOUT_FILENO, buf, n) != n)
			n = -1;
	if (n < 0)
		perror("cat");
	return n < 0;
}
