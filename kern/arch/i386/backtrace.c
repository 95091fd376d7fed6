/* kern/arch/i386/backtrace.c: the chain of stack frames that ebp begins. (lab 1) */
#include <arch/port.h>
#include <mem/pmap.h>

extern const char kernel_start[], kernel_text_end[];

/* [helpers of lab 1] Your own functions for this file. */
/* [end of helpers] */

void backtrace_start_here(struct stack_frame *f)
{
	/*
	 * [lab 1.3, 2 points] Where the function that has called this one goes on: its pc, and its sp and ebp as they
	 * are then. __builtin_frame_address(0) is this function's own ebp, once it has been set up.
	 */
	uint32_t *fp = __builtin_frame_address(0);

	*f = (struct stack_frame){ .pc = fp[1], .sp = (vaddr_t)(fp + 2), .fp = fp[0] };
	/* [end of lab 1.3] */
}

void backtrace_start_trap(struct stack_frame *f, const struct trapframe *tf)
{
	/*
	 * [lab 1.3, 1 point] Where tf was interrupted.
	 */
	*f = (struct stack_frame){ .pc = tf_pc(tf), .sp = tf_sp(tf), .fp = tf->ebp };
	/* [end of lab 1.3] */
}

/* Before pmap_init the window shows nothing; what is sure to be there is the stack in use. */
static bool readable(vaddr_t va)
{
	if (!this_cpu()->pmap)
		return va >= KSTACK_bottom && va < KSTACK_top;
	return pte_present(pmap_entry(va));
}

/* In a program anything it can read will do, in the kernel only its own text. */
static bool is_code(vaddr_t pc, bool user)
{
	if (user)
		return pc < UTOP && readable(pc);
	return pc >= (vaddr_t)kernel_start && pc < (vaddr_t)kernel_text_end;
}

/* Two words at va can be read; and va is on the side of ULIM that it should be on. */
static bool is_frame(vaddr_t va, bool user)
{
	/*
	 * [lab 1.3, 2 points] Can two words be read at va, is it aligned, and is it on the side of UTOP where a stack of
	 * this kind is?
	 */
	return va % 4 == 0 && user == (va < UTOP) && readable(va) && readable(va + 4);
	/* [end of lab 1.3] */
}

/* Stacks grow down, so each caller's frame lies above: a chain that is a ring ends, too. */
bool backtrace_next(struct stack_frame *f)
{
	/*
	 * [lab 1.3, 10 points] From a function to its caller: set f to the caller's pc, sp and ebp, and return true. False
	 * at the chain's end, and wherever it is not to be believed: nothing may be read that can't be read, and no chain may
	 * go on for ever. A frame lies above sp, is a frame by is_frame(), and returns to something that is_code().
	 * If pc itself is no code, somebody has called nowhere: such a call has pushed its return address, and no frame.
	 */
	const uint32_t *fp = (const uint32_t *)f->fp, *sp = (const uint32_t *)f->sp;
	bool user = f->sp < ULIM;

	/* A call to nowhere has pushed its return address, and no frame. */
	if (!is_code(f->pc, user) && is_frame(f->sp, user) && is_code(sp[0], user)) {
		*f = (struct stack_frame){ .pc = sp[0], .sp = f->sp + 4, .fp = f->fp };
		return true;
	}
	if (f->fp < f->sp || !is_frame(f->fp, user) || !is_code(fp[1], user))
		return false;
	*f = (struct stack_frame){ .pc = fp[1], .sp = f->fp + 8, .fp = fp[0] };
	return true;
	/* [end of lab 1.3] */
}
