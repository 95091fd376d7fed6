/* kern/arch/mips/trap.c: what each exception means. (lab 3) */
#include <arch/port.h>
#include <core/core.h>
#include <dev/dev.h>
#include <proc/proc.h>

/* Cause's exception codes. */
enum {
	INTERRUPT = 0, TLB_MODIFIED = 1, TLB_LOAD = 2, TLB_STORE = 3, ADDRESS_LOAD = 4, ADDRESS_STORE = 5,
	BUS_FETCH = 6, BUS_DATA = 7, BREAKPOINT = 9, RESERVED = 10, COPROCESSOR = 11, OVERFLOW = 12, TRAP = 13,
	FLOATING_POINT = 15, WATCH = 23, MACHINE_CHECK = 24, CODES = 32
};

/* Codes inside trap and break instructions, by which compilers say what went wrong. */
#define CODE_OVERFLOW 6
#define CODE_DIVIDE 7

#define HWRENA_ALL 0xf /* rdhwr: CPU number, synci step, cycle counter, its resolution */

extern char kernel_stack[], kernel_stack_top[], wait_start[], wait_end[];
/* Aligned: entry.S reaches all fields by one %hi. */
struct cpu cpu0 __attribute__((aligned(64))) = { .stack = kernel_stack_top };

void trap_user(struct trapframe *tf);
void trap_kernel(struct trapframe *tf);
void clock_interrupt(void);
bool step_hit(const struct trapframe *tf, bool *mine);

/* Tests look at each trap first; true: it has been dealt with. */
#ifdef TESTS
bool (*ktest_trap)(struct trapframe *tf);
#define TEST_TAKES(tf) (ktest_trap && ktest_trap(tf))
#else
#define TEST_TAKES(tf) false
#endif

struct exception {
	const char *name;
	enum trap_cause cause; /* when a program did it */
};

static const struct exception exceptions[CODES] = {
	[TLB_MODIFIED] = { "page fault", TRAP_PAGE },
	[TLB_LOAD] = { "page fault", TRAP_PAGE },
	[TLB_STORE] = { "page fault", TRAP_PAGE },
	[ADDRESS_LOAD] = { "address error", TRAP_ADDRESS },
	[ADDRESS_STORE] = { "address error", TRAP_ADDRESS },
	[BUS_FETCH] = { "bus error", TRAP_OTHER },
	[BUS_DATA] = { "bus error", TRAP_OTHER },
	[BREAKPOINT] = { "breakpoint", TRAP_BREAK },
	[RESERVED] = { "invalid instruction", TRAP_ILLEGAL },
	[COPROCESSOR] = { "privileged instruction", TRAP_PRIVILEGED },
	[OVERFLOW] = { "overflow", TRAP_OVERFLOW },
	[TRAP] = { "trap instruction", TRAP_BREAK },
	[FLOATING_POINT] = { "floating point error", TRAP_FLOAT },
	[WATCH] = { "watchpoint", TRAP_OTHER },
	[MACHINE_CHECK] = { "machine check", TRAP_OTHER },
};

static const struct exception no_coprocessor = { "coprocessor not available", TRAP_ILLEGAL };
static const struct exception divide = { "divide error", TRAP_DIVIDE };

static unsigned code_of(const struct trapframe *tf)
{
	return (tf->cause & CAUSE_CODE) >> 2;
}

/* [helpers of lab 3] Your own functions for this file. */
/* [end of helpers] */

/* The trapped instruction's own address: EPC names the branch before it when it stands in a delay slot. */
static vaddr_t trapped_at(const struct trapframe *tf)
{
	/*
	 * [lab 3.4, 1 point] CAUSE_BD tells which of the two it is.
	 */
	return tf->pc + (tf->cause & CAUSE_BD ? 4 : 0);
	/* [end of lab 3.4] */
}

/* The code in a trap or break instruction: teq and its like have it at bit 6, break at bit 16. */
static unsigned instruction_code(const struct trapframe *tf)
{
	uint32_t instruction;

	if (copyin(&instruction, trapped_at(tf), sizeof(instruction)))
		return 0;
	return code_of(tf) == TRAP ? instruction >> 6 & 0x3ff : instruction >> 16 & 0x3ff;
}

static unsigned coprocessor(const struct trapframe *tf)
{
	return tf->cause >> 28 & 3;
}

static const struct exception *exception_of(const struct trapframe *tf)
{
	static const struct exception unknown = { "unknown trap", TRAP_OTHER };
	unsigned code = code_of(tf);

	if (code == COPROCESSOR && coprocessor(tf))
		return &no_coprocessor;
	if ((code == TRAP || code == BREAKPOINT) && instruction_code(tf) == CODE_DIVIDE)
		return &divide;
	if ((code == TRAP || code == BREAKPOINT) && instruction_code(tf) == CODE_OVERFLOW)
		return &exceptions[OVERFLOW];
	return exceptions[code].name ? &exceptions[code] : &unknown;
}

static void interrupt(const struct trapframe *tf)
{
	if (*(uint32_t *)kernel_stack)
		panic("the kernel's stack has been overrun");
	if (tf->cause & CAUSE_IP7)
		clock_interrupt();
	if (tf->cause & CAUSE_IP2) {
		int irq = pic_claim();
		if (irq < 0)
			return;
		irq_dispatch(irq);
		pic_done(irq);
	}
}

static enum access access_of(const struct trapframe *tf)
{
	unsigned code = code_of(tf);

	if (code != TLB_LOAD && code != ADDRESS_LOAD)
		return ACCESS_WRITE;
	return tf->badvaddr == trapped_at(tf) ? ACCESS_EXEC : ACCESS_READ;
}

static void fault(struct thread *t, const struct exception *e)
{
	enum access access = access_of(&t->tf);
	vaddr_t va = t->tf.badvaddr;

	if (PDX(va) == PDX(UPT_base) && access == ACCESS_READ && mmu_user_window(va))
		return;
	trap_from_user(t, e->cause, e->name, va, access);
}

static void breakpoint(struct thread *t)
{
	bool mine;

	if (!step_hit(&t->tf, &mine))
		trap_from_user(t, exception_of(&t->tf)->cause, exception_of(&t->tf)->name, tf_pc(&t->tf), ACCESS_READ);
	else if (mine)
		trap_from_user(t, TRAP_STEP, "single step", tf_pc(&t->tf), ACCESS_READ);
}

/*
 * A program's sdbbp: the CPU went into debug mode and ran the boot ROM, up to the first word there that is no
 * instruction. In debug mode no interrupt comes, so it ends here: deret goes to DEPC. (EJTAG specification, 2.3)
 */
static void leave_debug_mode(struct trapframe *tf)
{
	tf->pc = cp0_read(24, 0);
	__asm__ volatile(".set push\n.set noat\n"
			 "la $1, 1f\n\tmtc0 $1, $24\n\tehb\n\tderet\n1:\n"
			 ".set pop" : : : "$1", "memory");
}

/* From entry.S: a program was interrupted. Interrupts are off. */
void trap_user(struct trapframe *tf)
{
	struct thread *t = CONTAINER_OF(tf, struct thread, tf);

	if (TEST_TAKES(tf))
		return;
	/*
	 * [lab 3.4, 1 point] By code. A TLB exception that fault_resolve settles is the usual case, and the one
	 * that counts. INTERRUPT: interrupt(). The other TLB and address exceptions: fault(), with their name.
	 * BREAKPOINT: breakpoint(), for the monitor steps with it. FLOATING_POINT: nothing more to do if
	 * fpu_can_flush(). COPROCESSOR: the floating-point unit is number 1 (fpu_wanted). MACHINE_CHECK is the
	 * kernel's mistake: two TLB entries for one address (panic_trap). In debug mode (Debug, register 23:
	 * DEBUG_DM): leave_debug_mode, and it was a TRAP_BREAK, "debug breakpoint". The rest is as exception_of
	 * says, at the frame's pc.
	 */
	/* The usual case, and the one that counts: a first touch or a copy-on-write. */
	if (code_of(tf) - TLB_MODIFIED <= TLB_STORE - TLB_MODIFIED && fault_resolve(tf->badvaddr, access_of(tf)))
		return;
	switch (code_of(tf)) {
	case INTERRUPT: return interrupt(tf);
	case TLB_MODIFIED: case TLB_LOAD: case TLB_STORE: case ADDRESS_LOAD: case ADDRESS_STORE:
		return fault(t, &exceptions[code_of(tf)]);
	case BREAKPOINT: return breakpoint(t);
	case FLOATING_POINT:
		if (fpu_can_flush())
			return;
		break;
	case COPROCESSOR:
		if (coprocessor(tf) == 1)
			return fpu_wanted(t);
		break;
	case MACHINE_CHECK: panic_trap(tf, "machine check: two TLB entries for one address", false, 0);
	}
	if (cp0_read(23, 0) & DEBUG_DM) {
		leave_debug_mode(tf);
		return trap_from_user(t, TRAP_BREAK, "debug breakpoint", tf_pc(tf), ACCESS_READ);
	}
	trap_from_user(t, exception_of(tf)->cause, exception_of(tf)->name, tf_pc(tf), ACCESS_READ);
	/* [end of lab 3.4] */
}

/* From entry.S: the kernel was interrupted: idle, for only then are interrupts on; or it has made a mistake. */
void trap_kernel(struct trapframe *tf)
{
	unsigned code = code_of(tf);

	if (TEST_TAKES(tf))
		return;
	if (code == INTERRUPT) {
		interrupt(tf);
		if (tf->pc >= (vaddr_t)wait_start && tf->pc < (vaddr_t)wait_end)
			tf->pc = (vaddr_t)wait_end; /* else it would sleep with a thread ready to run */
		return;
	}
	if (tf->r[REG_SP] < (vaddr_t)kernel_stack + TF_SIZE || tf->r[REG_SP] > (vaddr_t)kernel_stack_top)
		panic_trap(tf, "kernel stack overflow", false, tf->badvaddr);
	if (code == BREAKPOINT) {
		tf->pc += 4;
		return monitor(tf, "breakpoint");
	}
	bool is_fault = code >= TLB_MODIFIED && code <= ADDRESS_STORE;
	panic_trap(tf, exceptions[code].name ? exceptions[code].name : "unknown trap", is_fault, tf->badvaddr);
}

/* start (boot/mips/entry.S) has set the vectors, for page tables need them before this. */
void trap_init(void)
{
	cp0_write(7, 0, HWRENA_ALL);
}

void tf_print(const struct trapframe *tf)
{
	static const char names[32][3] = { "", "at", "v0", "v1", "a0", "a1", "a2", "a3", "t0", "t1", "t2", "t3", "t4", "t5",
		"t6", "t7", "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "t8", "t9", "k0", "k1", "gp", "sp", "fp", "ra" };

	for (unsigned i = 1; i < 32; i++)
		if (i != 26 && i != 27)
			printf("  %s %08x%s", names[i], tf->r[i], i % 4 == 3 ? "\n" : "");
	printf("  pc %08x  hi %08x  lo %08x\n", tf->pc, tf->hi, tf->lo);
	printf("  status %08x  badvaddr %08x  cause %08x: %s\n", tf->status, tf->badvaddr, tf->cause,
	       code_of(tf) == INTERRUPT ? "interrupt" : exceptions[code_of(tf)].name ? exceptions[code_of(tf)].name : "?");
}

void registers_print(void)
{
	printf("  status %08x  cause %08x  epc %08x  badvaddr %08x  entryhi %08x\n", cp0_read(12, 0), cp0_read(13, 0),
	       cp0_read(14, 0), cp0_read(8, 0), cp0_read(10, 0));
}
