/* lib/mips/probe_float.c: the registers of coprocessor 1, for tests of who gets to see them. (lab 3) */
#include <probe.h>
#include <string.h>

enum { DOUBLES = 16, FCSR = 32, WORDS = 33 };
#define FCSR_OURS 0xff83ffffu /* the rest is the CPU's kind */

/* The compiler is not told that registers change, or it would bring back those that belong to the caller. */
#define EACH_DOUBLE(instruction, f)                                                                         \
	__asm__ volatile(".irp n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30\n\t" instruction \
			 " $f\\n, \\n * 4(%0)\n\t.endr" : : "r"(f->bytes) : "memory")

void probe_float_plant(struct probe_float *f, uint32_t seed)
{
	uint32_t *words = (uint32_t *)f->bytes;

	memset(f, 0, sizeof(*f));
	for (unsigned i = 0; i < 2 * DOUBLES; i++)
		words[i] = seed * (i + 1) * 2654435761u | 1;
	words[FCSR] = 0x02800000 | (seed & 3); /* two condition codes, a rounding mode */
	__asm__ volatile("ctc1 %0, $31" : : "r"(words[FCSR]));
	EACH_DOUBLE("ldc1", f);
}

void probe_float_read(struct probe_float *f)
{
	uint32_t fcsr;

	memset(f, 0, sizeof(*f));
	EACH_DOUBLE("sdc1", f);
	__asm__ volatile("cfc1 %0, $31" : "=r"(fcsr));
	((uint32_t *)f->bytes)[FCSR] = fcsr & FCSR_OURS;
}

bool probe_float_same(const struct probe_float *a, const struct probe_float *b)
{
	return memcmp(a->bytes, b->bytes, WORDS * 4) == 0;
}

bool probe_float_fresh(const struct probe_float *f)
{
	static const struct probe_float fresh;

	return probe_float_same(f, &fresh);
}

bool probe_float_is_context(void)
{
	return true;
}
