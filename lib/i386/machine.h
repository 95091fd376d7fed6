/* lib/i386/machine.h: what programs may want to know of this machine. (lab 3) */
#ifndef LIB_MACHINE_H
#define LIB_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#define MACHINE_NAME "i386"

/* A counter that never stops, from 0 at reset; how fast it runs differs between machines. */
static inline uint64_t cycles(void)
{
	uint64_t now;

	__asm__ volatile("rdtsc" : "=A"(now));
	return now;
}

#endif
