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

extern const char kernel_start[], kernel_text_end[], vectors[], vectors_end[], trap_kernel_return[], start_end[];

void backtrace_start_trap(struct stack_frame *f, const struct trapframe *tf)
{
	*f = (struct stack_frame){ tf_pc(tf), tf_sp(tf), tf->r[REG_FP], tf->r[REG_RA] };
}

static bool readable(vaddr_t va)
{
	if (va % 4)
		return false;
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

/* Where the function around pc starts. In a program: at the nearest instruction above that makes a frame. */
static vaddr_t function_start(const struct stack_frame *f)
{
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
}

/* An early return in the middle of a function raises sp right before its jump. */
static bool frame_is_gone(vaddr_t pc)
{
	return word(pc) == JR_RA && word(pc - 4) >> 16 == ADDIU_SP && !lowers_sp(word(pc - 4));
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
	uint32_t size = 0, ra = f->ra, fp = f->fp;

	if (f->pc >= (vaddr_t)vectors && f->pc < (vaddr_t)vectors_end)
		return from_trap(f);
	if (!is_code(f->pc))
		return false;
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
}
