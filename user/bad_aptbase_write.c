/* user/bad_aptbase_write.c: writes to the window of the other address space. The process must end. (lab 3) */
#include "bad.h"

int main(void)
{
	return write_word(SELFMAP_PTE_OF(APT_base, UTEXT));
}
