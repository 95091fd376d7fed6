/* user/bad_pdbase_write.c: writes to its page directory through the kernel's window. The process must end. (lab 3) */
#include "bad.h"

int main(void)
{
	return write_word(SELFMAP_PDE_OF(PT_base, UTEXT));
}
