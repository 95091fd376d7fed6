/* kern/arch/i386/fpu.c: x87 and SSE: turned on, off, saved, loaded. (lab 3)
 * Off means CR0.TS: the next instruction that needs the unit traps (vector 7). TS is the CPU's, not a thread's: while
 * the unit is on, schedule() has been asked to turn it off before anybody else runs.
 */
#include <arch/port.h>
#include <proc/proc.h>
#include "shared.h"

#define CPUID_FXSR (1u << 24)
#define CPUID_SSE (1u << 25)
/*
 * All exceptions masked, round to nearest, and 53 bits of precision, not 64: a double is then computed as it is stored,
 * rounded once, and results are the same as on machines that have no wider registers.
 */
#define CONTROL_FRESH 0x027f
#define MXCSR_FRESH 0x1f80
#define MXCSR_FIRST_MASK 0xffbf /* of CPUs that report none (SDM vol. 1, 11.6.6) */

static bool fxsave, sse;

static uint32_t read_cr0(void)
{
	uint32_t value;

	asm volatile("mov %%cr0, %0" : "=r"(value));
	return value;
}

static void write_cr0(uint32_t value)
{
	asm volatile("mov %0, %%cr0" : : "r"(value) : "memory");
}

/* Turned off, until somebody wants it. (boot/i386/entry.S has set EM: there was nobody to take the trap.) */
void fpu_init(void)
{
	uint32_t a = 1, b, c, d, cr4;

	asm volatile("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
	fxsave = d & CPUID_FXSR;
	sse = fxsave && d & CPUID_SSE;
	asm volatile("mov %%cr4, %0" : "=r"(cr4));
	cr4 |= (fxsave ? CR4_OSFXSR : 0) | (sse ? CR4_OSXMMEXCPT : 0);
	asm volatile("mov %0, %%cr4" : : "r"(cr4));
	write_cr0((read_cr0() & ~CR0_EM) | CR0_MP | CR0_TS);
}

bool fpu_present(void)
{
	return true;
}

void fpu_on(struct thread *t)
{
	asm volatile("clts");
	sched_guard_fpu();
}

void fpu_off(struct thread *t)
{
	write_cr0(read_cr0() | CR0_TS);
}

/* In the kernel, too, TS would trap; it stays as it was. */
void fpu_save(struct fpu_state *s)
{
	uint32_t cr0 = read_cr0();

	asm volatile("clts");
	if (fxsave)
		asm volatile("fxsave %0" : "=m"(*s));
	else
		asm volatile("fnsave %0; frstor %0" : "+m"(*s)); /* it clears the unit, which goes on as it was */
	write_cr0(cr0);
}

/* What the unit held is lost, with the exceptions it would have raised. */
void fpu_load(const struct fpu_state *s)
{
	uint32_t cr0 = read_cr0();

	asm volatile("clts; fnclex");
	if (fxsave)
		asm volatile("fxrstor %0" : : "m"(*s));
	else
		asm volatile("frstor %0" : : "m"(*s));
	write_cr0(cr0);
}

void fpu_fresh(struct fpu_state *s)
{
	*s = (struct fpu_state){ .control = CONTROL_FRESH, .mxcsr = MXCSR_FRESH };
	if (!fxsave)
		s->fnsave_tags = 0xffff; /* all empty */
}

/* fxrstor faults at bits of MXCSR that the CPU does not have. */
void fpu_sanitise(struct fpu_state *s)
{
	static struct fpu_state probe;

	if (!fxsave)
		return;
	if (!probe.mxcsr_mask) {
		fpu_save(&probe);
		probe.mxcsr_mask = probe.mxcsr_mask ? probe.mxcsr_mask : MXCSR_FIRST_MASK;
	}
	s->mxcsr &= probe.mxcsr_mask;
}
