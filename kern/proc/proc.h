/*
 * kern/proc/proc.h: processes, threads, the CPU, and what moves between them. (lab 3)
 * A thread belongs to a process, a process has a pmap: three structures. There is one kernel stack for each CPU; a
 * waiting thread is a state and a reason, not a stack. Interrupts are off in the kernel, so nothing here is locked.
 */
#ifndef KERN_PROC_PROC_H
#define KERN_PROC_PROC_H

#include <arch/port.h>
#include <mem/pmap.h>

enum thread_state { THREAD_RUNNABLE, THREAD_RUNNING, THREAD_WAITING, THREAD_ENDED };

struct thread {
	struct trapframe tf;  /* must stay first: kernel entry finds it through this_cpu()->current */
	struct proc *proc;
	enum thread_state state;
	const char *reason;   /* why it waits: "child", "sleep", "console" */
	unsigned priority;    /* 0 runs first */
	unsigned ticks_left;  /* of its turn */
	uint32_t ticks_used;
	struct thread *next, *prev; /* in the run queue, or in a wait queue */
	uint32_t wake_at;     /* sleeping: the tick */
};

struct proc {
	int pid;
	char name[16];
	struct pmap pmap;
	struct thread *thread;      /* its only one, so far */
	struct proc *parent, *children, *sibling;
	bool ended;
	int status;                 /* ended: as wait reports it */
};

struct cpu {
	struct thread *current; /* offset 0: entry.S. NULL: idle or booting */
	uint32_t resched;       /* offset 4: entry.S. The return path must call schedule() */
	struct pmap *pmap;      /* the loaded one */
	struct pmap *alt;       /* the one open in APT_base, or NULL */
};

/* proc.c, load.c */
void proc_init(void);
int proc_spawn(struct proc *parent, const char *name, const char *args, size_t bytes, int argc); /* pid or -errno */
void proc_exit(struct proc *proc, int status);  /* its thread is not run again */
struct proc *proc_find(int pid);
struct proc *proc_next(struct proc *after);     /* all of them, NULL first and last */

/* trap.c: called by the machine's trap code once it knows what happened. */
enum trap_cause {
	TRAP_PAGE,       /* no translation, or not allowed; addr and access tell */
	TRAP_ADDRESS,    /* MIPS: misaligned, or a kernel address */
	TRAP_PRIVILEGED, /* an instruction programs may not use */
	TRAP_ILLEGAL,
	TRAP_DIVIDE,
	TRAP_OVERFLOW,
	TRAP_BREAK,      /* a breakpoint instruction */
	TRAP_STEP,       /* the monitor's single step */
	TRAP_OTHER,
};
void trap_from_user(struct thread *t, enum trap_cause cause, const char *name, vaddr_t addr, enum access access);

/* sched.c */
void schedule(void) __attribute__((noreturn)); /* pick the next thread and return to it; idle until there is one */
void sched_ready(struct thread *t);            /* it may run again */
void sched_wait(struct thread *t, const char *reason);
void sched_yield(struct thread *t);

/* syscall.c. Indexed by number; arguments as in syscall.h. entry.S jumps through it. */
typedef long (*syscall_fn)(uint32_t a, uint32_t b, uint32_t c, uint32_t d);
extern const syscall_fn syscall_table[];

/* copy.c: the only way to reach a program's memory. 0 or -EFAULT; resolves demand pages on the spot. */
int copyin(void *to, vaddr_t from, size_t n);
int copyout(vaddr_t to, const void *from, size_t n);
int copyin_string(char *to, vaddr_t from, size_t size); /* length without NUL, -EFAULT, or -E2BIG */

/* The archive of programs inside the kernel image; sorted by name. (user/programs.S is generated) */
struct program { const char *name; const uint8_t *start; uint32_t size; };
extern const struct program programs[];
extern const uint32_t program_count;
const struct program *program_find(const char *name);

/* load.c: check an ELF image. NULL when it is fine, else one sentence that says what is wrong. */
const char *elf_check(const uint8_t *image, uint32_t size, uint16_t machine);

#endif
