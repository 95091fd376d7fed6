/* kern/arch/mips/ktest_step.c: kernel tests of single steps: where does each kind of instruction go? (lab 3) */
#include <mem/pmap.h>
#include <core/core.h>
#include <string.h>

#define CODE 0x00400000u
#define AT (CODE + 0x100) /* the instruction */
#define FAR (CODE + 0x800)
#define BREAK 0x0000000du
#define RW (PROT_READ | PROT_WRITE)

static uint32_t *code; /* the page at CODE, in the direct map */

/* Where the program would be stopped after this instruction, with s in $8 and t in $9; 0: the step is refused. */
static vaddr_t after(uint32_t instruction, int32_t s, int32_t t)
{
	struct trapframe tf = { .pc = AT };
	vaddr_t found = 0;

	memset(code, 0, PAGE_SIZE);
	code[(AT - CODE) / 4] = instruction;
	tf.r[8] = s;
	tf.r[9] = t;
	bool stepped = trap_step(&tf);
	for (unsigned i = 0; i < PAGE_SIZE / 4; i++)
		if (code[i] == BREAK) {
			CHECK(!found);
			found = CODE + i * 4;
		}
	CHECK(stepped == (found != 0));
	trap_step_done(&tf);
	CHECK(!found || code[(found - CODE) / 4] == 0);
	CHECK(code[(AT - CODE) / 4] == instruction);
	return found;
}

/* Of branches by 5 words: beyond its delay slot, or there. */
#define TAKEN (AT + 4 + 20)
#define NOT_TAKEN (AT + 8)
#define BRANCH(op, rt) ((op) << 26 | 8u << 21 | (rt) << 16 | 5u)

/* MIPS32 Instruction Set, table A.2 and A.4. */
static const struct {
	uint32_t instruction;
	int32_t s, t;
	vaddr_t next;
} steps[] = {
	{ 0x01094821, 1, 2, AT + 4 },                 /* addu $9, $8, $9 */
	{ 0x01000008, FAR, 0, FAR },                  /* jr $8 */
	{ 0x0100f809, FAR, 0, FAR },                  /* jalr $8 */
	{ 0x08000000 | FAR >> 2, 0, 0, FAR },         /* j */
	{ 0x0c000000 | FAR >> 2, 0, 0, FAR },         /* jal */
	{ BRANCH(4u, 9u), 7, 7, TAKEN },              /* beq $8, $9 */
	{ BRANCH(4u, 9u), 7, 8, NOT_TAKEN },
	{ BRANCH(5u, 9u), 7, 8, TAKEN },              /* bne */
	{ BRANCH(5u, 9u), 7, 7, NOT_TAKEN },
	{ BRANCH(6u, 0u), 0, 0, TAKEN },              /* blez */
	{ BRANCH(6u, 0u), -1, 0, TAKEN },
	{ BRANCH(6u, 0u), 1, 0, NOT_TAKEN },
	{ BRANCH(7u, 0u), 1, 0, TAKEN },              /* bgtz */
	{ BRANCH(7u, 0u), 0, 0, NOT_TAKEN },
	{ BRANCH(1u, 0u), -1, 0, TAKEN },             /* bltz */
	{ BRANCH(1u, 0u), 0, 0, NOT_TAKEN },
	{ BRANCH(1u, 1u), 0, 0, TAKEN },              /* bgez */
	{ BRANCH(1u, 1u), -1, 0, NOT_TAKEN },
	{ BRANCH(1u, 0x11u), 0, 0, TAKEN },           /* bgezal */
	{ BRANCH(1u, 0x10u), 0, 0, NOT_TAKEN },       /* bltzal */
	{ BRANCH(0x14u, 9u), 7, 7, TAKEN },           /* beql */
	{ BRANCH(0x15u, 9u), 7, 7, NOT_TAKEN },       /* bnel */
	{ 0x051f0000, 0, 0, AT + 4 },                 /* synci 0($8): of the branches' group, but none */
	{ 0x1000fffb, 0, 0, AT - 16 },                /* b, backwards */
	{ 0x1000ffff, 0, 0, 0 },                      /* b to itself: refused */
	{ 0x10000000, 0, 0, 0 },                      /* b into its own delay slot */
	{ 0x45010005, 0, 0, 0 },                      /* bc1t: the FPU's flag is out of reach; a break in the delay slot would do harm */
	{ 0x45000005, 0, 0, 0 },                      /* bc1f */
	{ 0x01000008, 0x10000000, 0, 0 },             /* jr to where nothing is mapped */
	{ 0x01000008, FAR + 2, 0, 0 },                /* jr to no instruction */
};

TEST(step_goes_where_the_program_goes)
{
	uint32_t before = frames_free;
	struct pmap a;

	CHECK(pmap_create(&a) == PMAP_OK);
	pmap_load(&a);
	paddr_t pa = frame_alloc(FRAME_USER);
	CHECK(pmap_map(&a, CODE, pa, RW, NULL) == PMAP_OK);
	code = frame_ptr(pa);
	for (unsigned i = 0; i < ARRAY_LEN(steps); i++) {
		vaddr_t next = after(steps[i].instruction, steps[i].s, steps[i].t);
		CHECK(next == steps[i].next);
		if (next != steps[i].next)
			printf("  after 0x%08x at 0x%08x: 0x%08x, not 0x%08x\n", steps[i].instruction, AT, next, steps[i].next);
	}
	pmap_destroy(&a);
	CHECK(frames_free == before);
}
