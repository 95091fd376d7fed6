/* kern/mem/audit.c: counts every frame's owners over all address spaces, and compares. (lab 2) */
#include <mem/entry.h>
#include <core/core.h>
#include <string.h>

static unsigned faults;

__attribute__((format(printf, 2, 3))) static void complain(paddr_t pa, const char *fmt, ...)
{
	va_list ap;
	printf("audit: frame 0x%08x: ", pa);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	faults++;
}

static bool uses_counter(const struct frame *f)
{
	return f->kind == FRAME_USER || f->kind == FRAME_RESERVED;
}

/* One entry names this frame as a page. */
static void count_page(paddr_t pa, vaddr_t va)
{
	if (!frame_known(pa)) {
		complain(pa, "mapped at 0x%08x, but no frame of ours", va);
		return;
	}
	struct frame *f = frame_of(pa);
	if (uses_counter(f))
		f->counted++;
	else
		complain(pa, "mapped at 0x%08x as a page, but its kind is %u", va, f->kind);
}

/* One directory entry, or one pmap, names this frame. There may be only one. */
static bool count_table(paddr_t pa, enum frame_kind kind)
{
	if (!frame_known(pa)) {
		complain(pa, "a table, but no frame of ours");
		return false;
	}
	struct frame *f = frame_of(pa);
	if (f->kind != kind || f->refs != 1 || f->mark) {
		complain(pa, "table of kind %u, refs %u, %s", f->kind, f->refs, f->mark ? "linked twice" : "misused");
		return false;
	}
	f->mark = 1;
	return true;
}

/* What an entry holds. */
static void count_entry(pte_t e, vaddr_t va)
{
	if (pte_present(e) || pte_kind(e) == PTE_HELD)
		count_page(pte_addr(e), va);
	else if (pte_kind(e) == PTE_OBJECT && !mapping_count_entry(pte_payload(e)))
		complain(0, "the entry of 0x%08x names mapping %u, which is not there", va, pte_payload(e));
}

/* The first n entries of the table at pa: what they hold, and what is below them; and whether its record says the same. */
static void audit_table(paddr_t pa, unsigned level, vaddr_t va, unsigned n)
{
	const struct frame *f = frame_of(pa);
	const pte_t *table = frame_ptr(pa);
	unsigned used = 0, low = ENTRIES, high = 0;
	for (unsigned i = 0; i < n; i++) {
		pte_t e = table[i];
		if (pte_empty(e))
			continue;
		used++;
		low = MIN(low, i);
		high = i;
		if (level == 1 || !pte_present(e))
			count_entry(e, va + i * span_of(level));
		else if (count_table(pte_addr(e), FRAME_TABLE))
			audit_table(pte_addr(e), level - 1, va + i * span_of(level), ENTRIES);
	}
	if (used != f->used)
		complain(pa, "table has %u entries, its record says %u", used, f->used);
	else if (used && (low < f->low || high > f->high))
		complain(pa, "entries %u..%u are outside its record's bounds %u..%u", low, high, f->low, f->high);
}

static void audit_pmap(const struct pmap *pmap)
{
	if (!count_table(pmap->directory, FRAME_DIR))
		return;
	const pde_t *pd = frame_ptr(pmap->directory);
	if (!pte_same(pd[PDX(PT_base)], pde_window(pmap->directory)))
		complain(pmap->directory, "directory whose self entry is 0x%08x", pd[PDX(PT_base)]);
	for (unsigned k = 0; k < PDX(UTOP); k++)
		if (pte_empty(pd[k]) == (pmap->there[k / 32] >> k % 32 & 1))
			complain(pmap->directory, "directory entry %u is 0x%08x, but its bit says otherwise", k, pd[k]);
	audit_table(pmap->directory, MMU_LEVELS, 0, PDX(UTOP));
}

static void compare(paddr_t pa, const struct frame *f)
{
	uint32_t own = f->kind == FRAME_RESERVED;
	if (uses_counter(f) && f->refs != f->counted + own)
		complain(pa, "%u references, but %u entries name it: %s", f->refs - own, f->counted,
			 f->refs > f->counted + own ? "leaked" : "freed too early");
	if ((f->kind == FRAME_TABLE || f->kind == FRAME_DIR) && !f->mark)
		complain(pa, "a table that no directory names: leaked");
	if (f->kind == FRAME_FREE && f->refs)
		complain(pa, "free, with %u references", f->refs);
}

unsigned frame_audit(void)
{
	uint32_t free = 0;
	faults = 0;
	for (uint32_t n = 0; n < frame_count; n++) {
		if (uses_counter(&frames[n]))
			frames[n].counted = 0;
		free += frames[n].kind == FRAME_FREE;
	}
	for (struct pmap *p = pmap_next(NULL); p; p = pmap_next(p))
		audit_pmap(p);
	faults += mapping_audit(count_page);
	for (uint32_t n = 0; n < frame_count; n++) {
		compare(frame_at(n), &frames[n]);
		if (frames[n].kind != FRAME_FREE)
			frames[n].mark = 0;
	}
	if (free != frames_free)
		complain(0, "%u frames are free, the count says %u", free, frames_free);
	return faults;
}
