/* kern/arch/mips/mmu.h: MIPS page-table entries. An entry is what EntryLo takes, as it is: no masking in the refill
 * handler. (lab 2)
 *
 *   present   | 0 |cow|shared| X | W | R | frame number 25:6 | C 5:3 = 3, cached | D | V = 1 | G |
 *   absent    | 0 |cow|shared| X | W | R | payload 25:6      | kind 5:3          | 0 | V = 0 | G |
 *   bit        31  30   29   28  27  26                                           2    1      0
 *
 * D lets stores through; G makes a translation hold under every ASID, if both entries of the pair have it. Bits 31:26
 * are software's: the TLB does not keep them.
 */
#ifndef KERN_ARCH_MIPS_MMU_H
#define KERN_ARCH_MIPS_MMU_H

#include <core/core.h>

typedef uint32_t pte_t;
typedef uint32_t pde_t;

#define MMU_LEVELS 2      /* a directory, and tables */
#define MMU_INDEX_BITS 10 /* entries in each: 1024 */

#define MIPS_G 0x1u
#define MIPS_V 0x2u
#define MIPS_D 0x4u
#define MIPS_CACHED (3u << 3)
#define MIPS_FRAME 0x03FFFFC0u

/*
 * RAM past the first 256 MB stands where kseg0 does not reach. It is mapped, in the 256 MB region of kseg2 and kseg3 next
 * to the windows' (frame.h says what may live there).
 */
#define RAM_LOW_END 0x10000000u
#define RAM_HIGH_START 0x90000000u
#define RAM_HIGH_BASE ((PT_base ^ 0x10000000u) & 0xF0000000u)

#define PDE_USER_WINDOW 0 /* hazard 6: an aliased directory entry would carry D; mmu_user_window() enters the pairs */
#define PTE_EMPTY_KERNEL (guard(15) ? MIPS_G : 0) /* hazard 15: a global page is global only if its buddy's entry says G, too */

/* PROT_READ, PROT_WRITE, PROT_EXEC, PTE_SHARED, PTE_COW are bits 0 to 4: side by side in an entry, too. */
#define MIPS_SOFTWARE_SHIFT 26
static inline uint32_t mips_prot_encode(unsigned prot)
{
	return prot << MIPS_SOFTWARE_SHIFT;
}

static inline unsigned pte_prot(pte_t e)
{
	return e >> MIPS_SOFTWARE_SHIFT & 31;
}

/* Copied at the first write: so the hardware may not let that write pass. */
static inline pte_t pte_leaf(paddr_t pa, unsigned prot)
{
	if (prot & PTE_COW)
		prot &= ~PROT_WRITE;
	return pa >> 6 | mips_prot_encode(prot) | MIPS_CACHED | MIPS_V | (prot & PROT_WRITE ? MIPS_D : 0);
}

#define MIPS_SOFTWARE mips_prot_encode(31)
#define MIPS_W mips_prot_encode(PROT_WRITE)
#define MIPS_COW mips_prot_encode(PTE_COW)

static inline pte_t pte_filled(pte_t e, paddr_t pa)
{
	return (e & MIPS_SOFTWARE) | pa >> 6 | MIPS_CACHED | MIPS_V | (e & MIPS_W ? MIPS_D : 0);
}

static inline pte_t pte_cow(pte_t e) { return (e & ~(MIPS_W | MIPS_D)) | MIPS_COW; }

static inline pte_t pte_owned(pte_t e, paddr_t pa)
{
	return (e & MIPS_SOFTWARE & ~MIPS_COW) | MIPS_W | pa >> 6 | MIPS_CACHED | MIPS_D | MIPS_V;
}

static inline pte_t pte_kernel(paddr_t pa, unsigned prot) { return pte_leaf(pa, prot) | MIPS_G; }

static inline pte_t pte_absent(enum pte_kind kind, uint32_t payload, unsigned prot)
{
	return payload << 6 | mips_prot_encode(prot) | (uint32_t)kind << 3;
}

static inline bool pte_present(pte_t e) { return e & MIPS_V; }
static inline bool pte_writable(pte_t e) { return e & MIPS_D; }
static inline paddr_t pte_addr(pte_t e) { return (e & MIPS_FRAME) << 6; }
static inline enum pte_kind pte_kind(pte_t e) { return (enum pte_kind)(e >> 3 & 7); }
static inline uint32_t pte_payload(pte_t e) { return (e & MIPS_FRAME) >> 6; }

/* Of a present entry. Nothing here keeps programs out of an address below 2 GB, or lets them into one above. */
static inline bool pte_user(pte_t e) { return (pte_prot(e) & PROT_READ) && !(e & MIPS_G); }

/* kseg0 and kseg1: no table rules them. */
static inline bool mmu_unmapped(vaddr_t va) { return va >> 30 == 2; }
static inline bool pte_large(pte_t e) { return false; }

/* [helpers of lab 2] Your own functions for this file. */
/* [end of helpers] */

/* A directory entry that names a table. It doubles as the TLB entry of the table's page in the window. */
static inline pde_t pde_table(paddr_t table)
{
	/* [lab 2.3, 1 point] As a leaf with every right. Is it the same in all address spaces (MIPS_G)? */
	return pte_leaf(table, PROT_READ | PROT_WRITE | PROT_EXEC) | (guard(10) ? 0 : MIPS_G);
	/* [end of lab 2.3] */
}

/* One that names a directory: the window at PT_base or APT_base. */
static inline pde_t pde_window(paddr_t directory)
{
	/* [lab 2.3, 1 point] A leaf that the kernel can write to. PROT_READ would say that programs may read it. */
	return pte_leaf(directory, PROT_WRITE);
	/* [end of lab 2.3] */
}

static inline pde_t pde_user_window(paddr_t directory) { return 0; } /* never linked: PDE_USER_WINDOW */

/* What is left of a private page whose frame has gone to somebody else: demand, with the same rights; once copied, writable. */
static inline pte_t pte_left_behind(pte_t e)
{
	return (e & mips_prot_encode(7)) | (e & MIPS_COW) >> 3 | PTE_DEMAND << 3;
}

/* The hardware sets nothing by itself. */
static inline bool pte_same(pte_t a, pte_t b) { return a == b; }
static inline pte_t pte_exchange(volatile pte_t *entry, pte_t value)
{
	pte_t old = *entry;
	*entry = value;
	return old;
}

/* A program missed in the window at UPT_base: enter the pair, read-only. False: no table shows there. */
bool mmu_user_window(vaddr_t va);
extern unsigned tlb_entries; /* how many pairs the TLB holds */
extern uint32_t asid_rounds; /* how often all address space numbers have been used up */

#endif
