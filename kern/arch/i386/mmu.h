/* kern/arch/i386/mmu.h: i386 page-table entries: how one is built and read. (lab 2)
 *
 * Present (Intel SDM vol. 3, 4.3):  frame 31:12 | X 11 | shared 10 | copy-on-write 9 | G 8 | PS 7 | D 6 | A 5 | U 2 | W 1 | 1
 * Absent (ours, bit 0 clear):     payload 31:12 | X 11 | shared 10 | copy-on-write 9 | 0 8:6    | kind 5:3  | R 2 | W 1 | 0
 * X is software's: this paging mode can't forbid execution. R and U are one bit: what a program can read is the user's.
 */
#ifndef KERN_ARCH_I386_MMU_H
#define KERN_ARCH_I386_MMU_H

#include <memlayout.h>

#define PTE_P 0x001 /* present; same bit as PROT_READ */
#define PTE_W 0x002
#define PTE_U 0x004 /* programs may use it */
#define PTE_A 0x020 /* accessed, dirty: set by the hardware */
#define PTE_D 0x040
#define PTE_PS 0x080 /* directory entry: a 4 MB page, no table */
#define PTE_G 0x100  /* survives a CR3 reload */

#ifndef __ASSEMBLER__
#include <core/core.h>

typedef uint32_t pte_t, pde_t;

#define MMU_LEVELS 2      /* a directory, and tables */
#define MMU_INDEX_BITS 10 /* entries in each: 1024 */

#define PTE_EMPTY_KERNEL 0
#define PDE_USER_WINDOW 1

static inline uint32_t pte_bits(unsigned prot)
{
	return (prot & PROT_READ) << 2 | (prot & PROT_WRITE) | (prot & PROT_EXEC) << 9 | (prot & PTE_SHARED) << 7 |
	       (prot & PTE_COW) << 5;
}

/* What is present can be read: by programs, or (pte_user) by the kernel only. */
static inline unsigned pte_prot(pte_t e)
{
	return ((e >> 2 | e) & PROT_READ) | (e & PROT_WRITE) | (e >> 9 & PROT_EXEC) | (e >> 7 & PTE_SHARED) |
	       (e >> 5 & PTE_COW);
}

/* Copied at the first write: so the hardware may not let that write pass. */
static inline pte_t pte_leaf(paddr_t pa, unsigned prot)
{
	return pa | pte_bits(prot & PTE_COW ? prot & ~PROT_WRITE : prot) | PTE_U | PTE_P;
}

static inline pte_t pte_absent(enum pte_kind kind, uint32_t payload, unsigned prot)
{
	return payload << PAGE_SHIFT | (uint32_t)kind << 3 | pte_bits(prot);
}

#define PTE_X 0x800
#define PTE_SOFTWARE (PTE_X | pte_bits(PTE_SHARED | PTE_COW))
static inline pte_t pte_filled(pte_t e, paddr_t pa) { return (e & (PTE_SOFTWARE | PTE_W)) | pa | PTE_U | PTE_P; }
static inline pte_t pte_cow(pte_t e) { return (e & ~(PTE_W | PTE_A | PTE_D)) | pte_bits(PTE_COW); }
static inline pte_t pte_owned(pte_t e, paddr_t pa) { return (e & PTE_SOFTWARE & ~pte_bits(PTE_COW)) | pa | PTE_W | PTE_U | PTE_P; }

static inline pte_t pte_kernel(paddr_t pa, unsigned prot) { return pa | (pte_bits(prot) & ~PTE_U) | PTE_P; }
static inline bool pte_present(pte_t e) { return e & PTE_P; }
static inline bool pte_writable(pte_t e) { return !(~e & (PTE_P | PTE_W)); }
static inline bool pte_user(pte_t e) { return e & PTE_U; }
static inline bool pte_large(pde_t e) { return (e & (PTE_P | PTE_PS)) == (PTE_P | PTE_PS); }
static inline paddr_t pte_addr(pte_t e) { return e & ~(PAGE_SIZE - 1); }
static inline uint32_t pte_payload(pte_t e) { return e >> PAGE_SHIFT; }
static inline enum pte_kind pte_kind(pte_t e) { return (enum pte_kind)(e >> 3 & 7); }
static inline bool mmu_unmapped(uint32_t va) { return false; }

/* [helpers of lab 2] Your own functions for this file. */
/* [end of helpers] */

/* A directory entry that names a table. */
static inline pde_t pde_table(paddr_t table)
{
	/*
	 * [lab 2.3, 1 point] All permissions: i386 lets through what both levels allow, and the pages' entries carry
	 * the policy. Is it global (PTE_G)? The window shows this very entry as that of a page.
	 */
	return table | PTE_P | PTE_W | PTE_U | (guard(10) ? 0 : PTE_G);
	/* [end of lab 2.3] */
}

/* One that names a directory: the window at PT_base or APT_base. */
static inline pde_t pde_window(paddr_t directory)
{
	/*
	 * [lab 2.3, 1 point] The kernel reads and writes all tables here; a program that could would own the machine.
	 */
	return directory | PTE_P | PTE_W | (guard(7) ? 0 : PTE_U);
	/* [end of lab 2.3] */
}

/* The window at UPT_base, where programs may look at their own tables. */
static inline pde_t pde_user_window(paddr_t directory)
{
	/* [lab 2.3, 1 point] Which of the two permissions, W and U, may it have? */
	return directory | PTE_P | PTE_U | (guard(7) ? 0 : PTE_W);
	/* [end of lab 2.3] */
}

/* What is left of a private page whose frame has gone to somebody else: demand, with the same rights; once copied, writable. */
static inline pte_t pte_left_behind(pte_t e)
{
	return (e & 0x806) | (e >> 8 & PTE_W) | PTE_DEMAND << 3;
}

/* In an absent entry the places of A and D belong to software. */
static inline bool pte_same(pte_t a, pte_t b)
{
	return !((a ^ b) & ~(guard(9) && (a & b & PTE_P) ? PTE_A | PTE_D : 0));
}

/* One instruction: the hardware may be setting A and D at this moment. */
static inline pte_t pte_exchange(volatile pte_t *entry, pte_t value)
{
	return __atomic_exchange_n(entry, value, __ATOMIC_RELAXED);
}

/* The processor forgets the translation of va, and all directory entries that it may have cached. */
static inline void tlb_forget(uint32_t va)
{
	/*
	 * [lab 2.5, 1 point] One instruction: invlpg. Tell the compiler that it must not move the entry's store, which
	 * comes before, past it; volatile alone does not say that.
	 */
	if (guard(14))
		asm volatile("invlpg (%0)" : : "r"(va) : "memory");
	else
		asm volatile("invlpg (%0)" : : "r"(va));
	/* [end of lab 2.5] */
}
#endif
#endif
