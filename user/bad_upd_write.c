/* user/bad_upd_write.c: writes to its page directory through its own window, which is for reading. The process must end. (lab 3) */
#include "bad.h"

int main(void)
{
	return write_word(SELFMAP_PDE_OF(UPT_base, UTEXT));
}
