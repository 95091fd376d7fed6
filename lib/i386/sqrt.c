/* lib/i386/sqrt.c: the square root: an instruction, correctly rounded. (lab 3) */
#include <errno.h>
#include <math.h>

double sqrt(double x)
{
	double root = x;

	if (x < 0)
		errno = EDOM;
	__asm__("fsqrt" : "+t"(root));
	return root;
}

float sqrtf(float x) { return sqrt(x); }
