/* user/bad_opcode.c: an instruction that does not exist. The process must end. (lab 3) */
#include "bad.h"

int main(void)
{
	probe_illegal();
	puts("FAIL: went on after an illegal instruction");
	return 1;
}
