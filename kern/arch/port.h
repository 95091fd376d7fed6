/* kern/arch/port.h: everything that a machine must provide. A new machine is written by reading this file. (lab 2, 3)
 *
 * arch/<machine>/ holds four headers that this one includes, and the code behind them:
 *
 *   mmu.h        the page-table geometry (pte_t, pde_t, MMU_LEVELS, MMU_INDEX_BITS) and how an entry is built and read (below: "Entries")
 *   trapframe.h  struct trapframe, and what the shared code asks of it (below: "Trap frames")
 *   cpu.h        interrupts on and off, waiting, the current CPU
 *   fpu.h        struct fpu_state: the floating-point registers of one thread
 *   io.h         uint8_t inb(uint16_t port), void outb(uint16_t port, uint8_t value): the PC's I/O ports,
 *                which on Malta show in memory
 */
#ifndef KERN_ARCH_PORT_H
#define KERN_ARCH_PORT_H

#include <types.h>
#include <memlayout.h>
#include <bootinfo.h>
#include <syscall.h>
#include <registers.h>

typedef uint32_t vaddr_t;
typedef uint32_t paddr_t; /* may be wider than vaddr_t on a later machine */

/* What an absent entry says of its page; and what an entry says beside PROT_*. The machines encode both (mmu.h). */
enum pte_kind { PTE_NONE, PTE_DEMAND, PTE_SWAP, PTE_OBJECT, PTE_HELD };
#define PTE_SHARED 8u  /* one page for all who map it */
#define PTE_COW 16u    /* copied at the first write */

struct pmap;
struct thread;

#define PRIORITIES 8 /* of threads; 0 runs first */

/* One for each CPU; this_cpu() (cpu.h) finds it. entry.S knows some fields' places. */
struct cpu {
	struct thread *current; /* offset 0: entry.S. NULL: idle or booting */
	uint32_t resched;       /* offset 4: entry.S. The return path must call schedule() */
	struct pmap *pmap;      /* the loaded one */
	struct pmap *alt;       /* the one open in APT_base, or NULL */
	void *stack;            /* offset 16: entry.S (MIPS). Where kernel entry begins it */
	/*
	 * All runnable threads of one priority, the running one among them, stand in a ring; ring[p] is the one to run
	 * next, or running. So a switch between equals takes nobody out of a queue and puts nobody in: it turns the ring.
	 */
	uint32_t ready_bits;    /* bit 31 - p: ring[p] is not empty. A CPU counts leading zeros in one instruction */
	struct thread *ring[PRIORITIES];
};

#include "mmu.h"
#include "trapframe.h"
#include "cpu.h"
#include "fpu.h"
#include "io.h"

/* inc/selfmap.h, which programs read too, counts on this machine's geometry. */
_Static_assert(PAGE_SIZE == sizeof(pte_t) << MMU_INDEX_BITS, "a table fills a page");
_Static_assert(PDE_SHIFT == PAGE_SHIFT + MMU_INDEX_BITS * (MMU_LEVELS - 1), "what a directory entry covers");

/*
 * Entries (mmu.h). pte_t, pde_t; all static inline, none but pte_exchange touches memory.
 *   pte_t   pte_leaf(paddr_t pa, unsigned prot)   a present user page; prot: PROT_*, PTE_SHARED, PTE_COW (software)
 *   pte_t   pte_kernel(paddr_t pa, unsigned prot) a present kernel-only page
 *   pte_t   pte_absent(enum pte_kind kind, uint32_t payload, unsigned prot)  payload: up to 20 bits; for PTE_HELD the frame
 *   pte_t   pte_filled(pte_t absent, paddr_t pa)  the page that an absent entry has promised: with its PROT_*, PTE_SHARED
 *   pte_t   pte_cow(pte_t)           the same present page, to be copied at the first write
 *   pte_t   pte_owned(pte_t cow, paddr_t pa)  and after that write: the page at pa, writable
 *   bool    pte_present(pte_t)       paddr_t pte_addr(pte_t)     unsigned pte_prot(pte_t): PROT_*, PTE_SHARED, PTE_COW
 *   bool    pte_writable(pte_t): present, and a store goes through
 *   enum pte_kind pte_kind(pte_t): of an absent entry            uint32_t pte_payload(pte_t)
 *   pte_t   pte_left_behind(pte_t): a demand entry with the rights of a present one, copy-on-write being writable
 *   bool    pte_user(pte_t): of a present entry: programs may read it
 *   bool    mmu_unmapped(vaddr_t): a segment that no table rules (MIPS kseg0, kseg1; never on i386)
 *   bool    pte_large(pte_t): a directory entry that maps a large page and has no table
 *   pde_t   pde_table(paddr_t table): carries every permission; leaves carry the policy
 *   pde_t   pde_window(paddr_t directory): kernel-only self entry     PDE_USER_WINDOW: 1 where UPT_base is a PDE
 *   pde_t   pde_user_window(paddr_t directory): read-only, for users (only where PDE_USER_WINDOW)
 *   bool    pte_same(a, b): equal, bits that the hardware sets by itself (accessed, dirty) left out
 *   pte_t   pte_exchange(volatile pte_t *, pte_t): what stood there; the hardware's setting such bits meanwhile is not lost
 *   RAM_LOW_END, RAM_HIGH_START, RAM_HIGH_BASE: of a machine whose RAM comes in two pieces (frame.h)
 *   PTE_EMPTY_KERNEL: what an unused entry of the kernel's slot holds (MIPS: G = 1, V = 0; i386: 0)
 */

/* Whole pages, through the direct map, as fast as the machine can (cpu.h): page_zero(to), page_copy(to, from). */

/* Hardware page tables (mmu.c). */
void mmu_init(void);                          /* the boot address space is loaded and the windows work on return */
void mmu_flush(struct pmap *pmap, vaddr_t va); /* forget va's translation; pmap must be loaded (else it is a no-op) */
void mmu_flush_all(void);                     /* forget all but wired and global translations of the loaded pmap */
void mmu_load(struct pmap *pmap);             /* make pmap's directory the loaded one; the caller keeps this_cpu()->pmap */
/* In cpu.h, for messages: mmu_switch(directory, asid, self) of a pmap is all of mmu_load() if mmu_ready(asid);
 * mmu_forget(asid, va) of the loaded pmap is mmu_flush(). Inline. */
void mmu_open_alt(struct pmap *loaded);       /* PDE[t^1] has just changed: leave no stale APT translation behind */
void mmu_close_alt(struct pmap *loaded);      /* PDE[t^1] has just been cleared */
void mmu_release(struct pmap *pmap);          /* pmap is being destroyed: forget what the machine kept for it (ASID) */
const char *mmu_wrong(void);                  /* For debug builds. NULL: the hardware has the loaded pmap's translations; else a sentence */
void mmu_kernel_half(pde_t *directory);       /* fill a new directory's kernel half, but for the windows */

/*
 * Trap frames (trapframe.h). struct trapframe stands inside struct thread; kernel entry saves straight into it.
 *   vaddr_t tf_pc(tf), tf_sp(tf)    void tf_set_result(tf, long), long tf_result(tf)
 *   uint32_t tf_argument(tf, n, value): the n-th argument of the system call under way, which is value
 *   void tf_set_message(tf, kind, badge, w0, w1, w2): what a message call received (syscall.h: Messages); and
 *   void tf_keep_message(tf), if the thread does not leave by trap_return_message now; void tf_end_message(tf, result): none came
 *   void tf_fork(child, parent): the parent's registers, result 0
 *   void tf_init_user(tf, vaddr_t entry, vaddr_t sp, long arg0, vaddr_t arg1, vaddr_t tls): ready to enter a program
 *   void tf_set_thread_register(tf, vaddr_t tls): programs find their thread's own block by it (syscall.h: THREAD_BLOCK)
 *   void tf_save(tf, struct registers *), tf_load(tf, const struct registers *): all that a program has, for a context; what
 *     is loaded comes from a program, and can't give it more than its rights
 *   void tf_enter(tf, vaddr_t entry, vaddr_t args_at, const uint32_t args[4]): as if entry(args) had been called. args_at:
 *     where the arguments stand in memory, a multiple of 16; a 0, to return to, stands right below
 *   void tf_call_again(tf, number, const uint32_t args[4]): the call that it returns from, about to begin
 *   CALL_CODE: the bytes of a system call instruction, as a string
 *   void tf_print(tf): all registers, by printf
 */

/* Trap entry and exit (entry.S). */
void trap_return(struct thread *thread) __attribute__((noreturn)); /* load thread's registers and go; its pmap is loaded */
/* trap_return_message(struct thread *) (cpu.h): trap_set_thread, and the same, with what tf_set_message has put there. Never returns. */
void trap_init(void);                         /* vectors, descriptor tables, guarded stack, fault gates */
/* trap_set_thread(struct thread *) (cpu.h): where the next trap from user mode is saved. */

/*
 * The floating-point unit (fpu.c), for kern/proc/fpu.c. The kernel uses none, but for saving and loading. A program that
 * uses it while it is off for its thread traps, and fpu_wanted() is called. trap_init turns it off at first.
 */
bool fpu_present(void);
void fpu_on(struct thread *t);                /* the running thread may use it, until fpu_off */
void fpu_off(struct thread *t);               /* NULL, if sched_guard_fpu was called: for whoever had it */
void fpu_save(struct fpu_state *s);           /* from the unit, which keeps it, whether it is on or off */
void fpu_load(const struct fpu_state *s);     /* => fresh, saved, or sanitised: then it can't trap */
void fpu_fresh(struct fpu_state *s);          /* what a program begins with: zeros, to nearest, no exceptions */
void fpu_sanitise(struct fpu_state *s);       /* it comes from a program */

/* Devices. */
void machine_init(const struct bootinfo *info); /* interrupt controller; device drivers register themselves */
void clock_init(unsigned hz);                   /* clock_tick() is called hz times a second from then on */
void machine_poweroff(int status) __attribute__((noreturn)); /* report status (0..255) to the emulator, switch off */
uint64_t machine_cycles(void);                  /* free-running: i386 TSC, MIPS Count; 0 at reset */
void machine_screen_putc(int c);                /* a second place for console output; empty where there is none */
/* MACHINE_ELF (cpu.h): the ELF machine number of its programs. */
extern const char machine_name[];               /* "i386" or "mips" */

/* Debugging. */
bool trap_step(struct trapframe *tf);           /* arrange for a TRAP_STEP after one instruction; false: can't */
void trap_step_done(struct trapframe *tf);
struct stack_frame { vaddr_t pc, sp, fp, ra; }; /* ra: the innermost function may not have saved it (MIPS) */
void backtrace_start_here(struct stack_frame *f);
void registers_print(void);                     /* the CPU's own: what says how it translates, and what it met last */
void backtrace_start_trap(struct stack_frame *f, const struct trapframe *tf);
bool backtrace_next(struct stack_frame *f);     /* to the caller; false at the bottom or when the chain is broken */

#endif
