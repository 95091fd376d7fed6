/* lib/include/probe.h: what programs may not do, and what the kernel must keep for them: for tests. (lab 3)
 * The same functions on each machine; lib/<machine>/ has them.
 */
#ifndef LIB_PROBE_H
#define LIB_PROBE_H

#include <stdbool.h>
#include <stdint.h>

/* A value that the compiler knows nothing of, so that it can't see the mistake we are after. */
#define OPAQUE(value)                            \
	({                                       \
		__typeof__(value) v_ = (value);  \
		__asm__ volatile("" : "+r"(v_)); \
		v_;                              \
	})

/* Instructions that only the kernel may use. The process must end at each. */
struct probe {
	const char *name;
	void (*run)(void);
};
extern const struct probe probe_privileged[];
extern const unsigned probe_privileged_count;

void probe_breakpoint(void);
void probe_illegal(void);
bool probe_misaligned_dies(void); /* does this machine forbid misaligned loads? */

/* Any system call number, any arguments. */
long probe_call4(uint32_t number, uint32_t a, uint32_t b, uint32_t c, uint32_t d);
static inline long probe_call(uint32_t number, uint32_t a, uint32_t b, uint32_t c)
{
	return probe_call4(number, a, b, c, 0);
}

/*
 * Put value into the registers by which a careless kernel could be fooled (MIPS: k0 and k1; i386: the segment
 * registers, which take no such value: null selectors), then read *p, or ask for the process id.
 */
uint32_t probe_forged_read(uint32_t value, volatile uint32_t *p);
long probe_forged_getpid(uint32_t value);

/* 0, or a register's number (i386: 1 eax .. 7 ebp, 8 flags) + 1 that is not what it was. */
int probe_registers_spin(uint32_t turns); /* all of them, over so many turns of a loop in which interrupts come */
int probe_registers_call(void);           /* after a system call: kept, or scrubbed, as inc/syscall.h says */

/* Has the program nothing that only the kernel may have: interrupts off, ports, another mode? */
bool probe_unprivileged(void);
/* May a program that sets this bit of this word in its struct registers be ended by it? (a single step is a trap) */
bool probe_flag_ends(unsigned word, unsigned bit);

/* All registers of the floating-point unit that a program can reach, in this machine's own layout; what they hold is ours. */
#define PROBE_FLOAT_BYTES 512
struct probe_float { uint8_t bytes[PROBE_FLOAT_BYTES]; } __attribute__((aligned(16)));
void probe_float_plant(struct probe_float *f, uint32_t seed); /* a pattern made of seed goes into them, and into *f */
void probe_float_read(struct probe_float *f);
bool probe_float_same(const struct probe_float *a, const struct probe_float *b); /* in what a program may rely on */
bool probe_float_fresh(const struct probe_float *f); /* all zero, as at a program's start */
bool probe_float_is_context(void); /* a context's registers are laid out so, too; on PCs without fxsave they are not */

/* In a handler's context: a SIGTRAP after each instruction from there on, or no more. Nothing, where PROBE_STEPS is 0. */
struct registers;
void probe_step(struct registers *r, bool on);

/* Two instructions a turn. */
void probe_loop(uint32_t turns);

#endif
