/* kern/arch/mips/entry.S: the way into the kernel and out of it. (lab 3)
 *
 * Only k0 and k1 are the kernel's at a trap. The running thread stands first in struct cpu, and its trap frame first
 * in it: registers are saved straight there. In kernel mode (idle, or a bug) they go to the stack in use.
 */
#include <memlayout.h>
#include <syscall.h>
#include "cpu.h"
#include "trapframe.h"
#include "vectors.h"

#ifndef HAZARD
#define HAZARD 0
#endif

#define ROOM 32 /* on a stack, for the arguments of the first C function, which it may store there */

	.set noreorder
	.set noat
	.section .vectors.general, "ax"

	.macro LEAVE scrubbed:vararg
	.irp n, \scrubbed /* assemblers warn of a list that a macro does not use */
	.endr
	/*
	 * [lab 3.3, 1 point] Back to the program. k0: the pc to go on at. k1: its Status, which is the frame's
	 * TF_LEAVE, never a value that it could choose; eret clears the EXL in it. The registers in the list
	 * `scrubbed`, hi and lo become zero. What was written to coprocessor 0 is there only behind an ehb.
	 */
	mtc0 $k0, EPC
	mtc0 $k1, STATUS
	.irp n, \scrubbed /* k0 and k1: its own pc and Status */
	move $\n, $zero
	.endr
	mthi $zero
	mtlo $zero
	ehb
	eret
	/* [end of lab 3.3] */
	.endm
	.macro LEAVE_PARTIAL
	/*
	 * [lab 3.3, 1 point] LEAVE, with every register in which the kernel may have left something that is none
	 * of the program's business: all but the result and what C functions keep for their callers. k0 and k1
	 * hold its own pc and Status.
	 */
	LEAVE 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25
	/* [end of lab 3.3] */
	.endm
#define LEAVE_MESSAGE LEAVE 1, 3, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25

/* All but TLB refills (refill.S, which fills the vectors up to here). */
	.globl vector_general
vector_general:
	mfc0 $k1, CAUSE
	andi $k1, CAUSE_CODE
	xori $k1, $k1, CODE(CODE_SYSCALL)
	bnez $k1, not_syscall
	lui $k1, %hi(cpu0)

/*
 * A system call: number in v0, arguments in a0-a3. C keeps s0-s8 and gp, so only pc, sp and ra are saved here. The
 * rest of the frame is filled when the thread does not return at once (below).
 */
	/*
	 * [lab 3.3, 2 points] k1 holds %hi(cpu0); v0 the number, a0-a3 the arguments. Save pc (that of the
	 * instruction behind syscall), sp and ra in the running thread's frame; take the kernel's stack, whose
	 * top the word at cpu0 + 16 names, and clear Status before anything may miss: EXL, UM and IE must be off when C
	 * runs. Then call syscall_table[v0], with k0 zero and the thread in t0 (jalr.hb waits for Status). From
	 * SYSCALL_COUNT on: no_such_call.
	 */
	lw $t0, %lo(cpu0)($k1)
	mfc0 $k0, EPC
	addiu $k0, $k0, 4
	sw $k0, TF_PC($t0)
	sw $sp, TF_R(29)($t0)
	sw $ra, TF_R(31)($t0)
	lw $sp, %lo(cpu0 + 16)($k1)
	sltiu $k0, $v0, SYSCALL_COUNT
	mtc0 $zero, STATUS /* EXL, UM, IE off: a miss inside C must not return to the program's EPC */
	beqz $k0, no_such_call
	sll $v0, $v0, 2
	lui $k0, %hi(syscall_table)
	addu $k0, $k0, $v0
	lw $k0, %lo(syscall_table)($k0)
	jalr.hb $k0
	move $k0, $zero /* a program's value, or a function's address: neither may look like a nested miss */
	/* [end of lab 3.3] */
syscall_return:
	/*
	 * [lab 3.3, 1 point] v0 is the result. If cpu0.resched (at cpu0 + 4) is set: to syscall_leaves, with it in
	 * k0 and %hi(cpu0) in k1. Else sp, ra and pc come back from the running thread, which may be another one
	 * now, and LEAVE_PARTIAL goes.
	 */
	lui $k1, %hi(cpu0)
	lw $k0, %lo(cpu0 + 4)($k1)
	bnez $k0, syscall_leaves
	lw $k1, %lo(cpu0)($k1)
	lw $sp, TF_R(29)($k1)
	lw $ra, TF_R(31)($k1)
/* To the program, with v0 and what C keeps in registers. The rest could tell it the kernel's secrets: zero. */
	lw $k0, TF_PC($k1)
	lw $k1, TF_LEAVE($k1)
	LEAVE_PARTIAL
	/* [end of lab 3.3] */

no_such_call:
	b syscall_return
	addiu $v0, $zero, -38 /* -ENOSYS */

/*
 * The frame is copied for the child; messages go straight from frame to frame: these fill theirs at once, with what C keeps
 * for the caller, and those about messages never return here. t0: the thread, from above.
 */
	.macro FILLING_CALL name, function
	.globl \name
\name:
	.irp n, 16, 17, 18, 19, 20, 21, 22, 23, 28
	sw $\n, TF_R(\n)($t0)
	.endr
	j \function
	sw $30, TF_R(30)($t0)
	.endm
	FILLING_CALL sys_fork, fork_current
	FILLING_CALL sys_port_send, port_send
	FILLING_CALL sys_port_receive, port_receive
	FILLING_CALL sys_port_call, port_call
	FILLING_CALL sys_port_reply_receive, port_reply_receive

/* The thread gives up the CPU: now its frame gets what a call keeps. */
syscall_leaves:
	/*
	 * [lab 3.3, 1 point] k1: the thread that had the CPU when it came in. TF_R(2) gets the result, and its
	 * frame what C functions keep: s0-s8 and gp; TF_PARTIAL says that no more is there (not zero: k0 is not).
	 */
	sw $v0, TF_R(2)($k1)
	.irp n, 16, 17, 18, 19, 20, 21, 22, 23, 28, 30
	sw $\n, TF_R(\n)($k1)
	.endr
	sw $k0, TF_PARTIAL($k1) /* not zero */
	/* [end of lab 3.3] */
trap_leaves:
	jal sched_quick
	move $k0, $zero
	bnez $v0, trap_return
	move $a0, $v0
	jal schedule
	nop

/*
 * Not a system call. A nested miss of `refill` is a TLB load exception at the address that refill put into k0, inside
 * the window. Kernel entry zeroes k0, so no program can choose it: see zero_k0.
 */
not_syscall:
	mfc0 $k1, BADVADDR
	bne $k0, $k1, any_trap
	nop
	j nested_miss
	mfc0 $k1, CAUSE

/* The macros below: k1 points to the frame. */
	.macro SAVE
	.irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 28, 30, 31
	sw $\n, TF_R(\n)($k1)
	.endr
	mfhi $t0
	mflo $t1
	sw $t0, TF_HI($k1)
	sw $t1, TF_LO($k1)
	mfc0 $t0, STATUS
	mfc0 $t1, CAUSE
	mfc0 $t2, EPC
	mfc0 $t3, BADVADDR
	sw $t0, TF_STATUS($k1)
	sw $t1, TF_CAUSE($k1)
	sw $t2, TF_PC($k1)
	sw $t3, TF_BADVADDR($k1)
	sw $zero, TF_PARTIAL($k1)
	mtc0 $zero, STATUS
	ehb
	move $a0, $k1
	.endm

	.macro RESTORE
	/*
	 * [lab 3.3, 1 point] All that SAVE has saved, and sp, from the frame at k1 into the registers; EPC is the
	 * frame's pc. k1 stays, k0 is free.
	 */
	lw $t0, TF_HI($k1)
	lw $t1, TF_LO($k1)
	lw $t2, TF_PC($k1)
	mthi $t0
	mtlo $t1
	mtc0 $t2, EPC
	.irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 28, 29, 30, 31
	lw $\n, TF_R(\n)($k1)
	.endr
	/* [end of lab 3.3] */
	.endm

	/*
	 * The kernel may touch a hole in its window for which an invalid entry stands in the TLB. That comes to `general`
	 * without passing through refill; with a program's k0 it could pass for a nested miss, and a pair would be entered
	 * for an address that has one already.
	 */
	.macro zero_k0
#if HAZARD != 18
	move $k0, $zero
#endif
	.endm

	.globl any_trap
any_trap:
	mfc0 $k1, STATUS
	andi $k1, $k1, STATUS_UM
	beqz $k1, trap_in_kernel
	lui $k1, %hi(cpu0)
	/*
	 * [lab 3.3, 1 point] From user mode; k1 holds %hi(cpu0). The frame is the running thread's. Save sp, take
	 * the kernel's stack, SAVE the rest, zero_k0, and call trap_user, whose argument SAVE has put into a0; fp
	 * is 0.
	 */
	lw $k1, %lo(cpu0)($k1)
	sw $sp, TF_R(29)($k1)
	lui $sp, %hi(kernel_stack_top)
	addiu $sp, $sp, %lo(kernel_stack_top)
	SAVE
	zero_k0
	jal trap_user
	move $fp, $zero /* a backtrace ends here */
	/* [end of lab 3.3] */
trap_user_return:
	/*
	 * [lab 3.3, 1 point] cpu0.resched set: to trap_leaves. Else on to leave_full, k1 the running thread, which
	 * may be another one now.
	 */
	lui $k1, %hi(cpu0)
	lw $k0, %lo(cpu0 + 4)($k1)
	bnez $k0, trap_leaves
	lw $k1, %lo(cpu0)($k1)
	/* [end of lab 3.3] */
leave_full:
	/*
	 * [lab 3.3, 1 point] k1: the thread. RESTORE, its Status (TF_LEAVE), and no kernel address in k0 or k1;
	 * then eret.
	 */
	RESTORE
	lw $k0, TF_LEAVE($k1)
	mtc0 $k0, STATUS
	move $k1, $zero
	ehb
	eret
	/* [end of lab 3.3] */

/* void trap_return(struct thread *thread) */
	.globl trap_return
trap_return:
	/*
	 * [lab 3.3, 1 point] a0: the thread. Its frame is all there, or has only what a call keeps (trapframe.h,
	 * partial). Go to leave_not_partial unless partial is 1: with its value in t0, and the thread still in a0.
	 * Else load what is there, and LEAVE_PARTIAL. k0 is the pc, k1 the Status.
	 */
	lw $t0, TF_PARTIAL($a0)
	blez $t0, leave_not_partial
	lw $k0, TF_PC($a0)
	.irp n, 2, 16, 17, 18, 19, 20, 21, 22, 23, 28, 29, 30, 31
	lw $\n, TF_R(\n)($a0)
	.endr
	lw $k1, TF_LEAVE($a0)
	LEAVE_PARTIAL
	/* [end of lab 3.3] */
leave_not_partial:
	beqz $t0, leave_full
	move $k1, $a0
/* void trap_return_message(struct thread *thread) */
	.globl trap_return_message
trap_return_message:
	lw $k0, TF_PC($a0)
	.irp n, 2, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23, 28, 29, 30, 31
	lw $\n, TF_R(\n)($a0)
	.endr
	lw $k1, TF_LEAVE($a0)
	lw $a0, TF_R(4)($a0)
	LEAVE_MESSAGE

/* On the stack in use, if it has room for a frame; else the kernel has overrun it, and says so on another one. */
trap_in_kernel:
	lui $k1, %hi(kernel_stack + TF_SIZE + ROOM)
	addiu $k1, $k1, %lo(kernel_stack + TF_SIZE + ROOM)
	subu $k1, $sp, $k1
	sltiu $k1, $k1, KERNEL_STACK_SIZE - TF_SIZE - ROOM
	bnez $k1, 1f
	move $k0, $sp
	lui $sp, %hi(emergency_stack_top)
	addiu $sp, $sp, %lo(emergency_stack_top)
1:	addiu $sp, $sp, -TF_SIZE - ROOM
	addiu $k1, $sp, ROOM
	sw $k0, TF_R(29)($k1)
	SAVE
	move $k0, $zero
	jal trap_kernel
	nop
	.globl trap_kernel_return
trap_kernel_return:
	addiu $k1, $sp, ROOM
	lw $k0, TF_STATUS($k1)
	ori $k0, $k0, STATUS_EXL
	mtc0 $k0, STATUS
	ehb
	RESTORE
	ehb
	eret
	/* Never run: linkers look for the %lo of each %hi, which may stand in what is not written yet. */
	lw $zero, %lo(cpu0)($k1)
	.globl vectors_end
vectors_end:

	.text
/*
 * void cpu_wait_for_interrupt(void). An interrupt that comes after Status is written and before the CPU sleeps is
 * served, and then trap_kernel moves its return address from anywhere in here to wait_end.
 */
	.globl cpu_wait_for_interrupt
	.type cpu_wait_for_interrupt, @function
cpu_wait_for_interrupt:
	ori $t0, $zero, STATUS_IDLE
	mtc0 $t0, STATUS
	.globl wait_start, wait_end
wait_start:
	ehb
	wait
wait_end:
	mtc0 $zero, STATUS
	jr.hb $ra
	nop
	.size cpu_wait_for_interrupt, . - cpu_wait_for_interrupt

/* void backtrace_start_here(struct stack_frame *f): the caller's pc, sp, fp. */
	.globl backtrace_start_here
	.type backtrace_start_here, @function
backtrace_start_here:
	sw $ra, 0($a0)
	sw $sp, 4($a0)
	sw $fp, 8($a0)
	jr $ra
	sw $zero, 12($a0)
	.size backtrace_start_here, . - backtrace_start_here

/* void page_zero(void *to), void page_copy(void *to, const void *from): 256 words at a time. */
#define CHUNK 1024
	.globl page_zero
	.type page_zero, @function
page_zero:
	addiu $t0, $a0, 4096
1:	.set i, 0
	.rept CHUNK / 4 - 1
	sw $zero, i($a0)
	.set i, i + 4
	.endr
	addiu $a0, $a0, CHUNK
	bne $a0, $t0, 1b
	sw $zero, -4($a0)
	jr $ra
	nop
	.size page_zero, . - page_zero

	.globl page_copy
	.type page_copy, @function
page_copy:
	addiu $t3, $a0, 4096
1:	.set i, 0
	.rept CHUNK / 4 - 1
	lw $t0, i($a1)
	sw $t0, i($a0)
	.set i, i + 4
	.endr
	lw $t0, CHUNK - 4($a1)
	addiu $a1, $a1, CHUNK
	addiu $a0, $a0, CHUNK
	bne $a0, $t3, 1b
	sw $t0, -4($a0)
	jr $ra
	nop
	.size page_copy, . - page_copy

	.section .bss
	.balign 16
	.globl kernel_stack, kernel_stack_top, emergency_stack_top
kernel_stack:
	.space KERNEL_STACK_SIZE - ROOM
kernel_stack_top:
	.space ROOM
	.space 4096 - ROOM
emergency_stack_top:
	.space ROOM
