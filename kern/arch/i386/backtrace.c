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
	return va % 4 == 0 && user == (va < UTOP) && readable(va) && readable(va + 4);
}

/* Stacks grow down, so each caller's frame lies above: a chain that is a ring ends, too. */
bool backtrace_next(struct stack_frame *f)
{
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
}
