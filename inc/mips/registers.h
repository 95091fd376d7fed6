/* inc/mips/registers.h: a program's registers on this machine, as its handlers see and change them. (lab 4) */
#ifndef INC_REGISTERS_H
#define INC_REGISTERS_H

#include <stdint.h>

struct registers {
	uint32_t r[32]; /* 0, 26 and 27 (k0, k1) mean nothing */
	uint32_t hi, lo, pc;
};

static inline uint32_t registers_pc(const struct registers *r) { return r->pc; }
static inline uint32_t registers_sp(const struct registers *r) { return r->r[29]; }
static inline void registers_set_pc(struct registers *r, uint32_t pc) { r->pc = pc; }
static inline void registers_set_sp(struct registers *r, uint32_t sp) { r->r[29] = sp; }

#endif
