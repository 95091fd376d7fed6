/* kern/core/core.h: printing, panic, console, monitor, symbols: what the rest of the kernel may call. (lab 1) */
#ifndef KERN_CORE_CORE_H
#define KERN_CORE_CORE_H

#include <types.h>

struct trapframe;
struct thread;

/*
 * printf.c. %d %i %u %x %X %o %c %s %p %%, flags - 0 + space #, width and precision (also *), h hh l ll z t j.
 * lib/format.c holds the formatter itself, shared with programs.
 */
int printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int vprintf(const char *fmt, va_list ap);
int snprintf(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* panic.c. panic prints message, registers, backtrace, and enters the monitor (or powers off with 255 in tests). */
void panic(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
/* The same for a trap in the kernel; fault_va is walked when it was a page fault. */
void panic_trap(const struct trapframe *tf, const char *what, bool is_fault, uint32_t fault_va) __attribute__((noreturn));
#define ASSERT(cond)                                                                       \
	do {                                                                               \
		if (!(cond)) panic("%s:%d: assertion failed: %s", __FILE__, __LINE__, #cond); \
	} while (0)

/* The same on a hot path: in debug builds only. */
#ifdef DEBUG
#define DEBUG_ASSERT(cond) ASSERT(cond)
#else
#define DEBUG_ASSERT(cond) ((void)0)
#endif

/* backtrace.c, ksyms.c */
void backtrace(void);                            /* of the caller */
void backtrace_trap(const struct trapframe *tf); /* of an interrupted kernel or user context */
struct symbol { const char *name; uint32_t start; const char *file; unsigned line; };
bool symbol_lookup(uint32_t pc, struct symbol *out); /* the function around pc, and pc's file and line (0: unknown) */

/* console.c. Output goes to the serial line and the screen; input is collected from interrupts, a line at a time. */
void console_putc(int c);
void console_input(int c);      /* from a device's interrupt: one character; MONITOR_KEY asks for the monitor */
bool console_line_ready(void);  /* a whole line, or end of input, can be read */
size_t console_read(char *buf, size_t n); /* takes what is there, at most a line; 0: end of input (Ctrl-d) */
/* Monitor only, interrupts off: waits for a line, without its end; what programs have not read stays. False: Ctrl-d. */
bool console_ask(char *line, size_t size);
#define MONITOR_KEY 0x1d        /* Ctrl-] */
void console_signal(int signal); /* kern/proc provides it: Ctrl-C and the like, for the programs in the foreground */
void console_wake(void);        /* kern/proc provides it: a line has become ready, wake who waits for one */

/* monitor.c. tf: the interrupted context, or NULL. Returns on "continue". */
void monitor(struct trapframe *tf, const char *why);
bool monitor_stepping(const struct trapframe *tf); /* it has asked for a single step of tf, which has not come yet */
void monitor_forget(struct trapframe *tf);         /* tf's thread ends: so does its step */

/* cmdline.c. Words name=value of the kernel's command line; name="a b" keeps blanks. */
const char *cmdline_get(const char *name, char *buf, size_t size); /* value copied into buf; NULL if absent */
/* The next word that begins with prefix, from *at (NULL: the first) on: the rest of it is copied into buf. */
bool cmdline_next(const char *prefix, const char **at, char *buf, size_t size);
unsigned long cmdline_number(const char *name, unsigned long otherwise);
/* All of text as a number: base 10 or 16; 0x in front means 16 in any case. False: it is none, or has over 32 bits. */
bool parse_u32(const char *text, unsigned base, uint32_t *value);

/* Guards of the hazards list, each of which can be taken out: make HAZARD=n. The compiler folds this. */
#ifndef HAZARD
#define HAZARD 0
#endif
static inline bool guard(int n) { return HAZARD != n; }

/*
 * Kernel tests. TEST(name) { ... CHECK(cond); } anywhere in the kernel, compiled in with TESTS=1 and run with
 * "test=prefix" on the command line. Prints one line a test, then "tests: N passed, M failed", and powers off.
 */
#ifdef TESTS
struct ktest { const char *name; void (*run)(void); };
#define TEST(id)                                                                                             \
	static void test_##id(void);                                                                         \
	static const struct ktest ktest_##id __attribute__((section(".ktests"), used)) = { #id, test_##id }; \
	static void test_##id(void)
#define CHECK(cond) ktest_check((cond), #cond, __FILE__, __LINE__)
void ktest_check(bool ok, const char *what, const char *file, int line);
extern void (*ktest_probe)(const char *where); /* called at PROBE(where): a test looks on in the middle of an operation */
#define PROBE(where) do { if (ktest_probe) ktest_probe(#where); } while (0)
void ktest_run(const char *prefix); /* powers off: status 0 if all passed and at least one ran */
#else
#define PROBE(where) ((void)0)
#endif

#endif
