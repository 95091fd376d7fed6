/*
 * kern/mem/frame.h: physical page frames: who uses each, and the free ones. (lab 2)
 * One struct frame for each frame up to the end of usable memory, in one array: frame number = index.
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
	uint8_t clean; /* free and all zero: may serve as a table at once */
	union {
		uint32_t next; /* free: number of the next free frame, 0 ends the list */
		struct {       /* table: how many entries are not empty, and the bounds outside of which all are */
			uint32_t used : 11, low : 10, high : 10;
		};
	};
#ifdef DEBUG
	uint32_t counted; /* scratch of the audit */
#endif
};

extern struct frame *frames;   /* frames[0 .. frame_count) */
extern uint32_t frame_count;
extern uint32_t frames_free, frames_usable;

void frame_init(const struct bootinfo *info);
/* A frame with refs = 1, contents undefined. 0 when there is none (frame 0 is never handed out). O(1). */
paddr_t frame_alloc(enum frame_kind kind);
paddr_t frame_alloc_zero(enum frame_kind kind); /* the same, all zero */
void frame_ref(paddr_t pa);                     /* one more owner */
void frame_unref(paddr_t pa);                   /* one owner less; the last one frees it. Foreign or double: panic */
void frame_free_clean(paddr_t pa);              /* frame_unref of a frame that its only owner knows to be all zero */
struct frame *frame_of(paddr_t pa);             /* panics when pa is no frame of ours */
bool frame_known(paddr_t pa);
static inline void *frame_ptr(paddr_t pa) { return (void *)(uintptr_t)(pa + KERNEL_BASE); } /* the direct map */
static inline paddr_t frame_addr(const void *p) { return (uintptr_t)p - KERNEL_BASE; }
extern uint32_t frame_fail_after; /* tests: the n-th allocation from now fails; 0: off */

/* audit.c: count every frame's owners over all address spaces. 0, or how many frames disagree, each with a line. */
unsigned frame_audit(void);

#endif
