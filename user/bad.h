/* user/bad.h: for the bad_* programs, each of which breaks one rule and must not live to tell. (lab 3) */
#ifndef USER_BAD_H
#define USER_BAD_H

#include <memlayout.h>
#include <probe.h>
#include <stdint.h>
#include <stdio.h>

/* The value of the word at va; prints it, for that is what should never be seen. */
static inline int read_word(uint32_t va)
{
	uint32_t word = *OPAQUE((volatile uint32_t *)va);

	printf("FAIL: 0x%08x was read: 0x%08x\n", va, word);
	return 1;
}

static inline int write_word(uint32_t va)
{
	*OPAQUE((volatile uint32_t *)va) = 0xbadbad;
	printf("FAIL: 0x%08x was written\n", va);
	return 1;
}

static inline int jump_to(uint32_t va)
{
	OPAQUE((void (*)(void))va)();
	printf("FAIL: the jump to 0x%08x came back\n", va);
	return 1;
}

#endif
