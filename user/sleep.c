/* user/sleep.c: waits that many seconds; a fraction may follow: sleep 0.5. (lab 3) */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char *end;
	unsigned long seconds, micro = 0, unit = 100000;

	if (argc != 2)
		return fprintf(stderr, "usage: sleep seconds\n"), 2;
	seconds = strtoul(argv[1], &end, 10);
	if (*end == '.')
		for (end++; *end >= '0' && *end <= '9'; unit /= 10)
			micro += (*end++ - '0') * unit;
	if (*end || end == argv[1])
		return fprintf(stderr, "sleep: %s: not a number of seconds\n", argv[1]), 2;
	sleep(seconds);
	return usleep(micro) != 0;
}
