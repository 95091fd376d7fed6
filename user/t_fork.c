/* user/t_fork.c: tests fork. (lab 4) */
#define FORK fork
#include "fork.h"

int main(void)
{
	return check_fork("fork");
}
