/* user/t_yield.c: tests yield: the others get their turn, and soon. (lab 3) */
#include "test.h"

/* A child needs few turns to end, however many yields go by: each lets it run until it gives way itself. */
static unsigned yields_until_ended(pid_t pid)
{
	unsigned n = 0;

	while (waitpid(pid, NULL, WNOHANG) == 0 && n < 1000) {
		CHECK_IS(yield(), 0);
		n++;
	}
	return n;
}

static int be_yielder(int n)
{
	while (n-- > 0)
		yield();
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return be_yielder(atoi(argv[1]));
	CHECK_IS(yield(), 0); /* nobody else is there */
	CHECK(yields_until_ended(test_start("true", NULL, NULL)) <= 3);
	/* Turn by turn: the child's 50 yields go with about 50 of ours. */
	unsigned n = yields_until_ended(test_start("t_yield", "50", NULL));
	CHECK(n >= 45 && n <= 60);
	/* Two children: still one turn each for one of ours. */
	pid_t a = test_start("t_yield", "50", NULL), b = test_start("t_yield", "50", NULL);
	n = yields_until_ended(a);
	CHECK(n >= 45 && n <= 60);
	CHECK(yields_until_ended(b) <= 5);
	return test_end("yield");
}
