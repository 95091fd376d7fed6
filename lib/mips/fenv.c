/* lib/mips/fenv.c: coprocessor 1's control register, FCSR. (lab 3) */
#include <fenv.h>
#include <stdint.h>

#define ROUND_MASK 3u
#define ENABLE_SHIFT 5 /* from an exception's flag to the bit that makes it trap */
#define CAUSE_SHIFT 10 /* to the bit that says what the last instruction met */
#define CAUSES 0x3f000u

static uint32_t read_fcsr(void)
{
	uint32_t fcsr;

	__asm__ volatile("cfc1 %0, $31" : "=r"(fcsr));
	return fcsr;
}

/* What the last instruction met must not trap once it is enabled. */
static void write_fcsr(uint32_t fcsr)
{
	__asm__ volatile("ctc1 %0, $31" : : "r"(fcsr & ~CAUSES));
}

int fegetround(void)
{
	return read_fcsr() & ROUND_MASK;
}

int fesetround(int mode)
{
	if (mode & ~ROUND_MASK)
		return -1;
	write_fcsr((read_fcsr() & ~ROUND_MASK) | mode);
	return 0;
}

int fetestexcept(int exceptions)
{
	return read_fcsr() & exceptions & FE_ALL_EXCEPT;
}

int feclearexcept(int exceptions)
{
	write_fcsr(read_fcsr() & ~(uint32_t)(exceptions & FE_ALL_EXCEPT));
	return 0;
}

int feraiseexcept(int exceptions)
{
	uint32_t fcsr = read_fcsr() | (exceptions & FE_ALL_EXCEPT);

	__asm__ volatile("ctc1 %0, $31" : : "r"((fcsr & ~CAUSES) | (exceptions & FE_ALL_EXCEPT) << CAUSE_SHIFT));
	return 0;
}

static int enabled(uint32_t fcsr)
{
	return fcsr >> ENABLE_SHIFT & FE_ALL_EXCEPT;
}

int feenableexcept(int exceptions)
{
	uint32_t fcsr = read_fcsr();

	write_fcsr(fcsr | (exceptions & FE_ALL_EXCEPT) << ENABLE_SHIFT);
	return enabled(fcsr);
}

int fedisableexcept(int exceptions)
{
	uint32_t fcsr = read_fcsr();

	write_fcsr(fcsr & ~((exceptions & FE_ALL_EXCEPT) << ENABLE_SHIFT));
	return enabled(fcsr);
}
