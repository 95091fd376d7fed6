/* user/bad_upt_write.c: writes to its page tables through its own window, which is for reading. The process must end. (lab 3) */
#include "bad.h"

int main(void)
{
	return write_word(SELFMAP_PTE_OF(UPT_base, UTEXT));
}
