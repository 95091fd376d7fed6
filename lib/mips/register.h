/* lib/mips/register.h: the thread register: gp, which nothing else needs: no small data, no position-independent code.
 * Compilers for Linux would read it with rdhwr $29, which traps here: there is no __thread on OurOS. (lab 3)
 */
#ifndef LIB_REGISTER_H
#define LIB_REGISTER_H

/* Not volatile: it is the same whenever a thread asks. */
static inline void *thread_block(void)
{
	void *block;

	__asm__("move %0, $28" : "=r"(block));
	return block;
}

#endif
