/* lib/i386/probe_float.c: the registers of x87 and SSE, for tests of who gets to see them. (lab 3) */
#include <probe.h>
#include <string.h>

enum { CONTROL = 0, TAGS = 4, MXCSR = 24, ST = 32, XMM = 160, END = 288 };

static bool feature(unsigned bit)
{
	uint32_t a = 1, b, c, d;

	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
	return d >> bit & 1;
}

static bool has_sse(void)
{
	return feature(25);
}

static bool has_fxsave(void)
{
	return feature(24);
}

/* What fnsave stores, on CPUs without fxsave: tags have two bits a register, 3 for empty. */
struct old_state {
	uint16_t control, unused1, status, unused2, tags, unused3;
	uint32_t pointers[4];
	uint8_t registers[8][10];
};

static void load(const struct probe_float *f)
{
	struct old_state old = { .tags = 0xffff };

	if (has_fxsave()) {
		__asm__ volatile("fxrstor %0" : : "m"(*f));
		return;
	}
	memcpy(&old.control, f->bytes + CONTROL, 2);
	memcpy(&old.status, f->bytes + CONTROL + 2, 2);
	for (int i = 0; i < 8; i++)
		memcpy(old.registers[i], f->bytes + ST + i * 16, 10);
	__asm__ volatile("frstor %0" : : "m"(old));
}

static void save(struct probe_float *f)
{
	struct old_state old;

	if (has_fxsave()) {
		__asm__ volatile("fxsave %0" : "=m"(*f));
		return;
	}
	__asm__ volatile("fnsave %0; frstor %0" : "=m"(old));
	memcpy(f->bytes + CONTROL, &old.control, 2);
	memcpy(f->bytes + CONTROL + 2, &old.status, 2);
	for (int i = 0; i < 8; i++) {
		f->bytes[TAGS] |= (old.tags >> i * 2 & 3) != 3 ? 1 << i : 0;
		memcpy(f->bytes + ST + i * 16, old.registers[i], 10);
	}
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
	load(f);
}

void probe_float_read(struct probe_float *f)
{
	memset(f, 0, sizeof(*f));
	save(f);
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

bool probe_float_is_context(void)
{
	return has_fxsave();
}
