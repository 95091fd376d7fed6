/* kern/mem/fork.c: fork: one pass over the array, from the parent's window into the child's. (lab 4) */
#include <mem/entry.h>
#include <core/core.h>

/* [helpers of lab 4] Your own functions for this file. */
/* [end of helpers] */

/* What a child's entry says; a private writable page becomes copy-on-write on both sides. 0: too many have the page. */
static pte_t fork_entry(volatile pte_t *from)
{
	/*
	 * [lab 4.1, 10 points] *from says what one page of the parent is: present, or absent and of some kind. From now on two
	 * entries say that, and what an entry names has its references counted (entry.h: pte_hold, which can refuse). Three
	 * sorts of pages are to be told apart: those that nobody writes to or that are not there yet, those that all who have
	 * them share, and those that parent and child must not see each other write to. The last sort is copied by whoever
	 * stores first (4.2), so until then neither of the two may store; port.h lists what there is to build such an entry.
	 * An entry that the hardware may be looking at changes by exchange().
	 */
	pte_t e = *from;
	if (!pte_hold(e))
		return 0;
	if (!pte_present(e) || (pte_prot(e) & (PROT_WRITE | PTE_SHARED)) != PROT_WRITE)
		return e;
	e = pte_cow(e);
	exchange(from, e);
	return e;
	/* [end of lab 4.1] */
}

static bool fork_table(struct pmap *parent, struct pmap *child, unsigned level, vaddr_t va);

/* What the parent's entry at this level says, for the child: a table and all below it, or 4 MB of absent pages. */
static bool fork_above(struct pmap *parent, struct pmap *child, unsigned level, vaddr_t va)
{
	pte_t e = *entry(parent, level, va);
	if (pte_present(e))
		return fork_table(parent, child, level, va);
	pte_hold(e); /* absent ones name no frame */
	pmap_put_above(child, level, va, e);
	return true;
}

/* Copy the table that the loaded pmap's entry at this level names, and all below it, into the second window. */
static bool fork_table(struct pmap *parent, struct pmap *child, unsigned level, vaddr_t va)
{
	if (!pmap_make_table(child, level, va))
		return false;
	struct frame *from = table_of(parent, level - 1, va), *to = table_of(child, level - 1, va);
	volatile pte_t *theirs = entry(parent, level - 1, va), *ours = entry(child, level - 1, va);
	/*
	 * [lab 4.1, 9 points] theirs[0 .. ENTRIES) is the parent's table as its window shows it, ours the child's new one, all
	 * zero. Copy each entry that says something: with fork_entry in a table of pages (level == 2), with fork_above for what
	 * stands higher. Look only where from's record (frame.h) says that there is something: fork must not cost more than what
	 * the parent has. The child's table needs a record, too: exit, fork and unmapping go by it, even when you had to stop
	 * halfway for want of memory. fork_above keeps the record of the tables above by itself. True: all is copied.
	 */
	unsigned used = from->used, low = from->low, high = from->high, left = used;
	for (unsigned i = low; left > 0 && i <= high; i++) {
		if (pte_empty(theirs[i]))
			continue;
		if (level > 2) {
			if (!fork_above(parent, child, level - 1, va + i * span_of(level - 1)))
				return false;
		} else if (!(ours[i] = fork_entry(&theirs[i]))) {
			break;
		}
		left--;
	}
	if (level == 2) { /* above, pmap_put_above has counted */
		to->used = used - left;
		to->low = low;
		to->high = high;
	}
	return left == 0;
	/* [end of lab 4.1] */
}

/* The first directory entry from k on of which the parent's says something; PDX(UTOP): none. */
static unsigned next_there(const struct pmap *parent, unsigned k)
{
	for (; k < PDX(UTOP); k = ROUND_DOWN(k, 32) + 32) {
		uint32_t bits = parent->there[k / 32] >> k % 32;
		if (bits)
			return k + __builtin_ctz(bits);
	}
	return PDX(UTOP);
}

enum pmap_error pmap_fork(struct pmap *child, unsigned *next)
{
	struct pmap *parent = this_cpu()->pmap;
	/*
	 * [lab 4.1, 6 points] Show the child in the second window; from directory entry *next on, give it each one that the
	 * parent has (next_there, fork_above); leave the window closed, whatever happens. pmap.h says what *next and the result
	 * mean. Others wait meanwhile: stop when you have gone through PMAP_STRETCH pages or more (a table's record says how many
	 * it has), and you will be called again. And think of what the parent's TLB remembers of pages it could write to before.
	 */
	bool done = true;
	pmap_open_alt(child);
	*next = next_there(parent, *next);
	for (uint32_t pages = 0; *next < PDX(UTOP) && pages < PMAP_STRETCH; *next = next_there(parent, *next + 1)) {
		vaddr_t va = *next << PDE_SHIFT;
		if (!(done = fork_above(parent, child, MMU_LEVELS, va)))
			break;
		if (pte_present(*entry(child, MMU_LEVELS, va)))
			pages += table_of(child, MMU_LEVELS - 1, va)->used;
	}
	pmap_close_alt();
	mmu_flush_all(); /* the parent's pages can't be written any more */
	return done ? PMAP_OK : PMAP_ENOMEM;
	/* [end of lab 4.1] */
}
