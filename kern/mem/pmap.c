/* kern/mem/pmap.c: all page-table logic, for both machines: an address space's tables are one array. (lab 2)
 *
 * The loaded pmap shows in the window at PT_base, one other in the window at APT_base. Every entry changes in one of
 * three doors: put() for a page's entry, link_table() and unlink_table() for those above. Each stores, counts
 * and flushes together, for a store without its flush is the bug that shows weeks later.
 */
#include <mem/pmap.h>
#include <core/core.h>
#include <string.h>

struct pmap kernel_pmap;
static struct pmap *pmaps; /* all but kernel_pmap, newest first: for the audit */

#define KERNEL_HALF PDX(KERNEL_BASE)

/* The window in which this pmap's entries show. */
static vaddr_t window(struct pmap *pmap)
{
	if (pmap == this_cpu()->pmap || !guard(16))
		return PT_base;
	if (pmap != this_cpu()->alt)
		panic("pmap %p: neither loaded nor open in the second window", pmap);
	return APT_base;
}

/* Where the page-table entry of va shows in the window at base: f(va) of the self-map. */
static vaddr_t entry_of(vaddr_t base, vaddr_t va)
{
	return base + VPN(va) * sizeof(pte_t);
}

/*
 * The entry that va's walk reads at this level: 1 is the page's, MMU_LEVELS the directory's. Each is the page-table
 * entry of the one below, seen as data: the whole of the self-map. (The second window's tables are pages of this
 * address space, too, so their entries show in PT_base.)
 */
static volatile pte_t *entry(struct pmap *pmap, unsigned level, vaddr_t va)
{
	vaddr_t at = entry_of(window(pmap), va);
	while (--level > 0)
		at = entry_of(PT_base, at);
	return (volatile pte_t *)at;
}

/* The frame of the table (or the directory) in which that entry stands. */
static struct frame *table_of(struct pmap *pmap, unsigned level, vaddr_t va)
{
	return frame_of(level == MMU_LEVELS ? pmap->directory : pte_addr(*entry(pmap, level + 1, va)));
}

static unsigned index_of(unsigned level, vaddr_t va)
{
	return va >> (PAGE_SHIFT + (level - 1) * MMU_INDEX_BITS) & (ENTRIES - 1);
}

static pte_t exchange(volatile pte_t *entry, pte_t value)
{
	/* One instruction or one ll/sc: the hardware may be setting accessed and dirty at this moment. */
	return __atomic_exchange_n(entry, value, __ATOMIC_RELAXED);
}

bool pte_empty(pte_t e)
{
	return !pte_present(e) && pte_kind(e) == PTE_NONE;
}

/*
 * The entry at this level, which names a table, has changed: forget that table's page in each window that may show
 * it. The window at UPT_base is the user's: a program that still sees the old table would read a freed frame.
 */
static void flush_table(struct pmap *pmap, unsigned level, vaddr_t va)
{
	struct pmap *loaded = this_cpu()->pmap;
	if (pmap != loaded) {
		mmu_flush(loaded, (vaddr_t)entry(pmap, level - 1, va));
		return;
	}
	if (guard(1) && guard(2))
		mmu_flush(loaded, (vaddr_t)entry(pmap, level - 1, va));
	if (guard(21)) {
		vaddr_t at = entry_of(UPT_base, va);
		while (--level > 1)
			at = entry_of(UPT_base, at);
		mmu_flush(loaded, at);
	}
}

/* An entry's record in its table's (or directory's) frame: how many say something, and where they stand. */
static void count_in(struct frame *table, unsigned index)
{
	if (table->used++ == 0) {
		table->low = table->high = index;
		return;
	}
	if (index < table->low)
		table->low = index;
	if (index > table->high)
		table->high = index;
}

/* Bit k of pmap->tables: the directory's entry k names a table. */
static void mark_table(struct pmap *pmap, vaddr_t va, bool there)
{
	unsigned k = index_of(MMU_LEVELS, va);
	if (there)
		pmap->tables[k / 32] |= 1u << k % 32;
	else
		pmap->tables[k / 32] &= ~(1u << k % 32);
}

static void link_table(struct pmap *pmap, unsigned level, vaddr_t va, paddr_t table)
{
	exchange(entry(pmap, level, va), pde_table(table));
	count_in(table_of(pmap, level, va), index_of(level, va));
	if (level == MMU_LEVELS)
		mark_table(pmap, va, true);
	if (guard(3))
		flush_table(pmap, level, va);
	PROBE(table_linked);
}

static void unlink_table(struct pmap *pmap, unsigned level, vaddr_t va)
{
	paddr_t table = pte_addr(exchange(entry(pmap, level, va), 0));
	table_of(pmap, level, va)->used--;
	if (level == MMU_LEVELS)
		mark_table(pmap, va, false);
	flush_table(pmap, level, va); /* before the frame is free: the next owner may get it at once */
	frame_free_clean(table);
}

volatile pte_t *pmap_lookup(struct pmap *pmap, vaddr_t va)
{
	if (!pmap_user_page(va))
		return NULL;
	for (unsigned level = MMU_LEVELS; level > 1; level--)
		if (!pte_present(*entry(pmap, level, va)))
			return NULL;
	return entry(pmap, 1, va);
}

/* Make the table that the entry at this level is to name. Zero first, link second: a recycled frame's words would be
 * mappings for a moment. */
static bool make_table(struct pmap *pmap, unsigned level, vaddr_t va)
{
	paddr_t table = guard(4) ? frame_alloc_zero(FRAME_TABLE) : frame_alloc(FRAME_TABLE);
	if (!table)
		return false;
	link_table(pmap, level, va, table);
	if (!guard(4))
		page_zero(frame_ptr(table));
	return true;
}

volatile pte_t *pmap_lookup_create(struct pmap *pmap, vaddr_t va, enum pmap_error *error)
{
	if (!pmap_user_page(va)) {
		*error = PMAP_EINVAL;
		return NULL;
	}
	for (unsigned level = MMU_LEVELS; level > 1; level--) {
		if (pte_present(*entry(pmap, level, va)) || make_table(pmap, level, va))
			continue;
		if (level < MMU_LEVELS)
			pmap_reap(pmap, va); /* the tables above were made in vain */
		*error = PMAP_ENOMEM;
		return NULL;
	}
	return entry(pmap, 1, va);
}

/* The one door to a page's entry. Its table exists. Returns what stood there. */
static pte_t put(struct pmap *pmap, vaddr_t va, pte_t value)
{
	pte_t old = exchange(entry(pmap, 1, va), value);
	struct frame *table = table_of(pmap, 1, va);
	if (pte_empty(value))
		table->used -= !pte_empty(old);
	else if (pte_empty(old))
		count_in(table, index_of(1, va));
	mmu_flush(pmap, va);
	return old;
}

void pmap_reap(struct pmap *pmap, vaddr_t va)
{
	if (!pmap_user_page(va))
		return;
	for (unsigned level = 2; level <= MMU_LEVELS; level++) {
		bool reached = true; /* is there a table on the way down to this level's entry? */
		for (unsigned above = MMU_LEVELS; above >= level && reached; above--)
			reached = pte_present(*entry(pmap, above, va));
		if (!reached)
			continue;
		if (table_of(pmap, level - 1, va)->used != 0)
			return;
		unlink_table(pmap, level, va);
	}
}

/* Drop the reference that an entry holds. The entry is gone and flushed. */
static void drop(pte_t old)
{
	if (pte_present(old) || pte_kind(old) == PTE_HELD)
		frame_unref(pte_addr(old));
}

static enum pmap_error enter(struct pmap *pmap, vaddr_t va, pte_t value, pte_t *was)
{
	enum pmap_error error;
	volatile pte_t *pte = pmap_lookup_create(pmap, va, &error);
	if (!pte)
		return error;
	pte_t old = *pte;
	if (was)
		*was = old;
	if (!pte_empty(old))
		return PMAP_EEXIST;
	put(pmap, va, value);
	return PMAP_OK;
}

enum pmap_error pmap_map(struct pmap *pmap, vaddr_t va, paddr_t pa, unsigned prot, pte_t *was)
{
	return enter(pmap, va, pte_leaf(pa, prot), was);
}

enum pmap_error pmap_map_demand(struct pmap *pmap, vaddr_t va, unsigned prot)
{
	return enter(pmap, va, pte_absent(PTE_DEMAND, 0, prot), NULL);
}

void pmap_resolve(vaddr_t va, pte_t value)
{
	exchange(&vpt[VPN(va)], value);
	mmu_flush(this_cpu()->pmap, va);
}

enum pmap_error pmap_unmap(struct pmap *pmap, vaddr_t va, pte_t *was)
{
	volatile pte_t *pte = pmap_lookup(pmap, va);
	if (!pte || pte_empty(*pte))
		return pmap_user_page(va) ? PMAP_ENOENT : PMAP_EINVAL;
	/* The table stays until its last entry is out: freed first, the window would have a hole where put() writes. */
	if (!guard(13))
		unlink_table(pmap, 2, va);
	pte_t old = put(pmap, va, 0);
	if (was)
		*was = old;
	drop(old);
	pmap_reap(pmap, va);
	return PMAP_OK;
}

/* The entry that says the same as old, under another protection. */
static pte_t reprotect(pte_t old, unsigned prot)
{
	unsigned shared = pte_prot(old) & PTE_SHARED;
	if (!pte_present(old) && pte_kind(old) != PTE_HELD)
		return pte_absent(pte_kind(old), pte_payload(old), prot | shared);
	paddr_t pa = pte_addr(old);
	if (prot == PROT_NONE) /* the page stays, and its contents; nobody reaches it */
		return pte_absent(PTE_HELD, pa >> PAGE_SHIFT, shared);
	/* Private, writable, and others hold the frame too: the first write copies. */
	if ((prot & PROT_WRITE) && !shared && frame_of(pa)->refs > 1)
		prot |= PTE_COW;
	return pte_leaf(pa, prot | shared);
}

enum pmap_error pmap_protect(struct pmap *pmap, vaddr_t va, unsigned prot)
{
	volatile pte_t *pte = pmap_lookup(pmap, va);
	if (!pte || pte_empty(*pte))
		return pmap_user_page(va) ? PMAP_ENOENT : PMAP_EINVAL;
	put(pmap, va, reprotect(*pte, prot));
	return PMAP_OK;
}

enum pmap_error pmap_translate(struct pmap *pmap, vaddr_t va, paddr_t *pa, unsigned *prot)
{
	vaddr_t page = ROUND_DOWN(va, PAGE_SIZE);
	volatile pte_t *pte = pmap_lookup(pmap, page);
	if (!pte || !pte_present(*pte))
		return pmap_user_page(page) ? PMAP_ENOENT : PMAP_EINVAL;
	*pa = pte_addr(*pte) + va % PAGE_SIZE;
	*prot = pte_prot(*pte);
	return PMAP_OK;
}

/* A kernel page in the slot at KSLOT_base, whose table is the same in every address space. */
void pmap_kernel_map(vaddr_t va, paddr_t pa, unsigned prot)
{
	ASSERT(PDX(va) == PDX(KSLOT_base));
	exchange(&vpt[VPN(va)], pte_kernel(pa, prot));
	mmu_flush(this_cpu()->pmap, va);
}

void pmap_kernel_unmap(vaddr_t va)
{
	ASSERT(PDX(va) == PDX(KSLOT_base));
	exchange(&vpt[VPN(va)], PTE_EMPTY_KERNEL);
	mmu_flush(this_cpu()->pmap, va);
}

void pmap_init(void)
{
	this_cpu()->pmap = &kernel_pmap;
	mmu_init();
}

enum pmap_error pmap_create(struct pmap *pmap)
{
	paddr_t pa = frame_alloc_zero(FRAME_DIR);
	if (!pa)
		return PMAP_ENOMEM;
	pde_t *pd = frame_ptr(pa);
	mmu_kernel_half(pd);
	/* Each directory names itself. One copied from another would edit that other's tables through its window. */
	pd[PDX(PT_base)] = guard(8) ? pde_window(pa) : vpd[PDX(PT_base)];
	if (PDE_USER_WINDOW)
		pd[PDX(UPT_base)] = pde_user_window(pa);
	*pmap = (struct pmap){ .directory = pa, .next = pmaps, .link = &pmaps };
	if (pmaps)
		pmaps->link = &pmap->next;
	pmaps = pmap;
	return PMAP_OK;
}

void pmap_move(struct pmap *to, struct pmap *from)
{
	ASSERT(from != this_cpu()->pmap && from != this_cpu()->alt);
	*to = *from;
	*to->link = to;
	if (to->next)
		to->next->link = &to->next;
}

/* Empty the table that the entry at this level names: only its used entries are looked at. It, and all below, go back. */
static void empty_table(struct pmap *pmap, unsigned level, vaddr_t va)
{
	struct frame *table = table_of(pmap, level - 1, va);
	volatile pte_t *entries = entry(pmap, level - 1, va);
	for (unsigned i = table->low; table->used > 0; i++) {
		pte_t old = entries[i];
		if (pte_empty(old))
			continue;
		if (level > 2) {
			empty_table(pmap, level - 1, va + (i << (PAGE_SHIFT + (level - 2) * MMU_INDEX_BITS)));
			continue;
		}
		entries[i] = 0;
		table->used--;
		drop(old);
	}
	unlink_table(pmap, level, va);
}

/*
 * Give back all user pages and tables. Pages are not flushed one by one: no program runs in this pmap any more, and
 * no frame is handed out before loading another pmap, or mmu_release, makes the hardware forget the whole of it.
 */
static void empty(struct pmap *pmap)
{
	for (unsigned word = 0; word < ARRAY_LEN(pmap->tables); word++)
		while (pmap->tables[word])
			empty_table(pmap, MMU_LEVELS, (word * 32 + __builtin_ctz(pmap->tables[word])) << PDE_SHIFT);
}

void pmap_destroy(struct pmap *pmap)
{
	if (pmap == this_cpu()->pmap) {
		empty(pmap);
		pmap_load(&kernel_pmap);
	} else if (frame_of(pmap->directory)->used) {
		pmap_open_alt(pmap);
		empty(pmap);
		pmap_close_alt();
	}
	mmu_release(pmap);
	*pmap->link = pmap->next;
	if (pmap->next)
		pmap->next->link = pmap->link;
	frame_unref(pmap->directory);
	pmap->directory = 0;
}

void pmap_open_alt(struct pmap *pmap)
{
	struct pmap *loaded = this_cpu()->pmap;
	ASSERT(!this_cpu()->alt && pmap != loaded);
	mmu_release(pmap); /* its entries may change now: translations cached under its ASID must not outlive that */
	exchange(&vpd[PDX(APT_base)], pde_window(pmap->directory));
	this_cpu()->alt = pmap;
	mmu_open_alt(loaded);
}

void pmap_close_alt(void)
{
	struct pmap *loaded = this_cpu()->pmap;
	ASSERT(this_cpu()->alt);
	exchange(&vpd[PDX(APT_base)], 0);
	this_cpu()->alt = NULL;
	mmu_close_alt(loaded);
}

/* What a child's entry says; a private writable page becomes copy-on-write on both sides. */
static pte_t fork_entry(volatile pte_t *from)
{
	pte_t e = *from;
	unsigned prot = pte_prot(e);
	if (!pte_present(e) && pte_kind(e) != PTE_HELD)
		return e;
	frame_ref(pte_addr(e));
	if (!pte_present(e) || !(prot & PROT_WRITE) || (prot & PTE_SHARED))
		return e;
	e = pte_leaf(pte_addr(e), prot | PTE_COW);
	exchange(from, e);
	return e;
}

/* Copy the table that the loaded pmap's entry at this level names, and all below it, into the second window. */
static bool fork_table(struct pmap *parent, struct pmap *child, unsigned level, vaddr_t va)
{
	if (!make_table(child, level, va))
		return false;
	struct frame *from = table_of(parent, level - 1, va), *to = table_of(child, level - 1, va);
	volatile pte_t *theirs = entry(parent, level - 1, va), *ours = entry(child, level - 1, va);
	for (unsigned i = from->low; from->used > 0 && i <= from->high; i++) {
		if (pte_empty(theirs[i]))
			continue;
		if (level == 2) {
			ours[i] = fork_entry(&theirs[i]);
			count_in(to, i);
		} else if (!fork_table(parent, child, level - 1, va + (i << (PAGE_SHIFT + (level - 2) * MMU_INDEX_BITS)))) {
			return false;
		}
	}
	return true;
}

enum pmap_error pmap_fork(struct pmap *child)
{
	struct pmap *parent = this_cpu()->pmap;
	bool done = true;
	pmap_open_alt(child);
	for (unsigned word = 0; word < ARRAY_LEN(parent->tables); word++)
		for (uint32_t bits = parent->tables[word]; bits && done; bits &= bits - 1)
			done = fork_table(parent, child, MMU_LEVELS, (word * 32 + __builtin_ctz(bits)) << PDE_SHIFT);
	pmap_close_alt();
	mmu_flush_all(); /* the parent's pages can't be written any more */
	return done ? PMAP_OK : PMAP_ENOMEM;
}

struct pmap *pmap_next(struct pmap *after)
{
	return after ? after->next : pmaps;
}

pde_t pmap_directory_entry(vaddr_t va)
{
	return vpd[PDX(va)];
}

pte_t pmap_entry(vaddr_t va)
{
	pde_t pde = vpd[PDX(va)];
	if (!pte_present(pde) || pte_large(pde))
		return pde;
	return vpt[VPN(va)];
}
