/* user/tee.c: copies its input to its output, and to more places: tee [-i] file ...; -i: Ctrl-C does not end it. (lab 3) */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* All of it, or -1. */
static int write_all(int fd, const char *from, size_t n)
{
	while (n > 0) {
		ssize_t part = write(fd, from, n);

		if (part < 0 && errno != EINTR)
			return -1;
		if (part > 0) {
			from += part;
			n -= part;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	int failed = 0, c, count = 1;
	static char buf[4096];
	ssize_t n;

	while ((c = getopt(argc, argv, "i")) != -1) {
		if (c != 'i')
			errx(2, "usage: tee [-i] file ...");
		signal(SIGINT, SIG_IGN);
	}
	int *to = calloc(argc, sizeof(*to));
	if (!to)
		err(1, "starting");
	to[0] = STDOUT_FILENO;
	for (; optind < argc; optind++) {
		to[count] = open(argv[optind], O_WRONLY | O_CREAT | O_TRUNC, 0666);
		if (to[count] < 0) {
			warn("%s", argv[optind]);
			failed = 1;
		} else {
			count++;
		}
	}
	while ((n = read(STDIN_FILENO, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR))
		for (int i = 0; n > 0 && i < count; i++)
			if (to[i] >= 0 && write_all(to[i], buf, n) < 0) {
				warn("writing");
				to[i] = -1;
				failed = 1;
			}
	return failed || n < 0;
}
