/* lib/i386/probe_float.c: the registers of x87 and SSE, for tests of who gets to see them. (lab 3) */
#include <probe.h>
#include <string.h>

enum { CONTROL = 0, TAGS = 4, MXCSR = 24, ST = 32, XMM = 160, END = 288 };

static bool has_sse(void)
{
	uint32_t a = 1, b, c, d;

	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
	return d >> 25 & 1;
}

/* Patterns of 80 bits that no load turns into others: normal numbers. Without SSE there are no registers behind them. */
void probe_float_plant(struct probe_float *f, uint32_t seed)
{
	uint32_t *words = (uint32_t *)f->bytes;

	probe_float_read(f);
	for (unsigned at = ST; at < (has_sse() ? END : XMM); at += 4)
		words[at / 4] = seed * at * 2654435761u | 1;
	for (unsigned at = ST; at < XMM; at += 16) {
		words[at / 4 + 1] |= 0x80000000;
		words[at / 4 + 2] = 0x3fff;
		words[at / 4 + 3] = 0;
	}
	f->bytes[TAGS] = 0; /* empty, as between functions: else the next load would overflow. They hold what they hold */
	__asm__ volatile("fxrstor %0" : : "m"(*f));
}

void probe_float_read(struct probe_float *f)
{
	memset(f, 0, sizeof(*f));
	__asm__ volatile("fxsave %0" : "=m"(*f));
}

bool probe_float_same(const struct probe_float *a, const struct probe_float *b)
{
	return memcmp(a->bytes, b->bytes, 5) == 0 && memcmp(a->bytes + MXCSR, b->bytes + MXCSR, 4) == 0 &&
	       memcmp(a->bytes + ST, b->bytes + ST, END - ST) == 0;
}

bool probe_float_fresh(const struct probe_float *f)
{
	static const uint8_t control[] = { 0x7f, 0x02, 0, 0, 0 };

	for (unsigned i = ST; i < END; i++)
		if (f->bytes[i])
			return false;
	return memcmp(f->bytes, control, sizeof(control)) == 0 && (!has_sse() || *(uint32_t *)(f->bytes + MXCSR) == 0x1f80);
}
