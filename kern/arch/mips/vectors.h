/* kern/arch/mips/vectors.h: what the two files of the vectors share: coprocessor 0's registers by name. Assembly. (lab 2) */
#ifndef KERN_ARCH_MIPS_VECTORS_H
#define KERN_ARCH_MIPS_VECTORS_H

#define INDEX $0
#define ENTRYLO0 $2
#define ENTRYLO1 $3
#define CONTEXT $4
#define BADVADDR $8
#define ENTRYHI $10
#define STATUS $12
#define CAUSE $13
#define EPC $14

#define CODE(n) ((n) << 2) /* an exception's number, as Cause has it */
#define CODE_TLB_LOAD 2
#define CODE_SYSCALL 8

#define VECTOR_GENERAL 0x180 /* where everything goes that is no TLB refill, counted from the first vector */

#endif
