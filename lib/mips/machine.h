/* lib/mips/machine.h: what programs may want to know of this machine: its name, its clock, its entries. (lab 3) */
#ifndef LIB_MACHINE_H
#define LIB_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#define MACHINE_NAME "mips"
#define PROBE_STEPS 0
#define MACHINE_REFILLS_TLB 1 /* the kernel does, at each miss */

/* A counter that never stops; only differences mean something, and what one count is differs between machines. */
static inline uint32_t cycles(void)
{
	uint32_t now;

	__asm__ volatile("rdhwr %0, $2" : "=r"(now));
	return now;
}

/* An entry of uvpt or uvpd. */
static inline bool entry_present(uint32_t e) { return e & 0x2; }
static inline bool entry_large(uint32_t e) { return false; }
static inline uint32_t entry_frame(uint32_t e) { return (e & 0x03ffffc0) << 6; } /* present: physical address */
static inline bool entry_stores(uint32_t e) { return (e & 0x6) == 0x6; }         /* the machine lets stores through */
static inline bool entry_copied(uint32_t e) { return e & 0x40000000; }           /* at the first store: copy-on-write */
static inline bool entry_shared(uint32_t e) { return (e & 0x60000000) == 0x20000000; } /* one page for all who map it */
static inline bool entry_marked(uint32_t e) { return (e & 0x60000002) == 0x60000002; } /* by PROT_COPY: this program copies it */
static inline unsigned entry_kind(uint32_t e) { return e >> 3 & 7; }             /* absent: 0 nothing, 1 demand */
/* May programs read (1), write (2), execute (4) it? */
static inline unsigned entry_prot(uint32_t e) { return e >> 26 & 7; }

#endif
