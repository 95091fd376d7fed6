/* user/bad_float.c: divides by zero, having asked for a trap when that happens: the process must end. (lab 3) */
#include "bad.h"
#include <fenv.h>

int main(void)
{
	volatile double zero = 0;

	feenableexcept(FE_DIVBYZERO);
	zero = 1 / zero;
	feraiseexcept(FE_DIVBYZERO); /* the x87 traps at its next instruction; an emulator, at those that say "wait" */
	printf("FAIL: 1 / 0.0 did not trap\n");
	return 1;
}
