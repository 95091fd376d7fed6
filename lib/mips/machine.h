/* lib/mips/machine.h: what programs may want to know of this machine. (lab 3) */
#ifndef LIB_MACHINE_H
#define LIB_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#define MACHINE_NAME "mips"

/* A counter that never stops, from 0 at reset; how fast it runs differs between machines. 32 bits here: it wraps. */
static inline uint64_t cycles(void)
{
	uint32_t now;

	__asm__ volatile("rdhwr %0, $2" : "=r"(now));
	return now;
}

#endif
