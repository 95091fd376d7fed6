/* kern/arch/mips/fpu.c: coprocessor 1: turned on, off, saved, loaded. (lab 3)
 * On means that Status has CU1 while a thread's program runs: its frame says so (trapframe.h). One thread has it, the
 * unit's owner, and keeps it over switches: nobody is to be asked when another thread runs, which has no CU1.
 */
#include <arch/port.h>
#include <proc/proc.h>

#define CONFIG1_FP 1u
/* FCSR: (24K manual, 6.5; MIPS32 volume I, 5.6.1) */
#define FCSR_FS (1u << 24)          /* numbers too small to be normal are zero */
#define FCSR_UNIMPLEMENTED (1u << 17)
#define FCSR_CAUSES (0x3fu << 12)
#define FCSR_CAUSE_SHIFT 5          /* from an exception's enable bit to its cause bit */
#define FCSR_ENABLES (0x1fu << 7)
#define FCSR_PROGRAMS 0xff83ffffu   /* what a program may set: the rest reads as zero, or chooses encodings */

bool fpu_present(void)
{
	return cp0_read(16, 1) & CONFIG1_FP;
}

void fpu_on(struct thread *t)
{
	t->tf.leave |= STATUS_CU1;
}

void fpu_off(struct thread *t)
{
	t->tf.leave &= ~STATUS_CU1;
}

/* The kernel is compiled without floating point; this gives it the unit for the instructions between. */
static inline void begin(void)
{
	cp0_write(12, 0, STATUS_CU1);
	cp0_barrier();
}

static inline void end(void)
{
	cp0_write(12, 0, 0);
	cp0_barrier();
}

static inline uint32_t read_fcsr(void)
{
	uint32_t fcsr;

	__asm__ volatile(".set push\n\t.set hardfloat\n\tcfc1 %0, $31\n\t.set pop" : "=r"(fcsr) : : "memory");
	return fcsr;
}

/* An exception both caused and enabled would trap at once, here. */
static inline void write_fcsr(uint32_t fcsr)
{
	fcsr &= ~((fcsr & FCSR_ENABLES) << FCSR_CAUSE_SHIFT | FCSR_UNIMPLEMENTED);
	__asm__ volatile(".set push\n\t.set hardfloat\n\tctc1 %0, $31\n\t.set pop" : : "r"(fcsr) : "memory");
}

#define EACH_DOUBLE(instruction, p)                                                                          \
	__asm__ volatile(".set push\n\t.set hardfloat\n\t.irp n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30\n\t" \
			 instruction " $f\\n, \\n * 4(%0)\n\t.endr\n\t.set pop" : : "r"(p) : "memory")

void fpu_save(struct fpu_state *s)
{
	begin();
	EACH_DOUBLE("sdc1", s->registers);
	s->control = read_fcsr();
	end();
}

void fpu_load(const struct fpu_state *s)
{
	begin();
	EACH_DOUBLE("ldc1", s->registers);
	write_fcsr(s->control);
	end();
}

void fpu_fresh(struct fpu_state *s)
{
	*s = (struct fpu_state){ .control = 0 };
}

void fpu_sanitise(struct fpu_state *s)
{
	s->control &= FCSR_PROGRAMS;
}

/*
 * Numbers too small to be normal: a 24Kf computes with them only as zeros, with FS set; else it gives up with
 * "unimplemented operation" and leaves them to software. The emulator computes with them itself. So FS is 0 at first,
 * and programs have all of IEEE 754 where the unit has it; where it gives up, FS is set for that thread, for good.
 */
bool fpu_can_flush(void)
{
	begin();
	uint32_t fcsr = read_fcsr();
	bool again = (fcsr & FCSR_UNIMPLEMENTED) && !(fcsr & FCSR_FS);
	if (again)
		write_fcsr((fcsr & ~FCSR_CAUSES) | FCSR_FS);
	end();
	return again;
}
