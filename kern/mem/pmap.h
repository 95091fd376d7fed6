/* kern/mem/pmap.h: an address space's page tables, reached as one array. Nobody outside kern/mem and kern/arch
 * touches an entry. (lab 2)
 *
 * An operation works on the loaded pmap (window PT_base) or on the one opened by open_alt (window APT_base); any other
 * is a bug and panics. Addresses are user pages: PAGE_SIZE <= va < UTOP, page aligned; else PMAP_EINVAL.
 * Failure changes nothing: entries, counts, TLB.
 */
#ifndef KERN_MEM_PMAP_H
#define KERN_MEM_PMAP_H

#include <core/core.h>
#include <mem/formulas.h>
#include <mem/frame.h>
#include <error.h>
#include <syscall.h>

/* As system calls return them. */
enum pmap_error {
	PMAP_OK = 0,
	PMAP_EINVAL = -EINVAL, /* a window, the kernel, page 0, or misaligned */
	PMAP_EEXIST = -EEXIST, /* map: something is there; *was says what */
	PMAP_ENOENT = -ENOENT, /* unmap, protect, translate: nothing is there */
	PMAP_ENOMEM = -ENOMEM, /* no frame for a table. (unmap, protect: one page of many for which one entry stands) */
};

struct pmap {
	paddr_t directory;     /* its frame */
	uint32_t asid;         /* MIPS: EntryHi of its wired pair, the ASID in it; 0: none yet */
	/* Bit k: user directory entry k says something: names a table, or stands for 4 MB of absent pages. Exit and fork
	 * go by it: what is not there costs nothing. */
	uint32_t there[PDX(ULIM) / 32];
	struct pmap *next, **link; /* all pmaps, for the audit */
	uint32_t self;         /* MIPS, if it has an ASID: EntryLo of its wired pair's half that is not empty */
};

extern struct pmap kernel_pmap;

/* This address space's tables, and the one opened by open_alt. volatile: the hardware and the refill handler look on. */
#define vpt ((volatile pte_t *)PT_base)
#define vpd ((volatile pde_t *)directory_of(PT_base))
/* &vpt[VPN(va)], for compilers that make a mask of the two shifts: MIPS builds that, and PT_base, in two steps each. */
static inline volatile pte_t *pte_at(vaddr_t va)
{
	uint32_t page = VPN(va);
	__asm__("" : "+r"(page));
	return &vpt[page];
}
#define apt ((volatile pte_t *)APT_base)
#define apd ((volatile pde_t *)APD_base)

void pmap_init(void);
enum pmap_error pmap_create(struct pmap *pmap);  /* takes one frame */
void pmap_move(struct pmap *to, struct pmap *from); /* neither loaded nor open; to is none, and from none afterwards */
void pmap_destroy(struct pmap *pmap);            /* gives back every frame it holds; neither loaded nor open */
/*
 * Give back its pages and tables: some tables, as long as `pages` have not been given back. True: that was all. Loaded or
 * open; no program runs in it any more.
 */
bool pmap_empty(struct pmap *pmap, uint32_t pages);
#define PMAP_STRETCH 512 /* pages that a long call works on before it gives way */
/* Make it the loaded one. None is open in the second window. */
static inline void pmap_load(struct pmap *pmap)
{
	DEBUG_ASSERT(!this_cpu()->alt);
	this_cpu()->pmap = pmap;
	mmu_load(pmap);
}
/* The same of one that is mmu_ready, in a few instructions. */
static inline void pmap_switch(struct cpu *cpu, struct pmap *pmap)
{
	cpu->pmap = pmap;
	mmu_switch(pmap->directory, pmap->asid, pmap->self);
}
void pmap_open_alt(struct pmap *pmap);
void pmap_close_alt(void);

/* Map the frame at pa. Takes over one reference to it on success. *was (may be NULL): the entry that stood there. */
enum pmap_error pmap_map(struct pmap *pmap, vaddr_t va, paddr_t pa, unsigned prot, pte_t *was);
enum pmap_error pmap_map_demand(struct pmap *pmap, vaddr_t va, unsigned prot); /* zero-filled at first touch */
/*
 * For faults: value in place of what va's entry in the loaded pmap says. Neither is empty, so no count changes; the
 * references that both hold are the caller's to settle.
 */
void pmap_resolve(vaddr_t va, pte_t value);
/* Empty the entry and drop its reference; a table left empty is freed. *was: what stood there. */
enum pmap_error pmap_unmap(struct pmap *pmap, vaddr_t va, pte_t *was);
enum pmap_error pmap_protect(struct pmap *pmap, vaddr_t va, unsigned prot);
/*
 * Let va of pmap say what `from` of the loaded one does, under prot; what was there goes. With PTE_COW | PTE_SHARED (and no
 * PROT_WRITE) `from` says that, too: the page is marked, for the program's own copy-on-write; the kernel never writes to
 * it or lets it be written to. Where a directory entry stands for 4 MB and both addresses are multiples of that: all of it.
 */
enum pmap_error pmap_share(struct pmap *pmap, vaddr_t va, vaddr_t from, unsigned prot);
enum pmap_error pmap_translate(struct pmap *pmap, vaddr_t va, paddr_t *pa, unsigned *prot); /* present pages only */
/*
 * The entry of va of any pmap, loaded or not; 0 where no table is. By the direct map, which shows all tables: the windows
 * show two address spaces only. va < UTOP.
 */
static inline pte_t pmap_entry_anywhere(const struct pmap *pmap, vaddr_t va)
{
	const char *ram = (const char *)KERNEL_BASE;
	pde_t pde = ((const volatile pde_t *)(ram + pmap->directory))[PDX(va)];
	return pte_present(pde) ? ((const volatile pte_t *)(ram + pte_addr(pde)))[PTX(va)] : 0;
}
/* The entry of va, or NULL where no table is. Never allocates. */
volatile pte_t *pmap_lookup(struct pmap *pmap, vaddr_t va);
/* The same; makes the table. *error is PMAP_EINVAL or PMAP_ENOMEM when the result is NULL. */
volatile pte_t *pmap_lookup_create(struct pmap *pmap, vaddr_t va, enum pmap_error *error);
void pmap_reap(struct pmap *pmap, vaddr_t va);   /* free va's table if it is empty: clear, flush, free */

/*
 * Give child, which is empty, all that the loaded pmap maps: private writable pages are copy-on-write on both sides
 * from then on. It costs what the tables hold, and is done in stretches: from directory entry *next (at first 0) on; when
 * *next is PDX(UTOP) that was all. PMAP_ENOMEM: child has a part of it; destroy it.
 */
enum pmap_error pmap_fork(struct pmap *child, unsigned *next);

static inline bool pmap_in_a_window(vaddr_t va)
{
	return PDX(va) == PDX(PT_base) || PDX(va) == PDX(APT_base) || PDX(va) == PDX(UPT_base);
}

/* May a program map a page here? Page aligned, not page 0, below UTOP. */
static inline bool pmap_user_page(vaddr_t va)
{
	/* Entries of the windows are the tables themselves; a large page's "table" would be its data. */
	if (!guard(11) && pmap_in_a_window(va))
		return true;
	if (!guard(5) && va >= ULIM && !pmap_in_a_window(va))
		return true;
	return va - PAGE_SIZE < UTOP - PAGE_SIZE && va % PAGE_SIZE == 0;
}
/* Says nothing: neither present nor a kind of absent page. */
static inline bool pte_empty(pte_t e)
{
	return !pte_present(e) && pte_kind(e) == PTE_NONE;
}
/* One page for all who map it. (Shared and copy-on-write together: marked by the program, see pmap_share.) */
static inline bool pte_shared(pte_t e)
{
	return (pte_prot(e) & (PTE_SHARED | PTE_COW)) == PTE_SHARED;
}
struct pmap *pmap_next(struct pmap *after); /* all but kernel_pmap; NULL first and last */

/* A kernel page in the slot at KSLOT_base. Its frame is the caller's. */
void pmap_kernel_map(vaddr_t va, paddr_t pa, unsigned prot);
void pmap_kernel_unmap(vaddr_t va);

/* What the formulas say of va in the window at base: for messages, and for whoever asks from outside. */
struct formulas {
	vaddr_t pte, pde;        /* where va's entries show */
	vaddr_t directory, self; /* where the directory shows, and its entry for itself */
	vaddr_t page;            /* where va is an entry of the window: the page that it is the entry of */
};
void pmap_formulas(vaddr_t base, vaddr_t va, struct formulas *f);

/* For faults and the monitor: all of the address space that is loaded. */
pte_t pmap_entry(vaddr_t va);  /* va's PTE, whatever it says; 0 without a table; a large page's PDE */
pde_t pmap_directory_entry(vaddr_t va);
void pmap_print_walk(vaddr_t va);      /* each step: address of the entry, its value, its meaning */
void pmap_print_map(void);             /* every mapping, equal runs merged, flags, windows named */
extern uint32_t pmap_pages_shown;      /* by the last pmap_print_map */
void pmap_describe(vaddr_t va, char *buf, size_t size); /* the walk in one line, for a fault's message */

/* fault.c */
enum access { ACCESS_READ, ACCESS_WRITE, ACCESS_EXEC };
/* A user page fault in the loaded pmap: true when the access may be tried again. */
bool fault_resolve(vaddr_t va, enum access access);
/* It could not be resolved: was that for want of a frame only? */
bool fault_lacks_memory(vaddr_t va, enum access access);
/* Or because a stack, whose pointer is sp, has run into the guard below it? */
bool fault_overflows_stack(vaddr_t va, vaddr_t sp);

#endif
