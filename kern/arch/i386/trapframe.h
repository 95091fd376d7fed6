/* kern/arch/i386/trapframe.h: the registers of an interrupted program or of the kernel. (lab 3) */
#ifndef KERN_ARCH_I386_TRAPFRAME_H
#define KERN_ARCH_I386_TRAPFRAME_H

#include "shared.h"

#define EFLAGS_TF 0x00000100
#define EFLAGS_IF 0x00000200
#define EFLAGS_DF 0x00000400
#define EFLAGS_USER 0x00200dd5 /* what a program may set for itself: ID, OF, DF, TF and the arithmetic flags */

/* Pushed by pushal, by the vector's stub, by the CPU. From kernel mode the CPU leaves out esp and ss. */
#define CALL_CODE "\xcd\x30" /* int $0x30 */

struct trapframe {
	/*
	 * A trap from virtual 8086 mode pushes four selectors first: the rest comes to lie as much lower. No program should
	 * get there, but an emulator's iret that takes VM from any program's stack is known (QEMU's).
	 */
	uint32_t slack[4];
	uint32_t edi, esi, ebp, pushal_esp, ebx, edx, ecx, eax;
	uint32_t vector, error;
	uint32_t eip, cs, eflags;
	uint32_t esp, ss;
	uint32_t gs_low, gs_high; /* not pushed: SEL_THREAD's descriptor while this thread runs (tf_set_thread_register) */
};

_Static_assert(offsetof(struct trapframe, edi) == TF_PUSHED, "TF_PUSHED");
_Static_assert(offsetof(struct trapframe, gs_low) == TF_GS_LOW, "TF_GS_LOW");
_Static_assert(offsetof(struct trapframe, eax) == TF_PUSHED + TF_EAX, "TF_EAX");
_Static_assert(offsetof(struct trapframe, cs) == TF_PUSHED + TF_CS, "TF_CS");

static inline bool tf_from_user(const struct trapframe *tf)
{
	return tf->cs & 3;
}

static inline vaddr_t tf_pc(const struct trapframe *tf)
{
	return tf->eip;
}

static inline vaddr_t tf_sp(const struct trapframe *tf)
{
	return tf_from_user(tf) ? tf->esp : tf->pushal_esp + 5 * 4; /* vector, error, eip, cs, eflags */
}

/* The n-th argument of the system call under way: it is in the frame. */
static inline uint32_t tf_argument(const struct trapframe *tf, unsigned n, uint32_t value)
{
	return n == 0 ? tf->ebx : n == 1 ? tf->ecx : n == 2 ? tf->edx : tf->esi;
}

/* Into a frame that its own message call has made: trap_return_message loads it. */
static inline void tf_set_message(struct trapframe *tf, uint32_t kind, uint32_t badge, uint32_t w0, uint32_t w1, uint32_t w2)
{
	tf->eax = kind;
	tf->ebx = badge;
	tf->ecx = w0;
	tf->edx = w1;
	tf->esi = w2;
}

/* So that trap_return does what trap_return_message would; or goes back from the message call without a message. */
static inline void tf_keep_message(struct trapframe *tf) {}
static inline void tf_end_message(struct trapframe *tf, long result)
{
	tf->eax = result;
}

/* Whatever was put into tf, trap_return can't give a program more than a program's rights. */
static inline void tf_sanitise(struct trapframe *tf)
{
	tf->cs = SEL_UCODE;
	tf->ss = SEL_UDATA;
	tf->eflags = (tf->eflags & EFLAGS_USER) | EFLAGS_IF;
}

/* What a forked child starts with: its parent's registers, but for the result. */
static inline void tf_fork(struct trapframe *child, const struct trapframe *parent)
{
	*child = *parent;
	child->eax = 0;
	child->eflags &= ~EFLAGS_TF; /* a single step was the parent's */
}

static inline void tf_set_result(struct trapframe *tf, long result)
{
	tf->eax = result;
}

static inline long tf_result(const struct trapframe *tf)
{
	return tf->eax;
}

/* SDM vol. 3, 3.4.5: data, all 4 GB from base on, for programs; what they may reach is up to the page tables. */
static inline void tf_set_thread_register(struct trapframe *tf, vaddr_t base)
{
	tf->gs_low = base << 16 | 0xffff;
	tf->gs_high = (base & 0xff000000) | 0x00cff300 | (base >> 16 & 0xff);
}

/* arg0 and arg1 are for machines that pass arguments in registers: here they stand on the stack at sp, above a 0. */
static inline void tf_init_user(struct trapframe *tf, vaddr_t entry, vaddr_t sp, long arg0, vaddr_t arg1, vaddr_t tls)
{
	*tf = (struct trapframe){ .eip = entry, .esp = sp };
	tf_sanitise(tf);
	tf_set_thread_register(tf, tls);
}

static inline void tf_save(const struct trapframe *tf, struct registers *r)
{
	*r = (struct registers){ .edi = tf->edi, .esi = tf->esi, .ebp = tf->ebp, .ebx = tf->ebx, .edx = tf->edx, .ecx = tf->ecx,
		.eax = tf->eax, .eip = tf->eip, .eflags = tf->eflags, .esp = tf->esp };
}

static inline void tf_load(struct trapframe *tf, const struct registers *r)
{
	tf->edi = r->edi, tf->esi = r->esi, tf->ebp = r->ebp, tf->ebx = r->ebx;
	tf->edx = r->edx, tf->ecx = r->ecx, tf->eax = r->eax;
	tf->eip = r->eip, tf->eflags = r->eflags, tf->esp = r->esp;
	tf_sanitise(tf);
}

/* Handlers begin as any function does: direction up, and the interrupted single step is not theirs. */
static inline void tf_enter(struct trapframe *tf, vaddr_t entry, vaddr_t args_at, const uint32_t args[4])
{
	tf->eip = entry;
	tf->esp = args_at - 4;
	tf->ebp = 0;
	tf->eflags &= ~(EFLAGS_TF | EFLAGS_DF);
}

static inline void tf_call_again(struct trapframe *tf, uint32_t number, const uint32_t args[4])
{
	tf->eip -= 2; /* int $0x30 */
	tf->eax = number;
	tf->ebx = args[0], tf->ecx = args[1], tf->edx = args[2], tf->esi = args[3];
}

void tf_print(const struct trapframe *tf);
#endif
