/* lib/i386/fenv.c: the x87's control and status words. Programs are compiled for x87: SSE's register is left alone. (lab 3) */
#include <fenv.h>
#include <stdint.h>

#define ROUND_MASK 0xc00
#define STATUS_TRAPS 0x80 /* an exception that is not masked waits for the next instruction */

static uint16_t control(void)
{
	uint16_t word;

	__asm__ volatile("fnstcw %0" : "=m"(word));
	return word;
}

static void set_control(uint16_t word)
{
	__asm__ volatile("fnclex; fldcw %0" : : "m"(word)); /* an old exception must not trap once it is unmasked */
}

int fegetround(void)
{
	return control() & ROUND_MASK;
}

int fesetround(int mode)
{
	uint16_t word = (control() & ~ROUND_MASK) | mode;

	if (mode & ~ROUND_MASK)
		return -1;
	__asm__ volatile("fldcw %0" : : "m"(word));
	return 0;
}

int fetestexcept(int exceptions)
{
	uint16_t status;

	__asm__ volatile("fnstsw %0" : "=a"(status));
	return status & exceptions & FE_ALL_EXCEPT;
}

/* The status word can only be loaded together with control and tag words, and pointers. */
static void set_status(uint32_t off, uint32_t on)
{
	uint32_t environment[7];

	__asm__ volatile("fnstenv %0" : "=m"(environment));
	environment[1] = (environment[1] & ~off) | on;
	__asm__ volatile("fldenv %0" : : "m"(environment));
}

int feclearexcept(int exceptions)
{
	set_status((exceptions & FE_ALL_EXCEPT) | STATUS_TRAPS, 0);
	return 0;
}

int feraiseexcept(int exceptions)
{
	exceptions &= FE_ALL_EXCEPT;
	set_status(0, exceptions & ~control() ? exceptions | STATUS_TRAPS : exceptions);
	__asm__ volatile("fwait"); /* here the CPU sees that it has to trap */
	return 0;
}

int feenableexcept(int exceptions)
{
	int masked = control() & FE_ALL_EXCEPT;

	set_control(control() & ~(exceptions & FE_ALL_EXCEPT));
	return ~masked & FE_ALL_EXCEPT;
}

int fedisableexcept(int exceptions)
{
	int masked = control() & FE_ALL_EXCEPT;

	set_control(control() | (exceptions & FE_ALL_EXCEPT));
	return ~masked & FE_ALL_EXCEPT;
}
