/* kern/arch/i386/backtrace.c: the chain of stack frames that ebp begins. (lab 1) */
#include <arch/port.h>
#include <mem/pmap.h>

extern const char kernel_start[], kernel_text_end[];

void backtrace_start_here(struct stack_frame *f)
{
	uint32_t *fp = __builtin_frame_address(0);

	*f = (struct stack_frame){ .pc = fp[1], .sp = (vaddr_t)(fp + 2), .fp = fp[0] };
}

void backtrace_start_trap(struct stack_frame *f, const struct trapframe *tf)
{
	*f = (struct stack_frame){ .pc = tf_pc(tf), .sp = tf_sp(tf), .fp = tf->ebp };
}

static bool readable(vaddr_t va)
{
	pde_t pde = pmap_directory_entry(va);

	return pte_present(pde) && pte_present(pmap_entry(va));
}

/* In a program anything present will do, in the kernel only its own text. */
static bool is_code(vaddr_t pc)
{
	if (pc < ULIM)
		return pc < UTOP && readable(pc);
	return pc >= (vaddr_t)kernel_start && pc < (vaddr_t)kernel_text_end;
}

/* Stacks grow down, so each caller's frame lies above: a chain that is a ring ends, too. */
bool backtrace_next(struct stack_frame *f)
{
	const uint32_t *fp = (const uint32_t *)f->fp;
	bool user = f->pc < ULIM;

	if (f->fp % 4 || f->fp < f->sp || user != (f->fp < UTOP) || !readable(f->fp) || !readable(f->fp + 4))
		return false;
	if (!is_code(fp[1]) || user != (fp[1] < ULIM) || (fp[0] && fp[0] <= f->fp))
		return false;
	*f = (struct stack_frame){ .pc = fp[1], .sp = f->fp + 8, .fp = fp[0] };
	return true;
}
