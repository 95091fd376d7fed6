/* kern/mem/test_formulas.c: host unit test of formulas.h: in all 1024 slots the sums say what the digits say. (lab 2) */
#include <stdbool.h>
#include <stdio.h>
#include "formulas.h"

static unsigned failures;

static void result(const char *name, const char *why)
{
	printf(why ? "FAIL %s: %s\n" : "PASS %s\n", name, why);
	failures += why != NULL;
}

static const char *differ(const char *what, uint32_t base, uint32_t va, uint32_t is, uint32_t should)
{
	static char text[200];
	if (is == should)
		return NULL;
	snprintf(text, sizeof(text), "%s of 0x%08x, with PT_base 0x%08x, is 0x%08x, should be 0x%08x", what, va, base, is, should);
	return text;
}

static const char *entry_differs(uint32_t base, uint32_t va)
{
	return differ("the entry", base, va, entry_of(base, va), SELFMAP_PTE_OF(base, va));
}

static const char *page_differs(uint32_t base, uint32_t va)
{
	uint32_t at = SELFMAP_PTE_OF(base, va) + va % 4; /* any byte of the entry */
	return differ("the page", base, at, page_of(base, at), va & ~(PAGE_SIZE - 1));
}

static const char *directory_differs(uint32_t base, uint32_t va)
{
	return differ("the directory", base, va, directory_of(base), SELFMAP_PD_BASE(base));
}

static const char *self_differs(uint32_t base, uint32_t va)
{
	return differ("the self entry", base, va, self_entry_of(base), SELFMAP_PDE_SELF(base));
}

static void in_all_slots(const char *name, const char *(*differs)(uint32_t base, uint32_t va))
{
	static const uint32_t special[] = { 0, 1, 0xfff, 0x1000, 0x3fffff, 0x400000, 0x7fffffff, 0x80000000, 0xfffff000, 0xffffffff };
	for (uint32_t t = 0; t < ENTRIES; t++)
		for (unsigned i = 0; i < 100; i++) {
			uint32_t base = t << PDE_SHIFT;
			const char *why = differs(base, i < 10 ? special[i] : i < 20 ? base + special[i - 10] : i * 0x9e3779b1u + t);
			if (why)
				return result(name, why);
		}
	result(name, NULL);
}

int main(void)
{
	in_all_slots("formulas entry_of", entry_differs);
	in_all_slots("formulas page_of", page_differs);
	in_all_slots("formulas directory_of", directory_differs);
	in_all_slots("formulas self_entry_of", self_differs);
	return failures != 0;
}
