/* user/bad_aptbase_read.c: reads the window of the other address space. The process must end. (lab 3) */
#include "bad.h"

int main(void)
{
	return read_word(SELFMAP_PTE_OF(APT_base, UTEXT));
}
