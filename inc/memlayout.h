/* inc/memlayout.h: the address map of both machines, drawn once. Every other number is derived from it. (lab 2)
 *
 *   0xFFFFFFFF  +------------------------------------------+
 *               | ...                                      |
 *   KSLOT_base  | 4 MB: kernel temporary mappings;         |  kernel rw   MIPS: kseg2/3, mapped through the TLB
 *               |       i386 also its guarded stack        |
 *   PT_base     | 4 MB: the loaded address space's tables  |  kernel rw   default 0xC0000000
 *   APT_base    | 4 MB: one other address space's tables   |  kernel rw   PT_base with bit 22 flipped
 *   0xC0000000  +------------------------------------------+
 *   0xA0000000  | devices, uncached                        |  kernel rw   MIPS: kseg1
 *   0x80000000  | all RAM, directly: up to 512 MB          |  kernel rw   MIPS: kseg0; i386: 4 MB global pages
 *   ULIM        +------------------------------------------+
 *   UPT_base    | 4 MB: the page tables once more          |  user r-     0x7FC00000
 *   UTOP        +------------------------------------------+
 *               | stack, downwards from UTOP               |  user rw
 *               | heap, shared mappings                    |  user
 *   UTEXT       | program: text, data                      |  user
 *   0x00000000  | page 0 is never mapped                   |
 *               +------------------------------------------+
 */
#ifndef INC_MEMLAYOUT_H
#define INC_MEMLAYOUT_H

#ifndef PT_BASE
#define PT_BASE 0xC0000000 /* chosen at build time: make PT_BASE=0x... */
#endif

#define KERNEL_BASE 0x80000000 /* physical address 0 shows here */
#define DEVICE_BASE 0xA0000000
#define DIRECT_MAX 0x20000000 /* the direct map's size: RAM past 512 MB is not used */
#define ULIM 0x80000000       /* user addresses are below; UPT_base is the last user-readable region */
#define UPT_base 0x7FC00000
#define UTOP UPT_base  /* user mappings are below */
#define UTEXT 0x00400000 /* programs are linked here */
#define USTACK_PAGES 8   /* a program's first stack, in pages, right below UTOP: at the start */
#define USTACK_MAX (8u << 20)   /* bytes that it can grow to: what is touched there, and is not mapped, becomes stack */
#define USTACK_GUARD (4u << 20) /* below that: a touch is a stack overflow; mmap keeps out */

#define PT_base PT_BASE
#define APT_base (PT_BASE ^ 0x00400000)
#define KSLOT_base (PT_BASE ^ 0x00800000)

#ifndef __ASSEMBLER__
#include "selfmap.h"

#define PD_base SELFMAP_PD_BASE(PT_base)
#define PDE_self SELFMAP_PDE_SELF(PT_base)
#define APD_base SELFMAP_TABLE(PT_base, SELFMAP_SLOT(APT_base)) /* the other directory, as a "table" of this one */
#define UPD_base SELFMAP_PD_BASE(UPT_base)

#if PT_BASE /* 0: a name, where nothing may depend on it: see tools/make/build.mk */
_Static_assert(PT_base % PDE_SPAN == 0 && PT_base >= 0xC0000000, "PT_BASE: a 4 MB aligned slot from 0xC0000000 up");
#endif
#if PT_BASE == 0xC0000000
_Static_assert(PD_base == 0xC0300000 && PDE_self == 0xC0300C00, "the figures that the handouts quote");
#endif
#endif

#endif
