/* user/bad_null_read.c: reads through a null pointer. The process must end. (lab 3) */
#include "bad.h"

int main(void)
{
	return read_word(0);
}
