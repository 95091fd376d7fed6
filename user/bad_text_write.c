/* user/bad_text_write.c: writes to its own instructions. The process must end. (lab 3) */
#include "bad.h"

int main(void)
{
	return write_word(UTEXT);
}
