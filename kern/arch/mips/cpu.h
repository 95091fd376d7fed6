/* kern/arch/mips/cpu.h: the CPU: its registers by name, waiting, who runs on it. (lab 3) */
#ifndef KERN_ARCH_MIPS_CPU_H
#define KERN_ARCH_MIPS_CPU_H

#define STATUS_IE 0x00000001
#define STATUS_EXL 0x00000002
#define STATUS_UM 0x00000010
#define STATUS_IM2 0x00000400 /* the 8259 pair */
#define STATUS_IM7 0x00008000 /* Count reached Compare */
#define STATUS_BEV 0x00400000
#define STATUS_CU1 0x20000000 /* floating point may be used: fpu.c */
/* What a program runs with, always, but for CU1: struct trapframe's leave. Nothing of it is taken from a program. */
#define STATUS_USER (STATUS_IM7 | STATUS_IM2 | STATUS_UM | STATUS_IE)
#define STATUS_IDLE (STATUS_IM7 | STATUS_IM2 | STATUS_IE)

#define DEBUG_DM 0x40000000   /* Debug, register 23: the CPU is in debug mode */
#define CAUSE_CODE 0x7c       /* the exception's number, times four */
#define CAUSE_IP2 0x00000400
#define CAUSE_IP7 0x00008000
#define CAUSE_BD 0x80000000   /* the trapped instruction stands in a branch's delay slot; EPC names the branch */

#define KERNEL_STACK_SIZE 8192
#define MACHINE_ELF 8 /* EM_MIPS */

#ifndef __ASSEMBLER__
/* [helpers of lab 2] Your own functions for this file. */
/* [end of helpers] */

struct cpu;
extern struct cpu cpu0;

static inline struct cpu *this_cpu(void)
{
	return &cpu0;
}

/* The same in a register, for short functions that use much of it: compilers build a known address anew each time. */
static inline struct cpu *this_cpu_kept(void)
{
	struct cpu *cpu = &cpu0;
	__asm__("" : "+r"(cpu));
	return cpu;
}

/*
 * Sleep until an interrupt was served. => interrupts are off, before and after. One that comes between the caller's
 * last look at its queue and the wait instruction is not slept through: entry.S, and trap_kernel in trap.c.
 */
void cpu_wait_for_interrupt(void);

/* A page whose address is a multiple of 4096. (entry.S) */
void page_zero(void *to);
void page_copy(void *to, const void *from);

static inline void interrupts_off(void)
{
	__asm__ volatile("di\n\tehb" : : : "memory");
}

/* Coprocessor 0. A write takes effect at the next cp0_barrier(). "memory": stores must not move past it. */
#define cp0_read(reg, sel)                                                       \
	({                                                                       \
		uint32_t cp0_value_;                                             \
		__asm__ volatile("mfc0 %0, $" #reg ", " #sel : "=r"(cp0_value_)); \
		cp0_value_;                                                      \
	})
#define cp0_write(reg, sel, value) \
	__asm__ volatile("mtc0 %z0, $" #reg ", " #sel : : "Jr"((uint32_t)(value)) : "memory")

static inline void cp0_barrier(void)
{
	__asm__ volatile("ehb" : : : "memory");
}

/* Serve the interrupts that wait, if any. => interrupts are off, before and after. */
static inline void cpu_let_interrupts_in(void)
{
	cp0_write(12, 0, STATUS_IDLE);
	cp0_barrier();
	cp0_write(12, 0, 0);
	cp0_barrier();
}

/* Code was written at p: make the instruction fetch see it. */
static inline void sync_icache(const void *p, size_t n)
{
	uintptr_t line, step;
	__asm__ volatile("rdhwr %0, $1" : "=r"(step));
	for (line = (uintptr_t)p; step && line < (uintptr_t)p + n; line += step)
		__asm__ volatile("synci 0(%0)" : : "r"(line) : "memory");
	__asm__ volatile("sync\n\tehb" : : : "memory");
}

/*
 * The switch between address spaces: as few instructions as it can be. The wired pair is global, so its EntryHi may
 * carry the new ASID, which then stays there. No second window is open, so its half of the pair is empty. asid: the pmap's,
 * which must have one (mmu_ready); the caller keeps this_cpu()->pmap.
 */
#define PD_PAIR ROUND_DOWN(PD_base, 2 * PAGE_SIZE) /* the wired pair's address */
static inline bool mmu_ready(uint32_t asid)
{
	return asid;
}
static inline void mmu_switch(paddr_t directory, uint32_t asid, uint32_t self)
{
	cp0_write(0, 0, 0);
	cp0_write(10 /* EntryHi */, 0, asid);
	cp0_write(2, 0, PDX(PT_base) % 2 ? MIPS_G : self);
	cp0_write(3, 0, PDX(PT_base) % 2 ? self : MIPS_G);
	cp0_barrier();
	__asm__ volatile("tlbwi\n\tehb" : : : "memory");
}

/*
 * Forget va's pair, of the loaded pmap: the buddy is read again from its entry when it is wanted. Each fault comes here:
 * no spare steps. EntryHi's ASID is the loaded pmap's at all times but in here and in mmu.c.
 */
#define TLB_NOWHERE(index) (KERNEL_BASE + (index) * 2 * PAGE_SIZE) /* never reaches the TLB; one for each entry */
static inline void mmu_forget(uint32_t asid, uint32_t va)
{
	/*
	 * [lab 2.5, 1 point] Probe (tlbp) for va's pair, whose EntryHi (register 10) is the pair's address and asid's
	 * low eight bits; asid may hold more. Index (register 0) then names the entry, or is negative; 0 is the wired
	 * one, and stays. The one found becomes an invalid pair (EntryLo0 and EntryLo1: registers 2 and 3) somewhere
	 * harmless: TLB_NOWHERE(index), for no two entries may ever match the same address. At the end EntryHi is asid
	 * again. cp0_barrier() between a write to coprocessor 0 and what depends on it.
	 */
	cp0_write(10, 0, ROUND_DOWN(va, 2 * PAGE_SIZE) | (asid & 0xff));
	cp0_barrier();
	__asm__ volatile("tlbp\n\tehb" : : : "memory");
	int32_t index = cp0_read(0, 0);
	if (index > 0) { /* 0 is the wired one */
		cp0_write(10, 0, TLB_NOWHERE(index));
		cp0_write(2, 0, 0);
		cp0_write(3, 0, 0);
		cp0_barrier();
		__asm__ volatile("tlbwi" : : : "memory"); /* the barrier below will do */
	}
	cp0_write(10, 0, asid);
	cp0_barrier();
	/* [end of lab 2.5] */
}

/* Not said to be noreturn: compilers would make a stack frame, to call what they can jump to. */
void trap_return_message(struct thread *thread);

/* Kernel entry finds the thread through cpu0. */
static inline void trap_set_thread(struct thread *thread)
{
}
#endif

#endif
