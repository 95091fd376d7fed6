/* user/bad_null_write.c: writes through a null pointer, a field away from it. The process must end. (lab 3) */
#include "bad.h"

int main(void)
{
	return write_word(8);
}
