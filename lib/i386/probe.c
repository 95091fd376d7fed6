/* lib/i386/probe.c: what programs may not do on an i386, tried. (lab 3) */
#include <probe.h>
#include <registers.h>
#include <stddef.h>
#include <syscall.h>

/* Descriptor tables, and a return frame to ring 0: none of them gets as far as being used. */
static const struct {
	uint16_t limit;
	uint32_t base;
} __attribute__((packed)) table = { 0xffff, 0 };

#define PRIVILEGED(id, ...) static void run_##id(void) { __asm__ volatile(__VA_ARGS__); }
PRIVILEGED(cli, "cli")
PRIVILEGED(sti, "sti")
PRIVILEGED(hlt, "hlt")
PRIVILEGED(clts, "clts")
PRIVILEGED(wbinvd, "wbinvd")
PRIVILEGED(invlpg, "invlpg (%0)" : : "r"(0x400000) : "memory")
PRIVILEGED(read_cr0, "mov %%cr0, %%eax" : : : "eax")
PRIVILEGED(read_cr3, "mov %%cr3, %%eax" : : : "eax")
PRIVILEGED(write_cr0, "mov %0, %%cr0" : : "r"(0))
PRIVILEGED(write_cr3, "mov %0, %%cr3" : : "r"(0))
PRIVILEGED(read_dr7, "mov %%dr7, %%eax" : : : "eax")
PRIVILEGED(lgdt, "lgdt %0" : : "m"(table))
PRIVILEGED(lidt, "lidt %0" : : "m"(table))
PRIVILEGED(lldt, "lldt %w0" : : "r"(0))
PRIVILEGED(ltr, "ltr %w0" : : "r"(0x28))
PRIVILEGED(rdmsr, "rdmsr" : : "c"(0x1b) : "eax", "edx")
PRIVILEGED(wrmsr, "wrmsr" : : "c"(0x1b), "a"(0), "d"(0))
PRIVILEGED(inb, "in %%dx, %%al" : : "d"(0x60) : "eax")
PRIVILEGED(outb, "out %%al, %%dx" : : "d"(0x64), "a"(0xfe))
PRIVILEGED(int_page_fault, "int $14")
PRIVILEGED(int_clock, "int $0x20")
PRIVILEGED(int_past_end, "int $0xff")
PRIVILEGED(kernel_cs, "ljmp $0x08, $0x400000")
PRIVILEGED(kernel_ds, "mov %w0, %%ds" : : "r"(0x10))
PRIVILEGED(int_double_fault, "int $8")
PRIVILEGED(int_debug, "int $1")
PRIVILEGED(icebp, ".byte 0xf1") /* vector 1, and no gate's privilege is asked */
PRIVILEGED(call_task, "lcall $0x28, $0")
PRIVILEGED(call_double_fault, "lcall $0x30, $0")
PRIVILEGED(jump_double_fault, "ljmp $0x30, $0")
PRIVILEGED(jump_nested_task, "pushf; orl $0x4000, (%%esp); popf; iret" : : : "memory") /* by a task segment's link */
PRIVILEGED(null_ss, "mov %w0, %%ss" : : "r"(0))
PRIVILEGED(kernel_ss, "mov %w0, %%ss" : : "r"(0x10))
PRIVILEGED(local_gs, "mov %w0, %%gs" : : "r"(0x3f))
PRIVILEGED(sysenter, "sysenter")
PRIVILEGED(bound, "push $0; push $0; bound %0, (%%esp)" : : "r"(1) : "memory")
/* A single step that ends right behind int, whose own step the load of ss has put off: it must not end in the kernel. */
PRIVILEGED(step_into_call, "mov %%ss, %%ecx; pushf; orl $0x100, (%%esp); popf; mov %%ecx, %%ss; int $0x30"
	   : : "a"(SYS_getpid) : "ecx", "memory")
PRIVILEGED(iret_ring0, "pushf; push $0x08; push $0x400000; iret")
#undef PRIVILEGED

/* A data segment of our own making, where the CPU looks for local descriptors after a reset: entry 512 of address 0. */
static void run_local_descriptor(void)
{
	volatile uint32_t *entry = (volatile uint32_t *)0x1000;

	probe_call(SYS_page_map, 0x1000, 0x1000, PROT_READ | PROT_WRITE);
	entry[0] = 0x0000ffff;
	entry[1] = 0x00cff200;
	__asm__ volatile("mov %w0, %%fs" : : "r"(0x1007));
}

/*
 * Virtual 8086 mode, by an iret with VM set: a CPU takes it from the kernel only, and ends the program for the selectors;
 * QEMU takes it from everybody. There, that code would run at address 0x10000. With IOPL 3, calls would come through, with a
 * frame of another shape: what a careless kernel then takes for its own code's selector and address leads to 0x1000.
 */
static void enter_vm86(uint32_t code, uint32_t flags, uint32_t call)
{
	probe_call(SYS_page_map, 0x1000, 0x1000, PROT_READ | PROT_WRITE | PROT_EXEC);
	probe_call(SYS_page_map, 0x10000, 0x1000, PROT_READ | PROT_WRITE | PROT_EXEC);
	*(volatile uint32_t *)0x1000 = 0x00feebfa; /* cli, and round and round */
	*(volatile uint32_t *)0x10000 = code;
	__asm__ volatile("push $0x10; push $0x1000; push $0x3002; push $0x08; push %0; push %0; push %1\n\t"
			 "push %0; push $0; iret" : : "r"(0x1000), "r"(0x20202 | flags), "a"(call), "b"(100) : "memory");
}

#define IOPL 0x3000
static void run_vm86_loop(void) { enter_vm86(0x0000feeb, 0, 0); }
static void run_vm86_breakpoint(void) { enter_vm86(0x000000cc, IOPL, 0); }
static void run_vm86_call(void) { enter_vm86(0xfeeb30cd, 0, SYS_getpid); }
static void run_vm86_fault(void) { enter_vm86(0xffff00a1, IOPL, 0); } /* reads past what is mapped */
static void run_vm86_illegal(void) { enter_vm86(0x00000b0f, IOPL, 0); }
static void run_vm86_getpid(void) { enter_vm86(0xfeeb30cd, IOPL, SYS_getpid); }
static void run_vm86_yield(void) { enter_vm86(0xfeeb30cd, IOPL, SYS_yield); }
static void run_vm86_sleep(void) { enter_vm86(0xfeeb30cd, IOPL, SYS_sleep); }
static void run_vm86_fork(void) { enter_vm86(0xfeeb30cd, IOPL, SYS_fork); }

#define PROBE(id) { #id, run_##id }
const struct probe probe_privileged[] = {
	PROBE(cli), PROBE(sti), PROBE(hlt), PROBE(clts), PROBE(wbinvd), PROBE(invlpg), PROBE(read_cr0), PROBE(read_cr3),
	PROBE(write_cr0), PROBE(write_cr3), PROBE(read_dr7), PROBE(lgdt), PROBE(lidt), PROBE(lldt), PROBE(ltr),
	PROBE(rdmsr), PROBE(wrmsr), PROBE(inb), PROBE(outb), PROBE(int_page_fault), PROBE(int_clock),
	PROBE(int_past_end), PROBE(kernel_cs), PROBE(kernel_ds), PROBE(int_double_fault), PROBE(int_debug), PROBE(icebp),
	PROBE(call_task), PROBE(call_double_fault), PROBE(jump_double_fault), PROBE(jump_nested_task), PROBE(null_ss),
	PROBE(kernel_ss), PROBE(local_gs), PROBE(sysenter), PROBE(bound), PROBE(step_into_call), PROBE(iret_ring0), PROBE(local_descriptor), PROBE(vm86_loop),
	PROBE(vm86_breakpoint), PROBE(vm86_call), PROBE(vm86_fault), PROBE(vm86_illegal),
	PROBE(vm86_getpid), PROBE(vm86_yield), PROBE(vm86_sleep), PROBE(vm86_fork),
};
const unsigned probe_privileged_count = sizeof(probe_privileged) / sizeof(probe_privileged[0]);

void probe_breakpoint(void)
{
	__asm__ volatile("int3");
}

void probe_illegal(void)
{
	__asm__ volatile("ud2");
}

/* IOPL, NT, VM; AC, VIF, VIP; and the interrupt flag, which must be on. */
bool probe_unprivileged(void)
{
	uint32_t flags, cs, ss;

	__asm__ volatile("pushf; pop %0; mov %%cs, %1; mov %%ss, %2" : "=r"(flags), "=r"(cs), "=r"(ss));
	return (flags & 0x001e7200) == 0x200 && (cs & 0xffff) == 0x1b && (ss & 0xffff) == 0x23;
}

bool probe_flag_ends(unsigned word, unsigned bit)
{
	return word == offsetof(struct registers, eflags) / 4 && bit == 8;
}

void probe_step(struct registers *r, bool on)
{
	r->eflags = on ? r->eflags | 0x100 : r->eflags & ~0x100u;
}

bool probe_misaligned_dies(void)
{
	return false; /* it may: EFLAGS.AC and CR0.AM together forbid it, but nobody sets CR0.AM */
}

long probe_call4(uint32_t number, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	long result;

	/* Message calls return words in these. */
	__asm__ volatile("int %5" : "=a"(result), "+b"(a), "+c"(b), "+d"(c), "+S"(d) : "i"(SYSCALL_VECTOR), "0"(number)
			 : "memory");
	return result;
}

/*
 * ds itself must hold to read through it; cs can do it, which leaves ds null when the page fault comes. gs is the thread's
 * register: it is needed afterwards.
 */
uint32_t probe_forged_read(uint32_t value, volatile uint32_t *p)
{
	uint32_t read;

	__asm__ volatile("push %%gs; mov %w2, %%es; mov %w2, %%fs; mov %w2, %%gs; mov %w2, %%ds\n\t"
			 "mov %%cs:(%1), %0\n\t"
			 "mov %%ss, %1; mov %w1, %%ds; mov %w1, %%es; pop %%gs"
			 : "=&r"(read), "+r"(p) : "r"(value & 0 /* null */) : "memory");
	return read;
}

long probe_forged_getpid(uint32_t value)
{
	long result;

	__asm__ volatile("push %%gs; mov %w2, %%ds; mov %w2, %%es; mov %w2, %%fs; mov %w2, %%gs\n\t"
			 "int %1\n\t"
			 "mov %%ss, %%ecx; mov %%ecx, %%ds; mov %%ecx, %%es; pop %%gs"
			 : "=a"(result) : "i"(SYSCALL_VECTOR), "r"(value & 0), "a"(SYS_getpid) : "ecx", "memory");
	return result;
}
