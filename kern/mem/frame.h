/* kern/mem/frame.h: physical page frames: who uses each, and the free ones. (lab 2)
 * One struct frame for each frame up to the end of usable memory, in one array, by frame_number().
 */
#ifndef KERN_MEM_FRAME_H
#define KERN_MEM_FRAME_H

#include <arch/port.h>

enum frame_kind {
	FRAME_RESERVED, /* not RAM, firmware's, or the kernel image: never freed. An image page may be mapped by programs */
	FRAME_FREE,
	FRAME_USER,     /* mapped by programs: refs counts the entries */
	FRAME_TABLE,    /* a page table */
	FRAME_DIR,      /* a page directory */
	FRAME_KERNEL,   /* a kernel structure's */
};

struct frame {
	uint16_t refs; /* owners; 0 exactly when free */
	uint8_t kind;  /* enum frame_kind */
	uint8_t mark;  /* free: 1 when all zero, fit for a table at once; else the audit's scratch */
	union {
		uint32_t next;    /* free: number of the next free frame, 0 ends the list */
		uint32_t counted; /* user, reserved: the audit's scratch */
		struct {          /* table, directory: how many entries say something, and bounds that enclose them all */
			uint32_t used : 11, low : 10, high : 10;
		};
	};
};

extern struct frame *frames;   /* frames[0 .. frame_count) */
extern uint32_t frame_count;
extern uint32_t frames_free, frames_usable;

/* Build the array and the free lists from the memory map. Panics with a sentence when there is too little memory. */
void frame_init(const struct bootinfo *info);
void frame_init_high(const struct bootinfo *info); /* the same for high RAM, once the page tables show it */
/* A frame with refs = 1, contents undefined. 0 when there is none (frame 0 is never handed out). O(1). */
paddr_t frame_alloc(enum frame_kind kind);
/* The same, all zero. For FRAME_TABLE and FRAME_DIR the bounds are empty, too. */
paddr_t frame_alloc_zero(enum frame_kind kind);
bool frame_ref(paddr_t pa);        /* one more owner. False: it has 65,535 already, as many as can be counted */
void frame_unref(paddr_t pa);      /* one owner less; the last one frees it. A frame that is free or foreign: panic */
void frame_free_clean(paddr_t pa); /* frame_unref of a frame that its only owner knows to be all zero */
struct frame *frame_of(paddr_t pa); /* panics when pa is in no frame */
bool frame_known(paddr_t pa);

/*
 * RAM that the direct map does not show. Malta has devices at physical 256 MB, and the RAM past them further up; mmu_init
 * maps that at RAM_HIGH_BASE, through page tables. Programs' pages come from there first. What the kernel must reach
 * without a TLB miss (threads, which are saved to at kernel entry) and all tables are low.
 */
#ifndef RAM_HIGH_START
#define RAM_LOW_END DIRECT_MAX
#define RAM_HIGH_START 0 /* none */
#define RAM_HIGH_BASE 0
#endif
#define RAM_HOLE (RAM_HIGH_START - RAM_LOW_END)
#define RAM_HIGH_END (RAM_HIGH_START ? RAM_HIGH_START + (DIRECT_MAX - RAM_LOW_END) : 0)

_Static_assert(!RAM_HIGH_START || RAM_HIGH_START >> 31, "frame_high looks at the highest bit only");
static inline bool frame_high(paddr_t pa)
{
	return RAM_HIGH_START && pa >> 31;
}

/* Frames are numbered through: the first high one follows where the last low one may be. In the hole: a number past all. */
static inline uint32_t frame_number(paddr_t pa)
{
	if (!RAM_HIGH_START || __builtin_expect(pa < RAM_LOW_END, 1))
		return pa >> PAGE_SHIFT;
	return ((pa - RAM_HIGH_START) >> PAGE_SHIFT) + (RAM_LOW_END >> PAGE_SHIFT);
}
static inline paddr_t frame_at(uint32_t number)
{
	paddr_t pa = (paddr_t)number << PAGE_SHIFT;
	return RAM_HIGH_START && pa >= RAM_LOW_END ? pa + RAM_HOLE : pa;
}

/* Where a frame shows in the kernel's memory; and back, for what is in the direct map. */
static inline void *frame_ptr(paddr_t pa)
{
	return (void *)(uintptr_t)(pa + (frame_high(pa) ? RAM_HIGH_BASE - RAM_HIGH_START : KERNEL_BASE));
}
static inline paddr_t frame_addr(const void *p)
{
	return (uintptr_t)p - KERNEL_BASE;
}

/* For tests: the n-th allocation from now fails, once; 0: none does. Set by failframe=N on the command line, too. */
extern uint32_t frame_fail_after;

/* audit.c: count every frame's owners over all address spaces. 0, or how many frames disagree, each with a line. */
unsigned frame_audit(void);
/*
 * Debug builds (ktest_poison.c). At power-off one line says whether the frames are in order, and how many are free. A frame
 * that is freed is filled (clean: looked at, whether it is all zero); one that is handed out must still be so.
 */
#ifdef DEBUG
void frame_report(void);
void frame_poison(paddr_t pa, bool clean);
void frame_verify(paddr_t pa, bool clean);
#else
static inline void frame_report(void) { }
static inline void frame_poison(paddr_t pa, bool clean) { }
static inline void frame_verify(paddr_t pa, bool clean) { }
#endif

#endif
