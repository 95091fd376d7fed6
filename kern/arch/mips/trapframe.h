/* kern/arch/mips/trapframe.h: the registers that a trap saves. entry.S knows the layout by the offsets below. (lab 3) */
#ifndef KERN_ARCH_MIPS_TRAPFRAME_H
#define KERN_ARCH_MIPS_TRAPFRAME_H

#define TF_R(n) ((n)*4)
#define TF_HI 128
#define TF_LO 132
#define TF_STATUS 136
#define TF_CAUSE 140
#define TF_PC 144
#define TF_BADVADDR 148
#define TF_PARTIAL 152
#define TF_SIZE 160

#ifndef __ASSEMBLER__
enum { REG_V0 = 2, REG_A0 = 4, REG_A1 = 5, REG_SP = 29, REG_FP = 30, REG_RA = 31 };

struct trapframe {
	uint32_t r[32];
	uint32_t hi, lo;
	uint32_t status, cause; /* of the trap; a program's Status is not taken from here */
	uint32_t pc;
	uint32_t badvaddr;
	/*
	 * 1: a system call gave up the CPU, and the frame has only what the calling convention keeps: s0-s8, gp, sp, ra,
	 * and v0, the result. trap_return zeroes the rest. 0: everything is here.
	 */
	uint32_t partial;
	uint32_t unused;
};

_Static_assert(offsetof(struct trapframe, hi) == TF_HI && offsetof(struct trapframe, lo) == TF_LO &&
	       offsetof(struct trapframe, status) == TF_STATUS && offsetof(struct trapframe, cause) == TF_CAUSE &&
	       offsetof(struct trapframe, pc) == TF_PC && offsetof(struct trapframe, badvaddr) == TF_BADVADDR &&
	       offsetof(struct trapframe, partial) == TF_PARTIAL && sizeof(struct trapframe) == TF_SIZE,
	       "entry.S uses these offsets");

static inline vaddr_t tf_pc(const struct trapframe *tf)
{
	return tf->pc;
}

static inline vaddr_t tf_sp(const struct trapframe *tf)
{
	return tf->r[REG_SP];
}

static inline void tf_set_pc(struct trapframe *tf, vaddr_t pc)
{
	tf->pc = pc;
}

/* What a forked child starts with: what its parent's call keeps, and another result. */
static inline void tf_fork(struct trapframe *child, const struct trapframe *parent)
{
	*child = *parent;
	child->r[REG_V0] = 0;
	child->partial = 1;
}

static inline void tf_set_result(struct trapframe *tf, long result)
{
	tf->r[REG_V0] = result;
}

static inline long tf_result(const struct trapframe *tf)
{
	return tf->r[REG_V0];
}

static inline void tf_init_user(struct trapframe *tf, vaddr_t entry, vaddr_t sp, long arg0, vaddr_t arg1)
{
	*tf = (struct trapframe){ .pc = entry };
	tf->r[REG_SP] = sp;
	tf->r[REG_A0] = arg0;
	tf->r[REG_A1] = arg1;
}

void tf_print(const struct trapframe *tf);
#endif

#endif
