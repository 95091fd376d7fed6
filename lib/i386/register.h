/* lib/i386/register.h: the thread register: gs, whose first word is the block's own address. (lab 3) */
#ifndef LIB_REGISTER_H
#define LIB_REGISTER_H

/* Not volatile: it is the same whenever a thread asks. */
static inline void *thread_block(void)
{
	void *block;

	__asm__("movl %%gs:0, %0" : "=r"(block));
	return block;
}

#endif
