/* kern/proc/proc.h: processes, threads, the CPU, and what moves between them. (lab 3)
 * A thread belongs to a process, a process has a pmap: three structures. There is one kernel stack for each CPU; a
 * waiting thread is a state and a reason, not a stack. Interrupts are off in the kernel, so nothing here is locked.
 */
#ifndef KERN_PROC_PROC_H
#define KERN_PROC_PROC_H

#include <arch/port.h>
#include <mem/pmap.h>

/* A queue of threads that wait for the same thing, in no order that counts. */
struct wait_queue {
	struct thread *first;
};

enum thread_state { THREAD_RUNNABLE, THREAD_WAITING, THREAD_ENDED };

#define PRIORITY_NORMAL 4
#define CLOCK_HZ 100
#define TURN_TICKS 5         /* a thread's turn: 50 ms */

struct thread {
	struct trapframe tf;  /* must stay first: kernel entry finds it through this_cpu()->current */
	struct pmap *pmap;    /* its process' */
	struct proc *proc;
	enum thread_state state;
	const char *reason;   /* why it waits: "child", "sleep", "console"; NULL otherwise */
	/* Waiting: called with its pmap loaded before it runs again. True: the call is done, its result set. */
	bool (*resume)(struct thread *t);
	uint32_t args[3];     /* the waiting call's arguments, for resume */
	unsigned priority, ticks_left;
	uint32_t ticks_used;  /* clock ticks that found it running */
	struct thread *ring_next, *ring_prev; /* runnable: its neighbours in its priority's ring */
	struct thread *next, **link; /* waiting: its place in the one list it is in; link is NULL in none */
	uint32_t wake_at;     /* sleeping: the tick */
};

struct proc {
	int pid;
	char name[16];
	struct pmap pmap;
	struct thread *thread;  /* its only one, so far; NULL once it has ended */
	struct proc *parent, *children;
	struct proc *sibling, **back; /* in the parent's list of children */
	struct wait_queue waiters; /* its threads that wait for a child */
	bool first;             /* the machine is switched off when this one ends */
	bool ended;
	int status;             /* ended: as wait reports it */
};

/* A new program's arguments: argc strings, packed, each with its NUL. */
struct arguments {
	int argc;
	size_t bytes;
	const char *strings;
};

/* proc.c */
/* Start a program of the archive as a child of parent (NULL: nobody's). Its pid, or a negated error. */
int proc_spawn(struct proc *parent, const char *name, const struct arguments *args);
/* A child of the running process that is its copy: t's own copy goes on in it, with 0. Its pid, or a negated error. */
int proc_fork(struct thread *t);
/* End p now, in whatever state it is: its memory goes back, its parent is told. status as wait reports it. */
void proc_exit(struct proc *p, int status);
/* Bury one ended child of p (pid -1: any). Its pid, *status; 0: none has ended yet; -ECHILD: there is none such. */
int proc_reap(struct proc *p, int pid, int *status);
void thread_free(struct thread *t);
struct proc *proc_find(int pid);            /* NULL: no such process */
struct proc *proc_next(struct proc *after); /* all of them; NULL first and last */

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
void sched_init(void);
void schedule(void) __attribute__((noreturn)); /* pick the next thread and return to it; idle until there is one */
void sched_new(struct thread *t);   /* a new thread may run */
void sched_ready(struct thread *t); /* a waiting thread may run again; others: nothing happens */
const char *sched_state_name(const struct thread *t); /* "running", "runnable", "waiting", "ended" */
/* The system call, arguments unused: the running thread's turn is over, the next of its priority has its own. 0. */
long sys_yield(uint32_t a, uint32_t b, uint32_t c, uint32_t d);
/* The running thread waits; *resume (may be NULL) finishes its call. It leaves the CPU when the kernel returns. */
void sched_wait(struct thread *t, const char *reason, bool (*resume)(struct thread *));
void sched_sleep(struct thread *t, uint32_t ticks);
void sched_end(struct thread *t);   /* never runs again; the running thread's memory is freed once it has left the CPU */
extern uint32_t ticks;              /* since boot */

void wait_queue_add(struct wait_queue *q, struct thread *t);
void wait_queue_wake(struct wait_queue *q); /* all of them */

/* syscall.c. Indexed by number; arguments as in syscall.h. entry.S jumps through it. */
typedef long (*syscall_fn)(uint32_t a, uint32_t b, uint32_t c, uint32_t d);
extern const syscall_fn syscall_table[];
long sys_fork(uint32_t a, uint32_t b, uint32_t c, uint32_t d); /* entry.S: saves what a call's frame lacks, then: */
long fork_current(void);

/* copy.c: the only way to reach a program's memory. 0 or -EFAULT; resolves demand pages on the spot. */
int copyin(void *to, vaddr_t from, size_t n);
int copyout(vaddr_t to, const void *from, size_t n);
bool copy_writable(vaddr_t to, size_t n); /* would copyout succeed? Until the kernel returns to the program, it will */
int copyin_string(char *to, vaddr_t from, size_t size); /* length without NUL, -EFAULT, or -E2BIG */

/* The archive of programs inside the kernel image; sorted by name. (user/programs.S is generated) */
struct program { const char *name; const uint8_t *start; uint32_t size; };
extern const struct program programs[];
extern const uint32_t program_count;
const struct program *program_find(const char *name);

/* elf.c: check an ELF image. NULL when it can be loaded on this machine, else one sentence that says what is wrong. */
const char *elf_check(const uint8_t *image, uint32_t size, uint16_t machine);
/* load.c: fill p's address space, open in the second window, and set its thread to start. 0, or an error number. */
int load_program(struct proc *p, const struct program *program, const struct arguments *args);

#endif
