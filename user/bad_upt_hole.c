/* user/bad_upt_hole.c: reads the window at the table of an address that has none. The process must end. (lab 3) */
#include "bad.h"

int main(void)
{
	return read_word(SELFMAP_PTE_OF(UPT_base, 0x30000000));
}
