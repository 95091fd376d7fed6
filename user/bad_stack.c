/* user/bad_stack.c: recursion without end runs into the page below the stack. The process must end. (lab 3) */
#include "bad.h"

static int deeper(volatile char *outer, int depth)
{
	volatile char frame[256];

	if (depth == OPAQUE(-1)) /* never, but the compiler does not know */
		return 0;
	frame[0] = outer[0] + 1;
	return deeper(frame, depth + 1) + frame[0];
}

int main(void)
{
	volatile char first = 0;

	printf("FAIL: the recursion ended with %d\n", deeper(&first, 0));
	return 1;
}
