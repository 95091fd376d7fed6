/* lib/threads.c: system calls as C functions: those about threads. (lab 3) */
#include "call.h"
#include <ouros.h>

int thread_create(void (*entry)(uint32_t), void *sp, uint32_t argument, void *block)
{
	uint32_t *frame = (uint32_t *)((uintptr_t)sp & ~15u) - 4;

	frame[0] = 0; /* i386: where entry would return to, and its argument; MIPS: room for what is in registers */
	frame[1] = argument;
	return CALL4(thread_create, entry, frame, argument, block);
}

int thread_exit(uint32_t *word) { return CALL(thread_exit, word, 0, 0); }
int thread_register(void *block) { return CALL(thread_register, block, 0, 0); }

int futex(volatile uint32_t *word, int op, uint32_t value, uint32_t deadline)
{
	return CALL4(futex, word, op, value, deadline);
}
