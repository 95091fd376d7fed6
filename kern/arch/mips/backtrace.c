/* kern/arch/mips/backtrace.c: who called whom. Nothing links a MIPS function's stack frame to its caller's, so its first
 * instructions are read: how far they lower sp, and where they save ra. That holds at any instruction. (lab 1)
 */
#include <mem/pmap.h>
#include <core/core.h>

#define SCAN_MAX 4096 /* bytes to look back for a program's function, of which no symbol tells the start */

#define ADDIU_SP 0x27bdu /* addiu sp, sp, n */
#define SW_RA 0xafbfu    /* sw ra, n(sp) */
#define SW_FP 0xafbeu
#define JR_RA 0x03e00008u

extern const char kernel_start[], kernel_text_end[], kernel_end[], vectors[], vectors_end[], trap_kernel_return[], start_end[];

void backtrace_start_trap(struct stack_frame *f, const struct trapframe *tf)
{
	*f = (struct stack_frame){ tf_pc(tf), tf_sp(tf), tf->r[REG_FP], tf->r[REG_RA] };
}

static bool readable(vaddr_t va)
{
	if (va % 4)
		return false;
	if (!frame_count) /* before frame_init: the kernel's own memory, at least */
		return va >= (vaddr_t)kernel_start && va < (vaddr_t)kernel_end;
	if (mmu_unmapped(va))
		return frame_known(va - KERNEL_BASE);
	return pte_present(pmap_directory_entry(va)) && pte_present(pmap_entry(va));
}

static uint32_t word(vaddr_t va)
{
	return *(const volatile uint32_t *)va;
}

static bool is_code(vaddr_t pc)
{
	if (pc < ULIM)
		return pc < UTOP && readable(pc);
	return pc % 4 == 0 && pc >= (vaddr_t)kernel_start && pc < (vaddr_t)kernel_text_end;
}

static bool lowers_sp(uint32_t instruction)
{
	return instruction >> 16 == ADDIU_SP && (int16_t)instruction < 0;
}

/* [helpers of lab 1] Your own functions for this file. */
/* [end of helpers] */

/* Where the function around pc starts. In a program: at the nearest instruction above that makes a frame. */
static vaddr_t function_start(const struct stack_frame *f)
{
	/*
	 * [lab 1.3, 4 points] The kernel has symbols. A program has none here: go back from pc, instruction by
	 * instruction, SCAN_MAX bytes at most, and only where readable(). An instruction that lowers sp starts the function.
	 * The innermost function (f->ra is not 0) may have no frame: then the jr ra of the function before it, with its
	 * delay slot, is the limit; one whose delay slot is pc itself is no limit. Found nothing: f->pc.
	 * A return address lies two instructions past its call, and may already belong to the next function.
	 */
	struct symbol s;
	vaddr_t pc = f->ra ? f->pc : f->pc - 8; /* a call, its delay slot, and there the callee returns to */

	if (symbol_lookup(pc, &s))
		return s.start;
	for (vaddr_t at = pc; pc - at < SCAN_MAX && readable(at); at -= 4) {
		if (lowers_sp(word(at)))
			return at;
		/* The end of the function before: the innermost function may have no frame. */
		if (f->ra && word(at) == JR_RA && pc - at > 4)
			return at + 8;
	}
	return f->pc;
	/* [end of lab 1.3] */
}

/* An early return in the middle of a function raises sp right before its jump. */
static bool frame_is_gone(vaddr_t pc)
{
	/*
	 * [lab 1.3, 2 points] Has sp been raised already, though pc is still in the function: is pc at the jr ra that
	 * follows that instruction?
	 */
	return word(pc) == JR_RA && word(pc - 4) >> 16 == ADDIU_SP && !lowers_sp(word(pc - 4));
	/* [end of lab 1.3] */
}

static bool from_trap(struct stack_frame *f)
{
	if (f->pc != (vaddr_t)trap_kernel_return)
		return false;
	backtrace_start_trap(f, (const struct trapframe *)(f->sp + 32)); /* ROOM in entry.S */
	return true;
}

bool backtrace_next(struct stack_frame *f)
{
	if (f->pc >= (vaddr_t)vectors && f->pc < (vaddr_t)vectors_end)
		return from_trap(f);
	if (!is_code(f->pc))
		return false;
	/*
	 * [lab 1.3, 9 points] From a function to its caller: set f to the caller's pc, sp, fp, and 0 for ra; return true.
	 * Read the function's instructions from its start up to pc: how far it has lowered sp so far, and where on the stack
	 * it has put ra and fp. What it has not saved is still in f. If its frame is gone, nothing of it is on the stack.
	 * False at the chain's end, or where it is not to be believed: no ra, or one that is no code, or on the other side
	 * of ULIM; start_end, where the kernel began; and a function without a frame that returns to itself.
	 */
	uint32_t size = 0, ra = f->ra, fp = f->fp;
	for (vaddr_t at = function_start(f); at < f->pc && !frame_is_gone(f->pc); at += 4) {
		uint32_t instruction = word(at);
		vaddr_t slot = f->sp + (int16_t)instruction;
		if (size == 0 && lowers_sp(instruction))
			size = -(int16_t)instruction;
		else if (instruction >> 16 == SW_RA && readable(slot))
			ra = word(slot);
		else if (instruction >> 16 == SW_FP && readable(slot))
			fp = word(slot);
	}
	if (ra == 0 || (ra == f->pc && size == 0) || !is_code(ra) || (f->pc < ULIM) != (ra < ULIM) || ra == (vaddr_t)start_end)
		return false;
	*f = (struct stack_frame){ ra, f->sp + size, fp, 0 };
	return true;
	/* [end of lab 1.3] */
}
