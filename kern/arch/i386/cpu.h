/* kern/arch/i386/cpu.h: the current CPU; interrupts on, off, and waiting for one. (lab 3) */
#ifndef KERN_ARCH_I386_CPU_H
#define KERN_ARCH_I386_CPU_H

#include <elf.h>

#define MACHINE_ELF ELF_I386

extern struct cpu cpu0; /* trap.c; entry.S knows its first two members */

static inline struct cpu *this_cpu(void)
{
	return &cpu0;
}

static inline struct cpu *this_cpu_kept(void)
{
	return &cpu0;
}

static inline void interrupts_off(void)
{
	asm volatile("cli" : : : "memory");
}

/*
 * Sleep until an interrupt was served. => interrupts are off, before and after. sti takes effect after the instruction
 * that follows it, so none can come between the caller's last look at its queue and hlt: no wake-up is lost.
 */
static inline void cpu_wait_for_interrupt(void)
{
	asm volatile("sti; hlt; cli" : : : "memory");
}

/* Serve the interrupts that wait, if any. => interrupts are off, before and after. */
static inline void cpu_let_interrupts_in(void)
{
	asm volatile("sti; nop; cli" : : : "memory");
}

/* 1024 words of a page, whose address is a multiple of 4096. */
static inline void page_zero(void *to)
{
	unsigned n = 1024;

	asm volatile("rep stosl" : "+D"(to), "+c"(n) : "a"(0) : "memory");
}

static inline void page_copy(void *to, const void *from)
{
	unsigned n = 1024;

	asm volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
}

/* CR3 by itself; the caller keeps this_cpu()->pmap. (MIPS has more to say about these two.) */
static inline bool mmu_ready(uint32_t asid)
{
	return true;
}
static inline void mmu_switch(uint32_t directory, uint32_t asid, uint32_t self)
{
	asm volatile("mov %0, %%cr3" : : "r"(directory) : "memory");
}

static inline void mmu_forget(uint32_t asid, uint32_t va)
{
	tlb_forget(va);
}

void trap_set_thread(struct thread *thread);
void trap_return_message(struct thread *thread) __attribute__((noreturn));

#endif
