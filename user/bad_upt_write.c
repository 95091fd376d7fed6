/* user/bad_upt_write.c: writes to its page tables through its own read-only window. The process must end. (lab 3) */
#include "bad.h"

/* Reads first, which is legal, so that a translation stands in the TLB when the write comes. */
int main(void)
{
	const uint32_t va = SELFMAP_PTE_OF(UPT_base, UTEXT);

	(void)*OPAQUE((volatile uint32_t *)va);
	return write_word(va);
}
