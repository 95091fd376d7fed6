/* user/date.c: the time of day in UTC: date [-r seconds since 1970] [+format], as of strftime. (lab 3) */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *format = "%a %b %e %H:%M:%S UTC %Y";
	struct timespec now;
	char text[256], *end;
	struct tm tm;
	int c;

	if (clock_gettime(CLOCK_REALTIME, &now) < 0)
		err(1, "the clock");
	while ((c = getopt(argc, argv, "ur:")) != -1) {
		if (c == '?')
			errx(2, "usage: date [-r seconds] [+format]");
		if (c == 'u')
			continue;
		now.tv_sec = strtoll(optarg, &end, 10);
		if (*end || end == optarg)
			errx(2, "%s: not a number of seconds", optarg);
	}
	if (optind < argc && argv[optind][0] == '+')
		format = argv[optind++] + 1;
	if (optind < argc)
		errx(2, "%s: a format begins with +, and there is one only", argv[optind]);
	if (!gmtime_r(&now.tv_sec, &tm))
		err(1, "%lld seconds", (long long)now.tv_sec);
	if (strftime(text, sizeof(text), format, &tm) == 0 && *format)
		errx(2, "more than %zu characters", sizeof(text) - 1);
	puts(text);
	return fflush(stdout) == EOF;
}
