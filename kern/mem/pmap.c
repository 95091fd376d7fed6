/* kern/mem/pmap.c: all page-table logic, for both machines: an address space's tables are one array. (lab 2)
 *
 * entry.h has the formulas, and says by which doors entries change; this file is the doors, and what is done to one page
 * or to a whole address space. fork.c copies one, range.c works on ranges of addresses.
 */
#include <mem/entry.h>
#include <core/core.h>
#include <core/list.h>
#include <string.h>

struct pmap kernel_pmap;
static struct pmap *pmaps; /* all but kernel_pmap, newest first: for the audit */

/* [helpers of lab 2] Your own functions for this file. */
/* [end of helpers] */

/* The entry at this level, which names a table, has changed: forget that table's page in each window that may show it. */
static void flush_table(struct pmap *pmap, unsigned level, vaddr_t va)
{
	/*
	 * [lab 2.5, 3 points] The table itself shows where the entries one level below stand: as a page of the address
	 * space that is loaded, even if pmap is the one open in the second window. If pmap is the loaded one, programs
	 * see the table once more, in the window at UPT_base: one that still saw the old table would read a freed
	 * frame. mmu_flush(loaded, va) forgets va's translation in the address space that is loaded.
	 */
	struct pmap *const loaded = this_cpu()->pmap;
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
	/* [end of lab 2.5] */
}

/* An entry of this table said old, now it says value. */
static inline void count(struct frame *table, unsigned index, pte_t old, pte_t value)
{
	if (pte_empty(value))
		table->used -= !pte_empty(old);
	else if (pte_empty(old))
		count_in(table, index);
}

/* Bit k of pmap->there: the directory's entry k says something. */
static void mark(struct pmap *pmap, unsigned k, bool there)
{
	if (there)
		pmap->there[k / 32] |= 1u << k % 32;
	else
		pmap->there[k / 32] &= ~(1u << k % 32);
}

pte_t pmap_put_above(struct pmap *pmap, unsigned level, vaddr_t va, pte_t value)
{
	/*
	 * [lab 2.5, 2 points] Store, by exchange(); count() what the table in which the entry stands has gained or
	 * lost, at index_of(level, va); if it stands in the directory, mark() it; and flush what showed through the old
	 * entry. MIPS remembers, too, that there was nothing: so a table that appears is flushed as well. The result is
	 * what stood there.
	 */
	pte_t old = exchange(entry(pmap, level, va), value);
	count(table_of(pmap, level, va), index_of(level, va), old, value);
	if (level == MMU_LEVELS)
		mark(pmap, index_of(level, va), !pte_empty(value));
	if (pte_present(old) || (guard(3) && pte_present(value)))
		flush_table(pmap, level, va);
	return old;
	/* [end of lab 2.5] */
}

static void link_table(struct pmap *pmap, unsigned level, vaddr_t va, paddr_t table)
{
	pmap_put_above(pmap, level, va, pde_table(table));
	PROBE(table_linked);
}

/* The table that the entry at this level names goes. => it is all zero */
static void unlink_table(struct pmap *pmap, unsigned level, vaddr_t va)
{
	/*
	 * [lab 2.6, 2 points] In which order? The frame's next owner may get it at once: by then nobody may reach it
	 * through a window any more. pmap_put_above() stores and flushes, and says what stood there.
	 */
	frame_free_clean(pte_addr(pmap_put_above(pmap, level, va, 0)));
	/* [end of lab 2.6] */
}

volatile pte_t *pmap_lookup(struct pmap *pmap, vaddr_t va)
{
	/*
	 * [lab 2.4, 4 points] The contract is in pmap.h. From the directory down: where a level's entry is not present,
	 * there is no table, and the window has a hole where the level below would show. Not every address has an entry
	 * that others may touch: pmap_user_page() knows.
	 */
	if (!pmap_user_page(va))
		return NULL;
	for (unsigned level = MMU_LEVELS; level > 1; level--)
		if (!pte_present(*entry(pmap, level, va)))
			return NULL;
	return entry(pmap, 1, va);
	/* [end of lab 2.4] */
}

bool pmap_make_table(struct pmap *pmap, unsigned level, vaddr_t va)
{
	/*
	 * [lab 2.4, 4 points] Take a frame for a table in which nothing stands, and link it with link_table(). In which
	 * order, when a recycled frame still holds its last owner's words? What the hardware finds in a linked table,
	 * it believes.
	 */
	paddr_t table = guard(4) ? frame_alloc_zero(FRAME_TABLE) : frame_alloc(FRAME_TABLE);
	if (!table)
		return false;
	link_table(pmap, level, va, table);
	if (!guard(4))
		page_zero(frame_ptr(table));
	return true;
	/* [end of lab 2.4] */
}

/* The absent entry at this level stands for many pages: from now on a table of as many entries says the same. */
static bool split(struct pmap *pmap, unsigned level, vaddr_t va, pte_t e)
{
	paddr_t made = frame_alloc(FRAME_TABLE);
	if (!made)
		return false;
	pte_t *entries = frame_ptr(made);
	for (unsigned i = 0; i < ENTRIES; i += 4)
		entries[i] = entries[i + 1] = entries[i + 2] = entries[i + 3] = e;
	struct frame *f = frame_of(made);
	f->used = ENTRIES;
	f->low = 0;
	f->high = ENTRIES - 1;
	if (pte_kind(e) == PTE_OBJECT)
		mapping_ref(pte_payload(e), ENTRIES - 1);
	link_table(pmap, level, va, made);
	return true;
}

enum pmap_error pmap_make_tables(struct pmap *pmap, vaddr_t va)
{
	/*
	 * [lab 2.4, 5 points] From the directory down. What is not present is either empty, and pmap_make_table()
	 * helps; or it stands for all pages below it, and split() hands that on to each of them. When there is no
	 * frame, nothing has changed: what this call has made on higher levels is given back.
	 */
	for (unsigned level = MMU_LEVELS; level > 1; level--) {
		pte_t e = *entry(pmap, level, va);
		if (pte_present(e) || (pte_empty(e) ? pmap_make_table(pmap, level, va) : split(pmap, level, va, e)))
			continue;
		if (level < MMU_LEVELS)
			pmap_reap(pmap, va); /* the tables above were made in vain */
		return PMAP_ENOMEM;
	}
	return PMAP_OK;
	/* [end of lab 2.4] */
}

volatile pte_t *pmap_lookup_create(struct pmap *pmap, vaddr_t va, enum pmap_error *error)
{
	/* [lab 2.4, 2 points] Two lines are enough; pmap.h has the contract. *error is set in any case. */
	*error = pmap_user_page(va) ? pmap_make_tables(pmap, va) : PMAP_EINVAL;
	return *error ? NULL : entry(pmap, 1, va);
	/* [end of lab 2.4] */
}

pte_t pmap_says(struct pmap *pmap, vaddr_t va)
{
	for (unsigned level = MMU_LEVELS;; level--) {
		pte_t says = *entry(pmap, level, va);
		if (level == 1 || !pte_present(says))
			return says;
	}
}

pte_t pmap_put(struct pmap *pmap, vaddr_t va, pte_t value)
{
	/*
	 * [lab 2.5, 2 points] The same door for a page's entry: store, count, flush. The processor may have cached the
	 * old translation; it does not look at the table again by itself.
	 */
	pte_t old = exchange(entry(pmap, 1, va), value);
	count(table_of(pmap, 1, va), index_of(1, va), old, value);
	mmu_flush(pmap, va);
	return old;
	/* [end of lab 2.5] */
}

/* Not an address at which others may have something. */
static bool refused(vaddr_t va)
{
	return !pmap_user_page(va);
}

void pmap_reap(struct pmap *pmap, vaddr_t va)
{
	if (refused(va))
		return;
	/*
	 * [lab 2.6, 3 points] From the lowest tables up: where a table is, and its record says that nothing stands in
	 * it, unlink_table() it; a table in use ends the climb. Ask from the directory down whether a table is there at
	 * all, before its record is looked at.
	 */
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
	/* [end of lab 2.6] */
}

static enum pmap_error enter(struct pmap *pmap, vaddr_t va, pte_t value, pte_t *was)
{
	if (refused(va))
		return PMAP_EINVAL;
	/*
	 * [lab 2.5, 3 points] What stood there, goes to *was, if the caller has given a place for it. Something that
	 * stands there is an error, and so is a table that can't be made; an error changes nothing. pmap_says() tells
	 * what the tables say of va, also where one entry above stands for many pages.
	 */
	pte_t old = pmap_says(pmap, va);
	if (was)
		*was = old;
	if (!pte_empty(old))
		return PMAP_EEXIST;
	enum pmap_error error = pmap_make_tables(pmap, va);
	if (!error)
		pmap_put(pmap, va, value);
	return error;
	/* [end of lab 2.5] */
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
	exchange(pte_at(va), value);
	mmu_forget(this_cpu()->pmap->asid, va);
}

/* The entry of a page that says something, with its table. */
static enum pmap_error find(struct pmap *pmap, vaddr_t va, volatile pte_t **pte)
{
	if (refused(va))
		return PMAP_EINVAL;
	*pte = pmap_lookup(pmap, va);
	if (!*pte && !pte_empty(pmap_says(pmap, va))) {
		enum pmap_error failed = pmap_make_tables(pmap, va);
		if (failed)
			return failed;
		*pte = entry(pmap, 1, va);
	}
	return !*pte || pte_empty(**pte) ? PMAP_ENOENT : PMAP_OK;
}

enum pmap_error pmap_unmap(struct pmap *pmap, vaddr_t va, pte_t *was)
{
	volatile pte_t *pte;
	enum pmap_error error = find(pmap, va, &pte);
	if (error)
		return error;
	/*
	 * [lab 2.5, 2 points] Empty the entry. What stood there goes to *was, if there is a place for it, and its
	 * reference is dropped: not before the flush. A table that is left empty goes, too: not before its last entry
	 * is out, else the window has a hole where pmap_put() writes.
	 */
	if (!guard(13))
		unlink_table(pmap, 2, va);
	pte_t old = pmap_put(pmap, va, 0);
	if (was)
		*was = old;
	pte_drop(old);
	pmap_reap(pmap, va);
	return PMAP_OK;
	/* [end of lab 2.5] */
}

pte_t pmap_reprotected(pte_t old, unsigned prot)
{
	unsigned shared = pte_shared(old) ? PTE_SHARED : 0;
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
	volatile pte_t *pte;
	enum pmap_error error = find(pmap, va, &pte);
	/* [lab 2.5, 1 point] The entry that find() has found is to say the same under prot: pmap_reprotected(). */
	if (!error)
		pmap_put(pmap, va, pmap_reprotected(*pte, prot));
	return error;
	/* [end of lab 2.5] */
}

/* 4 MB at once. => nothing is there. */
static enum pmap_error share_above(struct pmap *pmap, vaddr_t va, pte_t value)
{
	if (!pte_empty(*entry(pmap, MMU_LEVELS, va)))
		return PMAP_EEXIST;
	pte_hold(value);
	pmap_put_above(pmap, MMU_LEVELS, va, value);
	return PMAP_OK;
}

/* What an entry says that gives what old has to another. A page that may be written to is the same page then. */
static pte_t shared_entry(pte_t old, unsigned prot)
{
	bool page = pte_present(old) || pte_kind(old) == PTE_HELD;
	if ((prot & PTE_COW) && pte_present(old) && !pte_shared(old))
		return pte_leaf(pte_addr(old), prot);
	prot &= ~(PTE_SHARED | PTE_COW);
	if ((prot & PROT_WRITE) && page)
		return pte_leaf(pte_addr(old), prot | (pte_prot(old) & PTE_SHARED));
	return pmap_reprotected(old, prot);
}

enum pmap_error pmap_share(struct pmap *pmap, vaddr_t va, vaddr_t from, unsigned prot)
{
	struct pmap *loaded = this_cpu()->pmap;
	volatile pte_t *pte;
	pte_t e = *entry(loaded, MMU_LEVELS, from);
	if (!pte_present(e) && (va | from) % PDE_SPAN == 0 && pmap != loaded)
		return share_above(pmap, va, shared_entry(e, prot));
	enum pmap_error error = find(loaded, from, &pte);
	if (!error)
		error = pmap_make_tables(pmap, va);
	if (error)
		return error;
	e = shared_entry(*pte, prot);
	if (!pte_hold(e)) {
		pmap_reap(pmap, va);
		return PMAP_ENOMEM;
	}
	if (e != *pte && (pte_prot(e) & PTE_COW))
		pmap_put(loaded, from, e);
	pte_drop(pmap_put(pmap, va, e));
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
	exchange(pte_at(va), pte_kernel(pa, prot));
	mmu_flush(this_cpu()->pmap, va);
}

void pmap_kernel_unmap(vaddr_t va)
{
	ASSERT(PDX(va) == PDX(KSLOT_base));
	exchange(pte_at(va), PTE_EMPTY_KERNEL);
	mmu_flush(this_cpu()->pmap, va);
}

void pmap_init(void)
{
	this_cpu()->pmap = &kernel_pmap;
	mmu_init();
}

enum pmap_error pmap_create(struct pmap *pmap)
{
	/*
	 * [lab 2.3, 4 points] Take a frame for a directory, all zero. It is in no window yet: reach it by frame_ptr().
	 * It gets the kernel's half, an entry for itself in the place of PT_base, and, if PDE_USER_WINDOW says that
	 * this machine has that, one in the place of UPT_base. All else of *pmap is zero, but for its place in the
	 * list: LIST_INSERT(&pmaps, pmap, next, link). Without a frame nothing changes. Whose tables would a program
	 * edit whose self entry is a copy of its parent's?
	 */
	paddr_t pa = frame_alloc_zero(FRAME_DIR);
	if (!pa)
		return PMAP_ENOMEM;
	pde_t *pd = frame_ptr(pa);
	mmu_kernel_half(pd);
	pd[PDX(PT_base)] = guard(8) ? pde_window(pa) : vpd[PDX(PT_base)];
	if (PDE_USER_WINDOW)
		pd[PDX(UPT_base)] = pde_user_window(pa);
	*pmap = (struct pmap){ .directory = pa };
	LIST_INSERT(&pmaps, pmap, next, link);
	return PMAP_OK;
	/* [end of lab 2.3] */
}

void pmap_move(struct pmap *to, struct pmap *from)
{
	ASSERT(from != this_cpu()->pmap && from != this_cpu()->alt);
	*to = *from;
	*to->link = to;
	if (to->next)
		to->next->link = &to->next;
}

/*
 * Only used entries are looked at. Pages are not flushed one by one: where a program still runs in this pmap, the caller
 * sees to it; and no frame is handed out before.
 */
void pmap_empty_table(struct pmap *pmap, unsigned level, vaddr_t start)
{
	struct frame *table = table_of(pmap, level - 1, start);
	volatile pte_t *entries = entry(pmap, level - 1, start);
	for (unsigned i = table->low; table->used > 0; i++) {
		pte_t old = entries[i];
		if (pte_empty(old))
			continue;
		if (level > 2 && pte_present(old)) {
			pmap_empty_table(pmap, level - 1, start + i * span_of(level - 1));
			continue;
		}
		entries[i] = 0;
		table->used--;
		pte_drop(old);
	}
	unlink_table(pmap, level, start);
}

/* Loading another pmap, or mmu_release, makes the hardware forget the whole of this one. */
bool pmap_empty(struct pmap *pmap, uint32_t pages)
{
	for (unsigned word = 0; word < ARRAY_LEN(pmap->there); word++)
		while (pmap->there[word]) {
			vaddr_t va = (word * 32 + __builtin_ctz(pmap->there[word])) << PDE_SHIFT;
			if (!pages)
				return false;
			if (!pte_present(*entry(pmap, MMU_LEVELS, va))) {
				pte_drop(pmap_put_above(pmap, MMU_LEVELS, va, 0));
				continue;
			}
			pages -= MIN(pages, table_of(pmap, MMU_LEVELS - 1, va)->used);
			pmap_empty_table(pmap, MMU_LEVELS, va);
		}
	return true;
}

void pmap_destroy(struct pmap *pmap)
{
	if (pmap == this_cpu()->pmap) {
		pmap_empty(pmap, UINT32_MAX);
		pmap_load(&kernel_pmap);
	} else if (frame_of(pmap->directory)->used) {
		pmap_open_alt(pmap);
		pmap_empty(pmap, UINT32_MAX);
		pmap_close_alt();
	}
	mmu_release(pmap);
	LIST_REMOVE(pmap, next, link);
	frame_unref(pmap->directory);
	pmap->directory = 0;
}

void pmap_open_alt(struct pmap *pmap)
{
	struct pmap *loaded = this_cpu()->pmap;
	ASSERT(!this_cpu()->alt && pmap != loaded);
	/*
	 * [lab 2.6, 2 points] Its directory's frame goes into the loaded directory's entry for APT_base: that is all it
	 * takes. It is this_cpu()'s alt from then on. Before, mmu_release(pmap): its entries may change now, and
	 * translations cached for it must not outlive that. After, the machine's mmu_open_alt(loaded).
	 */
	mmu_release(pmap); /* its entries may change now: translations cached under its ASID must not outlive that */
	exchange(&vpd[PDX(APT_base)], pde_window(pmap->directory));
	this_cpu()->alt = pmap;
	mmu_open_alt(loaded);
	/* [end of lab 2.6] */
}

void pmap_close_alt(void)
{
	struct pmap *loaded = this_cpu()->pmap;
	ASSERT(this_cpu()->alt);
	/* [lab 2.6, 1 point] The way back. */
	exchange(&vpd[PDX(APT_base)], 0);
	this_cpu()->alt = NULL;
	mmu_close_alt(loaded);
	/* [end of lab 2.6] */
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
	return *pte_at(va);
}
