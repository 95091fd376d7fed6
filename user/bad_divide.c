/* user/bad_divide.c: divides by zero. The process must end. (lab 3) */
#include "bad.h"

int main(void)
{
	int result = OPAQUE(1) / OPAQUE(0);

	printf("FAIL: 1 / 0 is %d\n", result);
	return 1;
}
