/* kern/arch/mips/refill.S: the nine instructions that refill the TLB, and what they do when they miss themselves. (lab 2)
 *
 * Only k0 and k1 are the kernel's at a trap. This file fills the first 0x180 bytes of the vectors; entry.S has the rest.
 */
#include <memlayout.h>
#include "cpu.h"
#include "vectors.h"

	.set noreorder
	.set noat
	.section .vectors, "ax"
	.balign 4096

/* No entry for the address: the processor comes here, with EXL set. */
	.globl vectors
vectors:
refill:
	/*
	 * [lab 2.7, 6 points] Enter the pair of page-table entries at which Context points into the TLB, and return (eret);
	 * tlbwr, with ehb before it, enters EntryLo0 and EntryLo1 under the EntryHi that the processor has set. Context holds
	 * twice the address of the pair in the window at PT_base: how is it halved, so that an address from 0xC0000000 up
	 * comes out? An entry is what EntryLo takes, as it is. k0 must hold the pair's address when the loads begin: if they
	 * miss in turn, the miss goes to nested_miss, below, which needs it. Nine instructions are enough.
	 */
	mfc0 $k0, CONTEXT
	sra $k0, $k0, 1
	lw $k1, 0($k0)
	lw $k0, 4($k0)
	mtc0 $k1, ENTRYLO0
	mtc0 $k0, ENTRYLO1
	ehb
	tlbwr
	eret
	/* [end of lab 2.7] */

/*
 * From entry.S: an exception that is no system call, whose BadVAddr is in k0. k1 holds Cause. Programs can't choose k0:
 * kernel entry zeroes it. EPC still names the instruction that missed first, for EXL was set when the handler missed.
 */
	.globl nested_miss
nested_miss:
	/*
	 * [lab 2.7, 6 points] First: is it one? Only a TLB load exception is (CODE_TLB_LOAD in Cause), at an address in the
	 * 4 MB from PT_BASE on; with anything else branch to not_nested.
	 *
	 * Then Context points at the entry of the page that the handler wanted to read, in the directory: the same nine
	 * instructions, one level up, from `refill` on. When they have run, the instruction that missed first tries again, and
	 * finds its table. The wired pair ends the recursion.
	 *
	 * Unless the TLB has an entry for BadVAddr already (tlbp: Index is not negative): then it is one that is not valid, for
	 * there is no table, and BadVAddr has lost the address that missed first; k0 has not: it is the address of that page's
	 * entry. Enter a pair that is not valid (both EntryLo are 0) for the pages whose pair of entries it is, under the
	 * address space number in the low eight bits of EntryHi, and return: the instruction, tried again, takes TLB Invalid.
	 */
	andi $k1, $k1, CAUSE_CODE
	xori $k1, $k1, CODE(CODE_TLB_LOAD)
	bnez $k1, not_nested
	lui $k1, (PT_BASE >> 16)
	subu $k1, $k0, $k1
	srl $k1, $k1, 22
	bnez $k1, not_nested
	nop
	tlbp
	ehb
	mfc0 $k1, INDEX
	bltz $k1, refill
	lui $k1, (PT_BASE >> 16)
	subu $k0, $k0, $k1
	sll $k0, $k0, 10
	mfc0 $k1, ENTRYHI
	andi $k1, $k1, 0xff
	or $k0, $k0, $k1
	mtc0 $k0, ENTRYHI
	mtc0 $zero, ENTRYLO0
	mtc0 $zero, ENTRYLO1
	ehb
	tlbwr
	eret
	/* [end of lab 2.7] */
not_nested:
	j any_trap
	nop

	.org vectors + VECTOR_GENERAL
