/* user/bad_breakpoint.c: stops at a breakpoint that nobody has set. The process must end. (lab 3) */
#include "bad.h"

int main(void)
{
	probe_breakpoint();
	puts("FAIL: went on after a breakpoint instruction");
	return 1;
}
