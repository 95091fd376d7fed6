/* lib/i386/machine.h: what programs may want to know of this machine: its name, its clock, its entries. (lab 3) */
#ifndef LIB_MACHINE_H
#define LIB_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#define MACHINE_NAME "i386"
#define PROBE_STEPS 1 /* the CPU can trap after each instruction */
#define MACHINE_REFILLS_TLB 0 /* the hardware walks the tables by itself */

/* A counter that never stops; only differences mean something, and what one count is differs between machines. */
static inline uint32_t cycles(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return low;
}

/* An entry of uvpt or uvpd. */
static inline bool entry_present(uint32_t e) { return e & 0x001; }
static inline bool entry_large(uint32_t e) { return (e & 0x081) == 0x081; } /* in uvpd: 4 MB, and no table */
static inline uint32_t entry_frame(uint32_t e) { return e & 0xfffff000; }   /* present: physical address */
static inline bool entry_stores(uint32_t e) { return (e & 0x003) == 0x003; } /* the machine lets stores through */
static inline bool entry_copied(uint32_t e) { return e & 0x200; }            /* at the first store: copy-on-write */
static inline bool entry_shared(uint32_t e) { return (e & 0x600) == 0x400; } /* one page for all who map it */
static inline bool entry_marked(uint32_t e) { return (e & 0x601) == 0x601; } /* by PROT_COPY: this program copies it */
static inline unsigned entry_kind(uint32_t e) { return e >> 3 & 7; }         /* absent: 0 nothing, 1 demand */
/* May programs read (1), write (2), execute (4) it? */
static inline unsigned entry_prot(uint32_t e) { return (e >> 2 & 1) | (e & 2) | (e >> 9 & 4); }

#endif
