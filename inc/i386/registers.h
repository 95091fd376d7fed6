/* inc/i386/registers.h: a program's registers on this machine, as its handlers see and change them. (lab 4) */
#ifndef INC_REGISTERS_H
#define INC_REGISTERS_H

#include <stdint.h>

/* Segment registers are not among them: a program has no choice there. */
struct registers {
	uint32_t edi, esi, ebp, ebx, edx, ecx, eax;
	uint32_t eip, eflags, esp;
};

static inline uint32_t registers_pc(const struct registers *r) { return r->eip; }
static inline uint32_t registers_sp(const struct registers *r) { return r->esp; }
static inline void registers_set_pc(struct registers *r, uint32_t pc) { r->eip = pc; }
static inline void registers_set_sp(struct registers *r, uint32_t sp) { r->esp = sp; }

#endif
