/* kern/core/panic.c: the end: what happened, where, and what the machine looked like. (lab 1) */
#include <arch/port.h>
#include <core/monitor.h>
#include <dev/dev.h>
#include <mem/pmap.h>
#include <proc/proc.h>
#include <string.h>

bool panicked;
static bool panicking;

/* The first words. True: a panic while a panic is printed. */
static bool begin(void)
{
	bool nested = panicking;

	panicking = true;
	printf(nested ? "\npanic inside a panic: " : "\nKERNEL PANIC: ");
	return nested;
}

/* The end of that, in the fewest steps, for whatever printing needs may be broken. */
static void give_up(void)
{
	uart_drain();
	machine_poweroff(255);
}

static void print_running(void)
{
	struct thread *t = this_cpu()->current;

	if (t && t->proc)
		printf("running: process %d (%s), user pc 0x%08x\n", t->proc->pid, t->proc->name, tf_pc(&t->tf));
	else
		printf("running: no process\n");
}

static bool powers_off(void)
{
	char value[8];

	return cmdline_get("test", value, sizeof(value)) ||
		(cmdline_get("panic", value, sizeof(value)) && strcmp(value, "off") == 0);
}

static void __attribute__((noreturn)) finish(struct trapframe *tf)
{
	if (powers_off())
		give_up();
	uart_drain();
	panicked = true;
	panicking = false; /* a panic caused by a monitor command is a new one */
	for (;;) {
		monitor(tf, "panic");
		printf("nothing to continue after a panic: quit powers off\n");
	}
}

/* Nobody has saved what the compiler keeps in the others; where they matter, a trap has (panic_trap). */
static void print_registers(void)
{
	struct stack_frame here;

	backtrace_start_here(&here);
	printf("  pc %08x  sp %08x  fp %08x\n", here.pc, here.sp, here.fp);
	registers_print();
}

void panic(const char *fmt, ...)
{
	va_list ap;
	bool nested = begin();

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	if (nested)
		give_up();
	print_running();
	print_registers();
	backtrace();
	finish(current_frame());
}

void panic_trap(const struct trapframe *tf, const char *what, bool is_fault, uint32_t fault_va)
{
	bool nested = begin();

	printf("%s in the kernel, pc 0x%08x", what, tf_pc(tf));
	if (is_fault)
		printf(", address 0x%08x", fault_va);
	printf("\n");
	if (nested)
		give_up();
	print_running();
	tf_print(tf);
	backtrace_trap(tf);
	if (is_fault)
		pmap_print_walk(fault_va);
	finish((struct trapframe *)tf);
}
