/* user/t_memory.c: tests that memory comes back, from many processes and from one that takes all. (lab 4) */
#include "test.h"

#define AREA 0x10000000u
#define RW (PROT_READ | PROT_WRITE)

/* Touches so many MB; ends by itself, or because there is no more. */
static int eat(unsigned megabytes)
{
	for (unsigned i = 0; i < megabytes; i++) {
		char *p = (char *)AREA + (i << 20);

		if (page_map(p, 1 << 20, RW) < 0)
			return 3;
		for (unsigned byte = 0; byte < 1 << 20; byte += PAGE_SIZE)
			p[byte] = 1;
	}
	return 0;
}

/* The most that fits, to the MB. The second time round it must be as much as the first. */
static unsigned capacity(void)
{
	unsigned low = 0, high = 600; /* low fits, high does not */
	char number[12];

	while (high - low > 1) {
		unsigned middle = (low + high) / 2;

		snprintf(number, sizeof(number), "%u", middle);
		if (test_run("t_memory", number, NULL) == 0)
			low = middle;
		else
			high = middle;
	}
	return low;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return eat(atoi(argv[1]));
	unsigned before = capacity();
	CHECK(before >= 4);
	for (int i = 0; i < 20; i++) {
		CHECK_IS(test_run("t_memory", "2", NULL), 0);
		CHECK_IS(test_run("bad_null_read", NULL, NULL), STATUS_KILLED);
	}
	CHECK_IS(capacity(), before);
	printf("%u MB for a program\n", before);
	return test_end("memory");
}
