/* kern/arch/mips/fpu.h: the registers of coprocessor 1. (lab 3) */
#ifndef KERN_ARCH_MIPS_FPU_H
#define KERN_ARCH_MIPS_FPU_H

/* Status.FR is 0: a double stands in an even register and its odd neighbour. */
struct fpu_state {
	uint64_t registers[16];
	uint32_t control; /* FCSR */
	uint32_t unused;
};

bool fpu_can_flush(void); /* trap.c: the program's floating point instruction has failed. Shall it be tried again? */

#endif
