/* kern/proc/carry.c: pages and descriptors that go with a message. (lab 4)
 *
 * A page goes entry by entry: the sender's says "demand" afterwards, which is fresh zeroed memory, and the receiver's, in
 * its window, takes over the frame with its reference. Each is done with that one's own address space loaded, and nothing
 * is in flight when the kernel is left. So no table is emptied, and nothing can fail halfway.
 */
#include <proc/port.h>
#include <mem/entry.h>
#include <core/core.h>
#include <error.h>

/* [helpers of lab 4] Your own functions for this file. */
/* [end of helpers] */

static inline bool pte_demand(pte_t e)
{
	return !pte_present(e) && pte_kind(e) == PTE_DEMAND;
}

struct run {
	vaddr_t va;
	uint32_t pages, flags;
};

static struct run run_of(uint32_t word)
{
	return (struct run){ ROUND_DOWN(word, PAGE_SIZE), word % PORT_PAGES_MAX + 1,
		word % PAGE_SIZE & ~(PORT_PAGES_MAX - 1) };
}

static void load(struct thread *t)
{
	if (t->pmap != this_cpu()->pmap)
		pmap_load(t->pmap);
}

/* The page at va can't be reached: there is no frame for it; or s's own handler can help, if s is the one that runs. */
static int unresolved(struct thread *s, vaddr_t va, enum access access)
{
	return fault_lacks_memory(va, access) ? -ENOMEM : s == current_thread() ? pager_park(va, access) : -EFAULT;
}

/*
 * A page of s that can go: present, and, if it is to be shared and can be written, nobody else's. All of a message may be
 * one frame: it must be able to have so many more owners. The pmap is loaded.
 */
static int resolve(struct thread *s, vaddr_t va, bool share)
{
	unsigned prot;
	paddr_t pa;
	for (int tries = 0; tries < 3; tries++) {
		enum access access = ACCESS_READ;
		if (pmap_translate(s->pmap, va, &pa, &prot) == PMAP_OK && (prot & PROT_READ)) {
			if (!share)
				return 0;
			if ((prot & (PTE_COW | PTE_SHARED)) != PTE_COW)
				return frame_of(pa)->refs > UINT16_MAX - PORT_PAGES_MAX ? -ENOMEM : 0;
			access = ACCESS_WRITE;
		}
		if (!fault_resolve(va, access))
			return unresolved(s, va, access);
	}
	return -EFAULT;
}

static int resolve_run(struct thread *s, const struct run *run)
{
	int error = 0;
	for (uint32_t i = 0; i < run->pages && !error; i++)
		error = resolve(s, run->va + i * PAGE_SIZE, run->flags & PORT_SHARE);
	return error;
}

/* The entries of a message that is being delivered. */
static pte_t flight[PORT_PAGES_MAX];

/* Take the page at va out of the loaded pmap, or share it: what the receiver's entry is to say. */
static pte_t take_page(vaddr_t va, uint32_t flags)
{
	/*
	 * [lab 4.4, 4 points] va's page is present. It moves: what stays at va is fresh memory with the same rights (port.h:
	 * pte_left_behind), and the reference to the frame goes along with the entry that you return. Or it is shared
	 * (PORT_SHARE): both hold it, and if it can be written to, both entries say so: PTE_SHARED, or a later fork would take it
	 * for a private one. (A page to be shared is nobody's copy-on-write: resolve has seen to that.) PORT_READ_ONLY: see below
	 * what the receiver's entry may say; the sender's stays as it is.
	 */
	pte_t e = vpt[VPN(va)];
	paddr_t pa = pte_addr(e);
	unsigned rights = pte_prot(e);
	if (flags & PORT_SHARE) {
		if (rights & PROT_WRITE)
			rights |= PTE_SHARED;
		frame_ref(pa);
		pmap_resolve(va, pte_leaf(pa, rights));
	} else {
		pmap_resolve(va, pte_left_behind(e));
	}
	/*
	 * Read-only: to the receiver it is a private page that others hold too; if it makes that writable, it gets a copy. So is
	 * one that the sender's program has marked, which means nothing to the receiver.
	 */
	if (flags & PORT_READ_ONLY || (rights & (PTE_SHARED | PTE_COW)) == (PTE_SHARED | PTE_COW))
		rights &= ~(PROT_WRITE | PTE_COW | PTE_SHARED);
	return pte_leaf(pa, rights);
	/* [end of lab 4.4] */
}

/* value is what the receiver's entry for va says from now on; what it said before goes. The receiver's pmap is loaded. */
static void enter_page(vaddr_t va, pte_t value)
{
	/* [lab 4.4, 1 point] The entry before named something, too, and held a reference to it. */
	pte_t before = vpt[VPN(va)];
	pmap_resolve(va, value);
	pte_drop(before);
	/* [end of lab 4.4] */
}

/* Give each page of r's window an entry, so that nothing is left that could fail. r's pmap is loaded. */
static int prepare_window(struct thread *r, uint32_t pages)
{
	if (pages > r->window_pages)
		return -ENOSPC;
	for (uint32_t i = 0; i < pages; i++) {
		vaddr_t va = r->window + i * PAGE_SIZE;
		enum pmap_error error = pmap_map_demand(r->pmap, va, PROT_READ);
		if (error == PMAP_EEXIST) /* perhaps one entry that stands for 4 MB */
			error = pmap_make_tables(r->pmap, va);
		if (error)
			return -ENOMEM;
	}
	return 0;
}

/* The step of port_carry_page, which calls nothing: no register is saved for it. */
static inline void put_quickly(struct pmap *pmap, vaddr_t va, pte_t value)
{
	exchange(pte_at(va), value);
	mmu_forget(pmap->asid, va);
}

bool port_carry_page(struct cpu *cpu, struct thread *s, struct thread *r, uint32_t word)
{
	vaddr_t window = r->window;
	struct pmap *from = s->pmap, *to = r->pmap;
	if (!pmap_user_page(word) || !r->window_pages || from == to || !pte_present(vpd[PDX(word)]))
		return false;
	pte_t e = *pte_at(word);
	if (!pte_present(e) || pte_prot(e) & PTE_COW)
		return false;
	put_quickly(from, word, pte_left_behind(e));
	pmap_switch(cpu, to);
	if (pte_present(vpd[PDX(window)]) && pte_demand(*pte_at(window))) {
		put_quickly(to, window, e);
		return true;
	}
	pmap_switch(cpu, from);
	put_quickly(from, word, e);
	return false;
}

static int carry_pages(struct thread *s, struct thread *r, uint32_t *word)
{
	struct run run = run_of(*word);
	load(r);
	int error = prepare_window(r, run.pages);
	load(s);
	if (!error)
		error = resolve_run(s, &run);
	if (error)
		return error;
	for (uint32_t i = 0; i < run.pages; i++)
		flight[i] = take_page(run.va + i * PAGE_SIZE, run.flags);
	load(r);
	for (uint32_t i = 0; i < run.pages; i++)
		enter_page(r->window + i * PAGE_SIZE, flight[i]);
	*word = r->window | (run.pages - 1);
	return 0;
}

/* Close the first n of those that word names. */
static void close_descriptors(struct proc *p, uint32_t word, unsigned n)
{
	while (n-- > 0)
		descriptor_close(p, PORT_DESCRIPTOR(word, n));
}

/* Those of s that w names, for r too; *w names r's. EMFILE: r has room for none. */
static int give_descriptors(struct thread *s, struct thread *r, uint32_t *w)
{
	uint32_t given = 0;
	for (unsigned n = 0; n < PORT_DESCRIPTOR_COUNT(*w); n++) {
		struct object *o = descriptor_object(s->proc, PORT_DESCRIPTOR(*w, n));
		int fd = o ? descriptor_open(r->proc, object_ref(o), 0) : -EBADF;
		if (fd < 0) {
			if (o)
				object_unref(o);
			close_descriptors(r->proc, given, n);
			return fd;
		}
		given |= (uint32_t)fd << n * 6;
	}
	*w = given | PORT_DESCRIPTOR_COUNT(*w) << 24;
	return 0;
}

int port_carry(struct thread *s, struct thread *r, uint32_t *w)
{
	uint32_t carried = s->call.args[0], sent = w[1];
	int error = carried & PORT_DESCRIPTORS ? give_descriptors(s, r, &w[1]) : 0;
	if (error)
		return error;
	if (carried & PORT_PAGES)
		error = carry_pages(s, r, &w[2]);
	if (!(carried & PORT_DESCRIPTORS))
		return error;
	if (error)
		close_descriptors(r->proc, w[1], PORT_DESCRIPTOR_COUNT(w[1]));
	else if (sent & PORT_MOVE)
		close_descriptors(s->proc, sent, PORT_DESCRIPTOR_COUNT(sent));
	return error;
}

int port_carry_check(struct thread *s)
{
	uint32_t carried = s->call.args[0], word = s->call.args[2];
	struct run run = run_of(s->call.args[3]);
	if (carried & PORT_DESCRIPTORS) {
		if (PORT_DESCRIPTOR_COUNT(word) > 4 || word >> 28)
			return -EINVAL;
		for (unsigned n = 0; n < PORT_DESCRIPTOR_COUNT(word); n++)
			if (!descriptor_object(s->proc, PORT_DESCRIPTOR(word, n)))
				return -EBADF;
	}
	if (!(carried & PORT_PAGES))
		return 0;
	if (run.flags & ~(PORT_SHARE | PORT_READ_ONLY))
		return -EINVAL;
	if (run.va < PAGE_SIZE || run.va > UTOP - run.pages * PAGE_SIZE)
		return -EFAULT;
	return resolve_run(s, &run);
}
