/* user/bad_privileged.c: runs the n-th instruction that only the kernel may use (0). The process must end. (lab 3) */
#include "bad.h"
#include <stdlib.h>

int main(int argc, char **argv)
{
	unsigned n = argc > 1 ? atoi(argv[1]) : 0;

	if (n >= probe_privileged_count) {
		printf("usage: bad_privileged n, n from 0 to %u\n", probe_privileged_count - 1);
		return 2;
	}
	printf("%s\n", probe_privileged[n].name); /* before it is too late */
	probe_privileged[n].run();
	printf("FAIL: %s did not end the process\n", probe_privileged[n].name);
	return 1;
}
