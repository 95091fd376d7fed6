/* kern/arch/i386/shared.h: numbers that assembly and C must agree on. (lab 1, 3) */
#ifndef KERN_ARCH_I386_SHARED_H
#define KERN_ARCH_I386_SHARED_H

#include <memlayout.h>

/* Segment selectors: index in the GDT (trap.c) << 3 | privilege. */
#define SEL_KCODE 0x08
#define SEL_KDATA 0x10
#define SEL_UCODE 0x1b
#define SEL_UDATA 0x23
#define SEL_TSS 0x28
#define SEL_DOUBLE_FAULT 0x30
#define SEL_THREAD 0x3b /* gs: data from the running thread's own address on */

/* For entry.S; trapframe.h checks them: where in struct trapframe pushal's words begin, and offsets from there. */
#define TF_PUSHED 16
#define TF_GS_LOW 76 /* from the structure's beginning */
#define TF_EAX 28
#define TF_CS 44
#define TF_EFLAGS 48

#define EFLAGS_VM 0x00020000 /* virtual 8086 mode */

#define CR0_MP 0x00000002 /* fwait, too, traps while TS is set */
#define CR0_EM 0x00000004 /* floating point instructions trap: there is no unit */
#define CR0_TS 0x00000008 /* they trap once: fpu.c */
#define CR0_NE 0x00000020
#define CR0_WP 0x00010000 /* the kernel, too, obeys W = 0 */
#define CR0_PG 0x80000000
#define CR4_PSE 0x00000010
#define CR4_PGE 0x00000080
#define CR4_OSFXSR 0x00000200 /* programs may use SSE: fxsave saves it */
#define CR4_OSXMMEXCPT 0x00000400 /* and its exceptions have their own vector */

/* The kernel's stack: mapped page by page in the kernel's slot, so that what lies below it can be left out. */
#define KSTACK_PAGES 4
#define KSTACK_top (KSLOT_base + 0x003F0000)
#define KSTACK_bottom (KSTACK_top - KSTACK_PAGES * 4096)
#define KSTACK_GUARD 0x10000 /* bytes below it that nobody may map: a frame larger than a page must not jump over */

#endif
