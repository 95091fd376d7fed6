/* inc/test_selfmap.c: host unit test of the self-map's arithmetic, over all 1024 slots. (lab 2) */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include "selfmap.h"

static unsigned failures;

static void result(const char *name, const char *why)
{
	if (why)
		printf("FAIL %s: %s\n", name, why);
	else
		printf("PASS %s\n", name);
	failures += why != NULL;
}

/*
 * The independent computation: a walk by index digits, (directory index)(table index)(offset), with no formula in it.
 * The window shows table k at digits (t)(k), and entry n of it at offset 4n.
 */
static uint32_t digits(uint32_t directory, uint32_t table, uint32_t offset)
{
	return directory * 0x400000u + table * 0x1000u + offset;
}
static uint32_t walk_pte(uint32_t t, uint32_t va)
{
	return digits(t, va / 0x400000u, 4 * (va / 0x1000u % 1024));
}
static uint32_t walk_pde(uint32_t t, uint32_t va)
{
	return digits(t, t, 4 * (va / 0x400000u));
}

/* Addresses that matter for slot t, and some that are spread over all of memory. */
static uint32_t sample(uint32_t t, unsigned i)
{
	uint32_t base = t << 22;
	uint32_t special[] = { 0, 1, 0xFFF, 0x1000, 0x08048123, 0x3FFFFF, 0x400000, 0x7FBFFFFF, 0x7FC00000, 0x7FFFFFFF,
		0x80000000, 0x80200000, 0xBFFFFFFF, 0xC0000000, 0xFFC00000, 0xFFFFF000, 0xFFFFFFFF, base, base + 4,
		base + 0x3FFFFF, base - 1, base ^ 0x400000, walk_pte(t, base), walk_pde(t, base) };
	unsigned n = sizeof(special) / sizeof(special[0]);

	return i < n ? special[i] : (i - n) * 0x9E3779B1u + t * 0x85EBCA6Bu;
}
#define SAMPLES 400

/* Says in `text` where a computed address differs; NULL when it does not. */
static const char *differ(const char *what, uint32_t t, uint32_t va, uint32_t is, uint32_t should)
{
	static char text[200];

	if (is == should)
		return NULL;
	snprintf(text, sizeof(text), "%s of 0x%08x at slot 0x%03x is 0x%08x, should be 0x%08x", what, va, t, is, should);
	return text;
}

typedef const char *(*per_slot)(uint32_t t, uint32_t base);

static void over_all_slots(const char *name, per_slot check)
{
	const char *why = NULL;

	for (uint32_t t = 0; t < 1024 && !why; t++)
		why = check(t, t << 22);
	result(name, why);
}

static const char *check_bases(uint32_t t, uint32_t base)
{
	const char *why = differ("the slot", t, base, SELFMAP_SLOT(base), t);

	if (!why)
		why = differ("PD_base", t, base, SELFMAP_PD_BASE(base), digits(t, t, 0));
	if (!why)
		why = differ("PDE_self", t, base, SELFMAP_PDE_SELF(base), digits(t, t, 4 * t));
	return why;
}

static const char *check_pte(uint32_t t, uint32_t base)
{
	const char *why = NULL;

	for (unsigned i = 0; i < SAMPLES && !why; i++)
		why = differ("the PTE", t, sample(t, i), SELFMAP_PTE_OF(base, sample(t, i)), walk_pte(t, sample(t, i)));
	return why;
}

static const char *check_pde(uint32_t t, uint32_t base)
{
	const char *why = NULL;

	for (unsigned i = 0; i < SAMPLES && !why; i++)
		why = differ("the PDE", t, sample(t, i), SELFMAP_PDE_OF(base, sample(t, i)), walk_pde(t, sample(t, i)));
	return why;
}

static const char *check_tables(uint32_t t, uint32_t base)
{
	const char *why = NULL;

	for (uint32_t k = 0; k < 1024 && !why; k++)
		why = differ("table k", t, k << 22, SELFMAP_TABLE(base, k), digits(t, k, 0));
	return why;
}

static const char *check_inverse(uint32_t t, uint32_t base)
{
	const char *why = NULL;

	for (unsigned i = 0; i < SAMPLES && !why; i++) {
		uint32_t va = sample(t, i);

		why = differ("the page", t, va, SELFMAP_PAGE_OF(base, walk_pte(t, va)), va & ~0xFFFu);
	}
	return why;
}

static uint32_t f(uint32_t base, uint32_t va)
{
	return SELFMAP_PTE_OF(base, va);
}

/* f(0) = PT_base, f(PT_base) = PD_base, f(PD_base) = PDE_self, f(PDE_self) = PDE_self. */
static const char *check_chain(uint32_t t, uint32_t base)
{
	const char *why = differ("f", t, 0, f(base, 0), base);

	if (!why)
		why = differ("f", t, base, f(base, base), SELFMAP_PD_BASE(base));
	if (!why)
		why = differ("f", t, SELFMAP_PD_BASE(base), f(base, SELFMAP_PD_BASE(base)), SELFMAP_PDE_SELF(base));
	if (!why)
		why = differ("f", t, SELFMAP_PDE_SELF(base), f(base, SELFMAP_PDE_SELF(base)), SELFMAP_PDE_SELF(base));
	return why;
}

static const char *check_twice(uint32_t t, uint32_t base)
{
	const char *why = NULL;

	for (unsigned i = 0; i < SAMPLES && !why; i++)
		why = differ("f(f)", t, sample(t, i), f(base, f(base, sample(t, i))), SELFMAP_PDE_OF(base, sample(t, i)));
	return why;
}

static const char *check_thrice(uint32_t t, uint32_t base)
{
	const char *why = NULL;

	for (unsigned i = 0; i < SAMPLES && !why; i++)
		why = differ("f(f(f))", t, sample(t, i), f(base, f(base, f(base, sample(t, i)))), SELFMAP_PDE_SELF(base));
	return why;
}

/*
 * The only fixed point: f(va) lies inside the window, so only entry addresses of the window itself can be fixed; all
 * 2^20 of one slot are tried for a few slots, and the directory's 1024 for every slot.
 */
static const char *check_fixed_point(uint32_t t, uint32_t base)
{
	uint32_t self = SELFMAP_PDE_SELF(base);
	bool whole = t % 341 == 0 || t == 0x300 || t == 0x3BD;
	uint32_t first = whole ? base : SELFMAP_PD_BASE(base), count = whole ? 1u << 20 : 1024;

	for (uint32_t i = 0; i < count; i++)
		if ((f(base, first + 4 * i) == first + 4 * i) != (first + 4 * i == self))
			return differ("a fixed point", t, first + 4 * i, first + 4 * i, self);
	return NULL;
}

static void check_worked_rows(void)
{
	static const uint32_t rows[][6] = { /* PT_base, t, PD_base, PDE_self, PTE of 0x08048123, PDE of it */
		{ 0xC0000000, 0x300, 0xC0300000, 0xC0300C00, 0xC0020120, 0xC0300080 },
		{ 0xFFC00000, 0x3FF, 0xFFFFF000, 0xFFFFFFFC, 0xFFC20120, 0xFFFFF080 },
		{ 0xEF400000, 0x3BD, 0xEF7BD000, 0xEF7BDEF4, 0xEF420120, 0xEF7BD080 },
		{ 0x7FC00000, 0x1FF, 0x7FDFF000, 0x7FDFF7FC, 0x7FC20120, 0x7FDFF080 },
		{ 0x80000000, 0x200, 0x80200000, 0x80200800, 0x80020120, 0x80200080 },
	};
	const char *why = NULL;

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]) && !why; i++) {
		const uint32_t *r = rows[i];

		if (!why) why = differ("slot", r[1], r[0], SELFMAP_SLOT(r[0]), r[1]);
		if (!why) why = differ("PD_base", r[1], r[0], SELFMAP_PD_BASE(r[0]), r[2]);
		if (!why) why = differ("PDE_self", r[1], r[0], SELFMAP_PDE_SELF(r[0]), r[3]);
		if (!why) why = differ("PTE", r[1], 0x08048123, SELFMAP_PTE_OF(r[0], 0x08048123), r[4]);
		if (!why) why = differ("PDE", r[1], 0x08048123, SELFMAP_PDE_OF(r[0], 0x08048123), r[5]);
	}
	result("selfmap worked rows", why);
}

/* The macros must take expressions as arguments: an unparenthesised parameter would bind wrongly. */
static void check_arguments(void)
{
	uint32_t low = 0xC0000000, one = 0x00400000;
	const char *why = differ("PD_base of a sum", 0x301, low, SELFMAP_PD_BASE(low + one), 0xC0701000);

	if (!why)
		why = differ("PTE of a sum", 0x301, low, SELFMAP_PTE_OF(low | one, 0x08048000 + 0x123), 0xC0420120);
	if (!why)
		why = differ("page of a sum", 0x301, low, SELFMAP_PAGE_OF(low | one, 0xC0420000 + 0x120), 0x08048000);
	if (!why)
		why = differ("table of a sum", 0x301, low, SELFMAP_TABLE(low | one, 0x20 + 1), 0xC0421000);
	result("selfmap macro arguments", why);
}

/* Wrong forms that look right. Each must differ from the right one, else it could hide in the sources. */
static uint32_t wrong_precedence(uint32_t base)
{
	uint32_t twice = base + base;

	return twice >> 10; /* what C makes of: base + base >> 10 */
}
static uint32_t wrong_signed(uint32_t base)
{
	return base + (uint32_t)((int32_t)base >> 10);
}
static uint32_t wrong_level(uint32_t base)
{
	return base; /* one level early: the first table taken for the directory */
}
static uint32_t wrong_pte_shift(uint32_t base, uint32_t va)
{
	return base + ((va >> 9) & ~3u); /* the 64-bit machines' shift */
}
static uint32_t wrong_self_level(uint32_t base)
{
	return SELFMAP_PD_BASE(base); /* PDE_self one level early is PD_base */
}

static void expect_wrong(const char *name, uint32_t base, uint32_t wrong, uint32_t exactly, uint32_t right)
{
	char why[120];

	snprintf(why, sizeof(why), "at 0x%08x it gives 0x%08x, expected the wrong 0x%08x; the right value is 0x%08x", base,
	  wrong, exactly, right);
	result(name, wrong != right && wrong == exactly ? NULL : why);
}

static void check_wrong_forms(void)
{
	uint32_t base = 0xC0000000, high = 0x80000000;

	expect_wrong("selfmap wrong form: missing parentheses", base, wrong_precedence(base), 0x00200000,
	  SELFMAP_PD_BASE(base));
	expect_wrong("selfmap wrong form: signed shift", high, wrong_signed(high), 0x7FE00000, SELFMAP_PD_BASE(high));
	expect_wrong("selfmap wrong form: shift by 9", base, wrong_pte_shift(base, 0x08048123), 0xC0040240,
	  SELFMAP_PTE_OF(base, 0x08048123));
	expect_wrong("selfmap wrong form: directory one level early", base, wrong_level(base), 0xC0000000,
	  SELFMAP_PD_BASE(base));
	expect_wrong("selfmap wrong form: self entry one level early", base, wrong_self_level(base), 0xC0300000,
	  SELFMAP_PDE_SELF(base));
}

int main(void)
{
	over_all_slots("selfmap bases", check_bases);
	over_all_slots("selfmap PTE addresses", check_pte);
	over_all_slots("selfmap PDE addresses", check_pde);
	over_all_slots("selfmap table addresses", check_tables);
	over_all_slots("selfmap inverse", check_inverse);
	over_all_slots("selfmap chain", check_chain);
	over_all_slots("selfmap f(f(va)) is the PDE", check_twice);
	over_all_slots("selfmap f(f(f(va))) is PDE_self", check_thrice);
	over_all_slots("selfmap only fixed point", check_fixed_point);
	check_worked_rows();
	check_arguments();
	check_wrong_forms();
	return failures != 0;
}
