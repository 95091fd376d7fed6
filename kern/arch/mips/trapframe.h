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
#define TF_LEAVE 156
#define TF_SIZE 160

#ifndef __ASSEMBLER__
#include "cpu.h"

#define TF_MESSAGE (-1)
enum { REG_V0 = 2, REG_A0 = 4, REG_A1 = 5, REG_GP = 28, REG_SP = 29, REG_FP = 30, REG_RA = 31 };

#define CALL_CODE "\x0c\0\0\0" /* syscall */

struct trapframe {
	uint32_t r[32];
	uint32_t hi, lo;
	uint32_t status, cause; /* of the trap; a program's Status is not taken from here: */
	uint32_t pc;
	uint32_t badvaddr;
	/*
	 * 1: a system call gave up the CPU, and the frame has only what the calling convention keeps: s0-s8, gp, sp, ra,
	 * and v0, the result. trap_return zeroes the rest. TF_MESSAGE: a0-a3 are there, too. 0: everything is here.
	 */
	int32_t partial;
	uint32_t leave; /* Status to go back to the program with: STATUS_USER | STATUS_EXL, and CU1 while it has the unit */
};

_Static_assert(offsetof(struct trapframe, hi) == TF_HI && offsetof(struct trapframe, lo) == TF_LO &&
	       offsetof(struct trapframe, status) == TF_STATUS && offsetof(struct trapframe, cause) == TF_CAUSE &&
	       offsetof(struct trapframe, pc) == TF_PC && offsetof(struct trapframe, badvaddr) == TF_BADVADDR &&
	       offsetof(struct trapframe, partial) == TF_PARTIAL && offsetof(struct trapframe, leave) == TF_LEAVE &&
	       sizeof(struct trapframe) == TF_SIZE,
	       "entry.S uses these offsets");

static inline vaddr_t tf_pc(const struct trapframe *tf)
{
	return tf->pc;
}

static inline vaddr_t tf_sp(const struct trapframe *tf)
{
	return tf->r[REG_SP];
}

/* What a forked child starts with: what its parent's call keeps, and another result. */
static inline void tf_fork(struct trapframe *child, const struct trapframe *parent)
{
	*child = *parent;
	child->r[REG_V0] = 0;
	child->partial = 1;
	child->leave = STATUS_USER | STATUS_EXL; /* the parent keeps the floating-point unit */
}

static inline void tf_set_result(struct trapframe *tf, long result)
{
	tf->r[REG_V0] = result;
}

/* The n-th argument of the system call under way, which is value: the frame does not have it. */
static inline uint32_t tf_argument(const struct trapframe *tf, unsigned n, uint32_t value)
{
	return value;
}

/* Into a frame that its own message call has made: trap_return_message loads it. */
static inline void tf_set_message(struct trapframe *tf, uint32_t kind, uint32_t badge, uint32_t w0, uint32_t w1, uint32_t w2)
{
	tf->r[REG_V0] = kind;
	tf->r[REG_A0] = badge;
	tf->r[REG_A0 + 1] = w0;
	tf->r[REG_A0 + 2] = w1;
	tf->r[REG_A0 + 3] = w2;
}

/* So that trap_return does what trap_return_message would; or goes back from the message call without a message. */
static inline void tf_keep_message(struct trapframe *tf)
{
	tf->partial = TF_MESSAGE;
}
static inline void tf_end_message(struct trapframe *tf, long result)
{
	tf->r[REG_V0] = result;
	tf->partial = 1;
}

static inline long tf_result(const struct trapframe *tf)
{
	return tf->r[REG_V0];
}

/* gp: programs have no other use for it (no small data, no position-independent code), and the kernel keeps it anyway. */
static inline void tf_set_thread_register(struct trapframe *tf, vaddr_t base)
{
	tf->r[REG_GP] = base;
}

static inline void tf_init_user(struct trapframe *tf, vaddr_t entry, vaddr_t sp, long arg0, vaddr_t arg1, vaddr_t tls)
{
	*tf = (struct trapframe){ .pc = entry, .leave = STATUS_USER | STATUS_EXL };
	tf->r[REG_SP] = sp;
	tf->r[REG_A0] = arg0;
	tf->r[REG_A1] = arg1;
	tf_set_thread_register(tf, tls);
}

/* A partial frame stands for a full one with zeros in it: now it is one. */
static inline void tf_complete(struct trapframe *tf)
{
	const uint32_t kept = 0xff << 16 | 1u << 28 | 1u << 29 | 1u << 30 | 1u << 31 | 1u << REG_V0 |
			      (tf->partial == TF_MESSAGE ? 0xfu << REG_A0 : 0);
	for (int i = 0; tf->partial && i < 32; i++)
		if (!(kept >> i & 1))
			tf->r[i] = 0;
	if (tf->partial)
		tf->hi = tf->lo = 0;
	tf->partial = 0;
}

static inline void tf_save(const struct trapframe *tf, struct registers *r)
{
	struct trapframe full = *tf;
	tf_complete(&full);
	for (int i = 0; i < 32; i++)
		r->r[i] = i == 0 || i == 26 || i == 27 ? 0 : full.r[i];
	r->hi = full.hi, r->lo = full.lo, r->pc = full.pc;
}

/* Any pc will do: eret to a kernel or misaligned address ends in an address error of the program. */
static inline void tf_load(struct trapframe *tf, const struct registers *r)
{
	for (int i = 0; i < 32; i++)
		tf->r[i] = r->r[i];
	tf->hi = r->hi, tf->lo = r->lo, tf->pc = r->pc;
	tf->partial = 0;
}

/* The arguments have room on the stack, too, as the calling convention wants it. */
static inline void tf_enter(struct trapframe *tf, vaddr_t entry, vaddr_t args_at, const uint32_t args[4])
{
	tf_complete(tf);
	for (int i = 0; i < 4; i++)
		tf->r[REG_A0 + i] = args[i];
	tf->r[REG_SP] = args_at;
	tf->r[REG_RA] = tf->r[REG_FP] = 0;
	tf->pc = entry;
}

static inline void tf_call_again(struct trapframe *tf, uint32_t number, const uint32_t args[4])
{
	tf_complete(tf);
	tf->pc -= 4; /* syscall */
	tf->r[REG_V0] = number;
	for (int i = 0; i < 4; i++)
		tf->r[REG_A0 + i] = args[i];
}

void tf_print(const struct trapframe *tf);
#endif

#endif
