/* kern/arch/i386/trap.c: descriptor tables, and what each vector means. (lab 3) */
#include <arch/port.h>
#include <core/core.h>
#include <dev/dev.h>
#include <proc/proc.h>
#include <string.h>

#define VECTOR_DEBUG 1
#define VECTOR_BREAKPOINT 3
#define VECTOR_NO_FPU 7
#define VECTOR_DOUBLE_FAULT 8
#define VECTOR_PAGE_FAULT 14
#define VECTOR_IRQ PIC_VECTOR /* 16 lines from here */
#define VECTORS 48
#define DPL_USER 3

#define FAULT_WRITE 2 /* page fault's error code */

/* A segment or gate descriptor (SDM vol. 3, 3.4.5 and 6.11). */
struct descriptor {
	uint32_t low, high;
};

/* What the CPU loads when a gate leads to kernel mode (esp0, ss0), and all registers for the double fault's task. */
struct tss {
	uint32_t link, esp0, ss0, esp1, ss1, esp2, ss2, cr3, eip, eflags, eax, ecx, edx, ebx, esp, ebp, esi, edi;
	uint32_t es, cs, ss, ds, fs, gs, ldt;
	uint16_t trap, io_map;
};
_Static_assert(sizeof(struct tss) == 104, "the CPU's layout");

#define FLAT(type) { 0x0000ffff, 0x00cf0000 | (type) << 8 } /* all 4 GB, 32-bit; type: access byte */

extern struct tss tss;
extern struct descriptor gdt[];
extern const char trap_stubs[VECTORS][16], syscall_entry[];
void trap_user(struct trapframe *tf);
void trap_kernel(struct trapframe *tf);
void trap_vm86(struct trapframe *low);
static void double_fault(void) __attribute__((noreturn));

struct cpu cpu0;
struct tss tss; /* this and gdt: entry.S, too */
static struct tss double_fault_tss;
static char double_fault_stack[8192] __attribute__((aligned(16)));
static struct descriptor idt[SYSCALL_VECTOR + 1];
struct descriptor gdt[] = {
	[SEL_KCODE >> 3] = FLAT(0x9a),
	[SEL_KDATA >> 3] = FLAT(0x92),
	[SEL_UCODE >> 3] = FLAT(0xfa),
	[SEL_UDATA >> 3] = FLAT(0xf2),
	[SEL_DOUBLE_FAULT >> 3] = { 0, 0 }, /* this and SEL_TSS: filled by trap_init */
	[SEL_THREAD >> 3] = { 0, 0 }, /* by trap_set_thread */
};

struct exception {
	const char *name;
	enum trap_cause cause; /* when a program did it */
};

static const struct exception exceptions[] = {
	[0] = { "divide error", TRAP_DIVIDE },
	[VECTOR_DEBUG] = { "debug trap", TRAP_STEP },
	[2] = { "non-maskable interrupt", TRAP_OTHER },
	[VECTOR_BREAKPOINT] = { "breakpoint", TRAP_BREAK },
	[4] = { "overflow", TRAP_OVERFLOW },
	[5] = { "bound range exceeded", TRAP_OTHER },
	[6] = { "invalid instruction", TRAP_ILLEGAL },
	[VECTOR_NO_FPU] = { "floating point not available", TRAP_ILLEGAL },
	[VECTOR_DOUBLE_FAULT] = { "double fault", TRAP_OTHER },
	[10] = { "invalid task state segment", TRAP_OTHER },
	[11] = { "segment not present", TRAP_OTHER },
	[12] = { "stack segment fault", TRAP_OTHER },
	[13] = { "general protection fault", TRAP_PRIVILEGED },
	[VECTOR_PAGE_FAULT] = { "page fault", TRAP_PAGE },
	[16] = { "floating point error", TRAP_FLOAT },
	[17] = { "misaligned access", TRAP_ADDRESS },
	[18] = { "machine check", TRAP_OTHER },
	[19] = { "SIMD floating point error", TRAP_FLOAT },
};

static const struct exception *exception(unsigned vector)
{
	static const struct exception unknown = { "unknown trap", TRAP_OTHER };

	return vector < ARRAY_LEN(exceptions) && exceptions[vector].name ? &exceptions[vector] : &unknown;
}

static uint32_t read_cr2(void)
{
	uint32_t va;

	asm volatile("mov %%cr2, %0" : "=r"(va));
	return va;
}

static struct descriptor gate(const void *target, unsigned dpl)
{
	uint32_t address = (uint32_t)target;

	return (struct descriptor){ SEL_KCODE << 16 | (address & 0xffff), (address & 0xffff0000) | 0x8e00 | dpl << 13 };
}

static struct descriptor tss_descriptor(const struct tss *t)
{
	uint32_t base = (uint32_t)t;

	return (struct descriptor){ base << 16 | (sizeof(*t) - 1), (base & 0xff000000) | 0x8900 | (base >> 16 & 0xff) };
}

static void load_tables(void)
{
	struct {
		uint16_t limit;
		const void *base;
	} __attribute__((packed)) gdtr = { sizeof(gdt) - 1, gdt }, idtr = { sizeof(idt) - 1, idt };

	/* No local descriptors: after a reset the CPU has 64 KB of them at address 0, where programs may map memory. */
	asm volatile("lgdt %0; lidt %1; lldt %w2" : : "m"(gdtr), "m"(idtr), "r"(0));
	asm volatile("ljmp %0, $1f; 1: mov %1, %%ss; mov %2, %%ds; mov %2, %%es; mov %2, %%fs; mov %2, %%gs; ltr %w3"
		     : : "i"(SEL_KCODE), "r"(SEL_KDATA), "r"(SEL_UDATA), "r"(SEL_TSS) : "memory");
}

/* A stack overflow leaves no stack to push a trap frame on: only a task switch brings its own. */
static void prepare_double_fault(void)
{
	double_fault_tss = (struct tss){
		.eip = (uint32_t)double_fault, .esp = (uint32_t)(double_fault_stack + sizeof(double_fault_stack)),
		.eflags = 2, .cs = SEL_KCODE, .ss = SEL_KDATA, .ds = SEL_UDATA, .es = SEL_UDATA, .io_map = sizeof(struct tss),
	};
	asm volatile("mov %%cr3, %0" : "=r"(double_fault_tss.cr3));
	idt[VECTOR_DOUBLE_FAULT] = (struct descriptor){ SEL_DOUBLE_FAULT << 16, 0x8500 };
}

/* => the kernel's own address space is loaded. Programs may use the vectors of int3, into and the system call. */
void trap_init(void)
{
	tss = (struct tss){ .ss0 = SEL_KDATA, .io_map = sizeof(tss) }; /* no I/O ports for programs */
	for (unsigned i = 0; i < VECTORS; i++)
		idt[i] = gate(trap_stubs[i], i == 3 || i == 4 ? DPL_USER : 0);
	idt[SYSCALL_VECTOR] = gate(syscall_entry, DPL_USER);
	gdt[SEL_TSS >> 3] = tss_descriptor(&tss);
	gdt[SEL_DOUBLE_FAULT >> 3] = tss_descriptor(&double_fault_tss);
	prepare_double_fault();
	load_tables();
	fpu_init();
}

void trap_set_thread(struct thread *thread)
{
	tss.esp0 = (uint32_t)&thread->tf.gs_low; /* behind ss */
	gdt[SEL_THREAD >> 3] = (struct descriptor){ thread->tf.gs_low, thread->tf.gs_high };
}

/* The CPU has kept the interrupted registers in tss. Which address space was loaded it did not keep. */
static void double_fault(void)
{
	struct trapframe tf = { { 0 }, tss.edi, tss.esi, tss.ebp, tss.esp - 5 * 4, tss.ebx, tss.edx, tss.ecx, tss.eax,
		VECTOR_DOUBLE_FAULT, 0, tss.eip, tss.cs, tss.eflags, tss.esp, tss.ss };
	uint32_t va = read_cr2();
	bool overflow = va < KSTACK_bottom && va >= KSTACK_bottom - KSTACK_GUARD;

	if (this_cpu()->pmap)
		mmu_load(this_cpu()->pmap);
	panic_trap(&tf, overflow ? "kernel stack overflow (double fault)" : "double fault", overflow, va);
}

static void interrupt(unsigned irq)
{
	if (pic_spurious(irq))
		return;
	if (irq == 0)
		clock_tick();
	else
		irq_dispatch(irq);
	pic_done(irq);
}

/* [helpers of lab 3] Your own functions for this file. */
/* [end of helpers] */

static void page_fault(struct thread *t)
{
	uint32_t va = read_cr2();
	/*
	 * [lab 3.4, 1 point] trap_from_user(t, TRAP_PAGE, "page fault", va, access): the error code tells a write
	 * (FAULT_WRITE); a fault at the address that eip names is a jump there (ACCESS_EXEC).
	 */
	enum access access = t->tf.error & FAULT_WRITE ? ACCESS_WRITE : va == t->tf.eip ? ACCESS_EXEC : ACCESS_READ;

	trap_from_user(t, TRAP_PAGE, "page fault", va, access);
	/* [end of lab 3.4] */
}

/* From entry.S: a program was interrupted. Interrupts are off. */
void trap_user(struct trapframe *tf)
{
	struct thread *t = CONTAINER_OF(tf, struct thread, tf);

	/*
	 * [lab 3.4, 1 point] By vector: page faults; interrupts, of line 0 from VECTOR_IRQ on; VECTOR_NO_FPU: the
	 * thread wants the unit (fpu_wanted). All others are the program's mistake, as exceptions[] names them, at
	 * its eip.
	 */
	if (tf->vector == VECTOR_PAGE_FAULT)
		return page_fault(t);
	if (tf->vector >= VECTOR_IRQ)
		return interrupt(tf->vector - VECTOR_IRQ);
	if (tf->vector == VECTOR_NO_FPU)
		return fpu_wanted(t);
	trap_from_user(t, exception(tf->vector)->cause, exception(tf->vector)->name, tf->eip, ACCESS_READ);
	/* [end of lab 3.4] */
}

/* From entry.S: a program was interrupted in virtual 8086 mode. Its frame lies too low: low->slack is in front of it. */
void trap_vm86(struct trapframe *low)
{
	struct thread *t = this_cpu()->current;

	memmove(&t->tf.edi, &low->edi, offsetof(struct trapframe, gs_low) - offsetof(struct trapframe, edi));
	tf_sanitise(&t->tf);
	if (t->tf.vector >= VECTOR_IRQ && t->tf.vector < VECTORS)
		interrupt(t->tf.vector - VECTOR_IRQ);
	trap_from_user(t, TRAP_PRIVILEGED, "virtual 8086 mode", t->tf.eip, ACCESS_READ);
}

/* From entry.S: the kernel was interrupted: idle, for only then are interrupts on; or it has made a mistake. */
void trap_kernel(struct trapframe *tf)
{
	unsigned vector = tf->vector;

	if (vector >= VECTOR_IRQ)
		return interrupt(vector - VECTOR_IRQ);
	if (vector == VECTOR_DEBUG || vector == VECTOR_BREAKPOINT) {
		tf->eflags &= ~EFLAGS_TF;
		return monitor(tf, exception(vector)->name);
	}
	panic_trap(tf, exception(vector)->name, vector == VECTOR_PAGE_FAULT, read_cr2());
}

bool trap_step(struct trapframe *tf)
{
	tf->eflags |= EFLAGS_TF;
	return true;
}

void trap_step_done(struct trapframe *tf)
{
	tf->eflags &= ~EFLAGS_TF;
}

static void print_flags(uint32_t eflags)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} flags[] = { { 0x001, "carry" }, { 0x004, "parity" }, { 0x040, "zero" }, { 0x080, "sign" }, { 0x800, "overflow" },
		{ 0x100, "trap" }, { 0x200, "interrupts" }, { 0x400, "down" } };

	for (unsigned i = 0; i < ARRAY_LEN(flags); i++)
		if (eflags & flags[i].bit)
			printf(" %s", flags[i].name);
	printf("\n");
}

void tf_print(const struct trapframe *tf)
{
	printf("  eax %08x  ebx %08x  ecx %08x  edx %08x\n", tf->eax, tf->ebx, tf->ecx, tf->edx);
	printf("  esi %08x  edi %08x  ebp %08x  esp %08x\n", tf->esi, tf->edi, tf->ebp, tf_sp(tf));
	printf("  eip %08x  cs %04x  vector %u (%s)  error %x\n", tf->eip, tf->cs & 0xffff, tf->vector,
		tf->vector == SYSCALL_VECTOR ? "system call" :
		tf->vector >= VECTOR_IRQ ? "interrupt" : exception(tf->vector)->name, tf->error);
	printf("  eflags %08x:", tf->eflags);
	print_flags(tf->eflags);
}

void registers_print(void)
{
	uint32_t cr0, cr2, cr3, cr4;

	__asm__ volatile("movl %%cr0, %0\n\tmovl %%cr2, %1\n\tmovl %%cr3, %2\n\tmovl %%cr4, %3"
			 : "=r"(cr0), "=r"(cr2), "=r"(cr3), "=r"(cr4));
	printf("  cr0 %08x  cr2 %08x  cr3 %08x  cr4 %08x\n", cr0, cr2, cr3, cr4);
}
