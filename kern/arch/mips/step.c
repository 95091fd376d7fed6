/* kern/arch/mips/step.c: single steps. The CPU has none, so a break instruction goes where the program will be after
 * one instruction; a branch and its delay slot count as one. (lab 3)
 */
#include <mem/pmap.h>
#include <core/core.h>

#define BREAK 0x0000000du

bool step_hit(const struct trapframe *tf, bool *mine);

/* The step under way. Its word may stand in a page that several programs share: whoever comes there ends the step. */
static struct {
	uint32_t *word; /* NULL: none */
	uint32_t saved;
	const struct trapframe *tf;
} step;

static uint32_t *code_at(vaddr_t pc)
{
	unsigned prot;
	paddr_t pa;

	if (pc % 4 || pmap_translate(this_cpu()->pmap, pc, &pa, &prot) != PMAP_OK)
		return NULL;
	return frame_ptr(pa);
}

static void put(uint32_t word)
{
	*step.word = word;
	sync_icache(step.word, sizeof(word));
}

/* beq, bne, blez, bgtz: every other one is the one before, denied. */
static bool compare(unsigned kind, int32_t s, int32_t t)
{
	return (kind & 2 ? s <= 0 : s == t) != (kind & 1);
}

/* bc1f, bc1t and their likes look at the FPU's flags, which are not at hand. */
static bool is_fpu_branch(uint32_t instruction)
{
	return instruction >> 21 == (0x11 << 5 | 8);
}

/* MIPS32 Instruction Set, table A.2: where the program goes after the instruction at pc. */
static vaddr_t next_pc(const struct trapframe *tf, uint32_t instruction)
{
	vaddr_t pc = tf->pc, branch = pc + 4 + ((uint32_t)(int16_t)instruction << 2);
	unsigned op = instruction >> 26, rt = instruction >> 16 & 31, function = instruction & 63;
	uint32_t s = tf->r[instruction >> 21 & 31], t = tf->r[rt];

	if (op == 0 && (function == 8 || function == 9)) /* jr, jalr */
		return s;
	if (op == 2 || op == 3) /* j, jal */
		return ((pc + 4) & 0xf0000000) | (instruction & 0x03ffffff) << 2;
	if (op == 1 && (rt & ~0x13u) == 0) /* bltz, bgez, and with l, al, all */
		return ((int32_t)s >= 0) == (rt & 1) ? branch : pc + 8;
	if ((op & ~0x10u) >= 4 && (op & ~0x10u) <= 7)
		return compare(op & 3, s, t) ? branch : pc + 8;
	return pc + 4;
}

bool trap_step(struct trapframe *tf)
{
	uint32_t *here = code_at(tf->pc);
	vaddr_t next = here ? next_pc(tf, *here) : 0;

	trap_step_done(tf);
	/* A jump to itself or into its own delay slot would meet the break too early, as a branch in front of the break would. */
	if (!here || next == tf->pc || (next == tf->pc + 4 && *here >> 26 == 4) || is_fpu_branch(*here))
		return false;
	step.word = code_at(next);
	if (!step.word)
		return false;
	step.saved = *step.word;
	step.tf = tf;
	put(BREAK);
	return true;
}

void trap_step_done(struct trapframe *tf)
{
	if (step.word && *step.word == BREAK) /* else the page has gone, and its frame may be somebody else's */
		put(step.saved);
	step.word = NULL;
}

/* A break was met: was it the step's? Then it is gone now. *mine: the stepped thread has met it. */
bool step_hit(const struct trapframe *tf, bool *mine)
{
	if (!step.word || code_at(tf->pc) != step.word)
		return false;
	*mine = tf == step.tf;
	trap_step_done(NULL);
	return true;
}
