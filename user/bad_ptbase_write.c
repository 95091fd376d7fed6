/* user/bad_ptbase_write.c: writes to its page tables through the kernel's window. The process must end. (lab 3) */
#include "bad.h"

int main(void)
{
	return write_word(SELFMAP_PTE_OF(PT_base, UTEXT));
}
