/* kern/core/panic.c: the end: what happened, where, and what the machine looked like. (lab 1) */
#include <arch/port.h>
#include <core/monitor.h>
#include <dev/dev.h>
#include <mem/pmap.h>
#include <proc/proc.h>
#include <string.h>

bool panicked;
static bool panicking;

/* A panic while a panic is printed: say so in the fewest steps, for whatever printing needs may be broken. */
static void check_nested(const char *fmt, va_list ap)
{
	if (panicking) {
		printf("\npanic inside a panic: ");
		vprintf(fmt, ap);
		printf("\n");
		uart_drain();
		machine_poweroff(255);
	}
	panicking = true;
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
	uart_drain();
	if (powers_off())
		machine_poweroff(255);
	panicked = true;
	panicking = false; /* a panic caused by a monitor command is a new one */
	for (;;) {
		monitor(tf, "panic");
		printf("nothing to continue after a panic: quit powers off\n");
	}
}

static struct trapframe *user_frame(void)
{
	struct thread *t = this_cpu()->current;

	return t ? &t->tf : NULL;
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

	va_start(ap, fmt);
	check_nested(fmt, ap);
	printf("\nKERNEL PANIC: ");
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	print_running();
	print_registers();
	backtrace();
	finish(user_frame());
}

static void __attribute__((format(printf, 1, 2))) start_panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	check_nested(fmt, ap);
	va_end(ap);
}

void panic_trap(const struct trapframe *tf, const char *what, bool is_fault, uint32_t fault_va)
{
	start_panic("%s at pc 0x%08x, address 0x%08x", what, tf_pc(tf), fault_va);
	printf("\nKERNEL PANIC: %s in the kernel, pc 0x%08x", what, tf_pc(tf));
	if (is_fault)
		printf(", address 0x%08x", fault_va);
	printf("\n");
	print_running();
	tf_print(tf);
	backtrace_trap(tf);
	if (is_fault)
		pmap_print_walk(fault_va);
	finish((struct trapframe *)tf);
}
