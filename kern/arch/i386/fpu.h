/* kern/arch/i386/fpu.h: the registers of x87 and SSE, as fxsave lays them out. (lab 3) */
#ifndef KERN_ARCH_I386_FPU_H
#define KERN_ARCH_I386_FPU_H

/* SDM vol. 1, 10.5.1. A CPU without fxsave has the first 108 bytes in fnsave's layout, which begins with the control word. */
struct fpu_state {
	uint16_t control, status;
	uint32_t tags; /* fxsave: a bit for each register in use, and the last opcode; fnsave has the status word here */
	uint32_t fnsave_tags;
	uint32_t pointers[3];
	uint32_t mxcsr, mxcsr_mask;
	uint8_t registers[480];
} __attribute__((aligned(16)));
_Static_assert(sizeof(struct fpu_state) == 512, "the CPU's layout");

void fpu_init(void); /* trap_init calls it: the unit is there, and off */
#endif
