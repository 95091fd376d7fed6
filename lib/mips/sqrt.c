/* lib/mips/sqrt.c: the square root: an instruction, correctly rounded. (lab 3) */
#include <errno.h>
#include <math.h>

double sqrt(double x)
{
	double root = x;

	if (x < 0)
		errno = EDOM;
	__asm__("sqrt.d %0, %0" : "+f"(root));
	return root;
}

float sqrtf(float x) { return sqrt(x); }
