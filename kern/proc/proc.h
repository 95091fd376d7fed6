/* kern/proc/proc.h: processes, threads, the CPU, and what moves between them. (lab 3)
 * A thread belongs to a process, a process has a pmap: three structures. There is one kernel stack for each CPU; a
 * waiting thread is a state and a reason, not a stack. Interrupts are off in the kernel, so nothing here is locked.
 */
#ifndef KERN_PROC_PROC_H
#define KERN_PROC_PROC_H

#include <arch/port.h>
#include <core/list.h>
#include <mem/pmap.h>
#include <proc/object.h>
#include <string.h>
#include <clock.h>
#include <signals.h>

/* Threads that wait for the same thing, first come, first served. */
struct wait_queue {
	struct waiter *first;
};

/* A thread's place in one queue. Each thread has one; who waits for several things at once brings more. */
struct waiter {
	struct thread *thread;
	struct wait_queue *queue; /* NULL: in none */
	struct waiter *next, *prev; /* a ring */
};

enum thread_state { THREAD_NEW, THREAD_RUNNABLE, THREAD_WAITING, THREAD_ENDED };
enum wake_cause { WAKE_READY, WAKE_TIMEOUT, WAKE_SIGNAL };

#define PRIORITY_NORMAL 4
#define WEIGHT_NORMAL 5      /* ticks of a thread's turn: 50 ms */
#define WEIGHT_MAX 50

struct thread {
	struct trapframe tf;  /* must stay first: kernel entry finds it through this_cpu()->current */
	struct pmap *pmap;    /* its process' */
	struct proc *proc;
	enum thread_state state;
	/*
	 * Called with its pmap loaded, and its trap frame complete, before it runs again in user mode: it finishes a call
	 * that has waited (sched_wait), or what was put off until then (sched_later). True: go on to the program; false:
	 * it waits again.
	 */
	bool (*resume)(struct thread *t);
	struct fpu_state *fpu; /* fpu.c: NULL: it has never used floating point */
	int tid;
	struct thread *sibling, **back; /* in its process' list of threads */

	/* The call under way, as call_begin found it: for resume, and for starting it again. */
	struct {
		uint32_t number, args[4];
		uint32_t done;        /* its progress: the function's own */
	} call;
	struct object *call_object; /* io.c, poll.c: what it waits in, one reference; NULL: nothing. Kept until it is done */

	/* signal.c */
	sigset_t mask, pending; /* signals that wait until it lets them come; those that are for it alone */
	sigset_t suspended_mask; /* sigsuspend: the mask that it has changed, while suspended is set */
	bool suspended;
	bool (*interrupted)(struct thread *t); /* a signal has come: what resume was before */
	struct siginfo fault;   /* si_signo is not 0: its own mistake, on the way to its handler */
	struct { vaddr_t at; uint32_t size; } stack; /* sigaltstack; size 0: none */

	/* Waiting. */
	const char *reason;   /* for what: "child", "sleep", "console"; NULL when it does not wait */
	enum wake_cause woken_by;
	struct waiter waiter;
	void (*cancel)(struct thread *t); /* the wait is over, however it ended: undo what was set up for it. Or NULL */
	uint32_t wake_at;     /* the tick; its place on the wheel: */
	struct thread *timer_next, **timer_link; /* timer_link is NULL: no timer runs */

	/* port.h */
	struct place {
		struct thread *thread; /* waits there; NULL: nobody */
		struct thread *server; /* who has its priority meanwhile; NULL: no one thread */
	} caller;                /* who waits for this thread's answer */
	struct place *awaited;   /* it waits as a receiver or a caller: the one place that names it there */
	uint32_t badge;          /* it waits as a sender: of the right it sends through */
	vaddr_t window;          /* where it takes pages, and how many */
	uint32_t window_pages;
	uint32_t port_deadline;

	/* Scheduling. */
	unsigned priority;      /* the one that counts: base_priority, or a higher one that was donated */
	unsigned base_priority; /* as set_priority set it */
	unsigned weight, ticks_left; /* its turn; what is left of it, 1 or more */
	uint32_t charged_at;  /* the last tick that it has paid for with one of its own */
	bool ahead;           /* it runs because it went ahead, not because it was its turn */
	uint32_t ticks_used;  /* clock ticks that found it running */
	struct thread *ring_next, *ring_prev; /* runnable: its neighbours in its priority's ring */

	/* pager.c: the program's handler of page faults, its stack, and the last fault that it was told. */
	struct pager {
		vaddr_t entry, stack, size, argument; /* entry 0: there is none */
		vaddr_t at, pc;
		pte_t was;              /* what at's entry said */
		enum access access;
		bool vain;              /* the handler has gone back, and it says the same */
	} pager;

	/* futex.c: the word it waits for there. */
	struct futex_key {
		const void *space;
		uint32_t at;
	} futex;
	struct thread *lock_owner; /* it waits for a lock: who has it, and runs with its priority, or a higher one; or in line */
	struct thread *donors, *donor_next, **donor_link; /* those whose lock_owner it is; its place among such */
};

struct proc {
	int pid;
	char name[16];
	struct pmap pmap;
	vaddr_t heap_start, heap_end; /* memory.c: where brk begins, behind the program, and where it is */
	struct thread *threads; /* NULL once it has ended */
	unsigned thread_count;
	/* proc.c: the family. An ended child is found at once: they stand in a list of their own, first ended first. */
	struct proc *parent;
	struct proc_list { struct proc *first, **end; } children, ended_children;
	struct proc *sibling, **back; /* in one of the parent's lists */
	struct wait_queue waiters; /* its threads that wait for a child */
	struct descriptors descriptors;
	struct tms times;       /* info.c */
	/* signal.c, job.c */
	struct signal_table *signals; /* what it does about them; NULL: the default about all */
	sigset_t pending;       /* for any of its threads */
	bool stopped;
	int change;             /* it was stopped or continued, and wait has not told: as wait reports it; 0: nothing */
	int group;
	uint32_t alarm_at;
	struct proc *alarm_next, **alarm_link; /* alarm_link is NULL: no alarm is set */

	bool first;             /* the machine is switched off when this one ends */
	bool ended;
	int status;             /* ended: as wait reports it */
};

/*
 * A new program's arguments and its environment. argv and envp are the calling program's arrays of pointers to strings,
 * ended by a null pointer. In place of one that is NULL: argc, or envc, of the kernel's own strings (the arguments
 * first), packed, each with its NUL.
 */
struct arguments {
	int argc, envc;
	size_t bytes;
	const char *strings;
	vaddr_t argv, envp;
};

/* Where a program starts, and what it finds. */
struct start {
	vaddr_t entry, sp, argv, heap;
	int argc;
};

/* proc.c */
/* Start a program of the archive as a child of parent (NULL: nobody's). Its pid, or a negated error. */
int proc_spawn(struct proc *parent, const char *name, const struct arguments *args);
/*
 * The running thread's process becomes that program, from *start; its other threads end. 0; or a negated error: then
 * nothing has changed.
 */
int proc_exec(struct thread *t, const char *name, const struct arguments *args, struct start *start);
/* A child of the running process that is its copy: t's own copy goes on in it, with 0. Its pid, or a negated error. */
int proc_fork(struct thread *t);
/* The same without any memory, and held: it does not run before proc_start. */
int proc_create(struct thread *t);
/* End p now, in whatever state it is: its memory goes back, its parent is told. status as wait reports it. */
void proc_exit(struct proc *p, int status);
/* The same for the running thread's process; the thread goes on with it in stretches if there is much memory. */
void proc_leave(struct thread *t, int status);
/*
 * Bury one ended child of p. Its pid, *status; 0: none has ended yet; -ECHILD: there is none such. pid and options as
 * waitpid has them: -1 any, 0 of p's group, -n of group n; WUNTRACED and WCONTINUED: one that was stopped or went on, too.
 */
int proc_reap(struct proc *p, int pid, int options, int *status);
/* The parent's pid; of an orphan the first process', which adopts it (the kernel buries it then); 0: p is the first. */
int proc_parent(const struct proc *p);
struct proc *proc_find(int pid);            /* NULL: no such process */
struct proc *proc_next(struct proc *after); /* all of them; NULL first and last */
struct proc *proc_from(unsigned slot);      /* the first from that slot up: pid % PROC_MAX is a process' own */

/* thread.c. Thread ids and process ids are one row of numbers: a process' first thread has its pid. */
#define PROC_MAX 512    /* processes that can be at one time */
#define THREAD_MAX 1024 /* threads */
#define SLOTS_RESERVED 16 /* of both, for what the first process starts: the prompt lives on beside a fork bomb */
#define FRAMES_RESERVED 128 /* free frames: nobody else gets a new process when there are no more than these */
#define PROC_THREAD_MAX 512 /* threads of one process: it can't take them all */
/*
 * A thread of p that is not ready to run yet, its registers unset. Its number is one that also() (may be NULL) takes,
 * too. NULL: *error (ENOMEM, EAGAIN) says why.
 */
struct thread *thread_new(struct proc *p, bool (*also)(int id), int *error);
/* t ends, in whatever state it is; nobody is told. The running one's memory is freed once it has left the CPU. */
void thread_end(struct thread *t);
void thread_free(struct thread *t); /* for sched.c: it has left the CPU */
struct thread *thread_find(int tid); /* NULL: no such thread */
/* All of them, in slot order: 0 asks for the first; after's own end does not matter. NULL: after was the last. */
struct thread *thread_next(uint32_t after);

static inline struct thread *current_thread(void)
{
	return this_cpu()->current;
}

/* Where the running thread's program was left; NULL: nothing runs. */
static inline struct trapframe *current_frame(void)
{
	return current_thread() ? &current_thread()->tf : NULL;
}

/* The running process may take what is reserved: it is the first one, or there is none yet. */
static inline bool takes_reserved(void)
{
	return !current_thread() || current_thread()->proc->first;
}

/* futex.c: waiting for a word of the program's memory to change. */
/* Wake up to n threads that wait for the word at va, of t's process, whose pmap is loaded. How many, or an error. */
long futex_wake(struct thread *t, vaddr_t va, uint32_t n);
void futex_thread_ends(struct thread *t); /* for thread.c: what it owned is free */
/* t->base_priority is another, or who waits for t: set t's effective priority, and that of whom t waits for. */
void futex_priority_changed(struct thread *t);
/* t, which waits in line at a port, lends its priority to server, who received there last, until its wait is over, or: */
void futex_lend(struct thread *t, struct thread *server);
void futex_take_back(struct thread *t);

/*
 * signal.c. Send a signal (0: none) to p: to t, one of its threads; NULL: to any. code and the rest as in struct siginfo (SI_KERNEL, 0,
 * 0 for the kernel's own). Another process than the running one may have ended on return; t, never.
 */
void signal_post(struct proc *p, struct thread *t, int signal, int code, int pid, int status);
static inline void signal_send(struct thread *t, int signal)
{
	signal_post(t->proc, t, signal, SI_KERNEL, 0, 0);
}
/* The running thread's own mistake. False: it has no handler that could be entered, and must end. */
bool signal_fault(struct thread *t, int signal, int code, vaddr_t addr, enum access access);
void signal_set_mask(struct thread *t, sigset_t mask);
int signals_fork(struct thread *child, const struct thread *parent); /* what child inherits. 0 or -ENOMEM */
void signals_exec(struct proc *p); /* handlers are no more there, what is ignored stays ignored */
void signals_free(struct proc *p);
/* child has ended, stopped or gone on, with that status: the parent is woken, and sent SIGCHLD. */
void signal_child(struct proc *child, int status);
bool signal_child_is_buried(const struct proc *parent); /* it wants to know nothing of children: no zombies */

/* job.c */
bool job_exists(int group); /* is any process in it, an ended one included? */
void job_first(struct proc *p);  /* p's group is its own, and the console's */
void alarm_tick(void);           /* a tick has passed */
void alarm_stop(struct proc *p);

/* trap.c: called by the machine's trap code once it knows what happened. */
enum trap_cause {
	TRAP_PAGE,       /* no translation, or not allowed; addr and access tell */
	TRAP_ADDRESS,    /* MIPS: misaligned, or a kernel address */
	TRAP_PRIVILEGED, /* an instruction programs may not use */
	TRAP_ILLEGAL,
	TRAP_DIVIDE,
	TRAP_OVERFLOW,
	TRAP_FLOAT,      /* a floating point exception that the program has asked for */
	TRAP_BREAK,      /* a breakpoint instruction */
	TRAP_STEP,       /* the monitor's single step */
	TRAP_OTHER,
};
/* The line that says so, then the end of t's process, by that signal. */
void end_by_fault(struct thread *t, enum trap_cause cause, const char *name, vaddr_t addr, enum access access, int signal);
void trap_from_user(struct thread *t, enum trap_cause cause, const char *name, vaddr_t addr, enum access access);

/*
 * upcall.c: a program's handlers. These are for resume functions, where the frame is complete (sched_later).
 *
 * The thread goes on in its program with entry(info->si_signo, siginfo_t *, struct context *, last). Both structures
 * stand on its stack, below sp (rounded down to 16); the context is where the thread is now, with mask, and
 * context_return goes back there: entry itself must not return. 0, or copyout's error: then nothing has changed.
 */
int upcall(struct thread *t, vaddr_t entry, vaddr_t sp, const struct siginfo *info, uint32_t last, sigset_t mask);
/* The call that t is about to return from will begin once more, with the arguments that call_begin kept. */
void upcall_again(struct thread *t);
size_t upcall_size(const struct thread *t); /* what it takes of the stack, at most */

/*
 * pager.c. pager_takes: a page fault that nothing else resolves: true: t is in its handler; *why: what to say if not.
 * pager_park: the same for a call's buffer: -EPARKED, which the call returns, and it will begin anew after the handler;
 * -EFAULT: nobody can help. pager_enter: when the call must not begin anew (a signal's stack): the handler runs first.
 * False: t has ended. pager_goes_back: context_return.
 */
#define EPARKED 4000 /* never seen by programs */
bool pager_takes(struct thread *t, vaddr_t va, enum access access, const char **why);
int pager_park(vaddr_t va, enum access access);
bool pager_enter(struct thread *t);
void pager_goes_back(struct thread *t);
/* Let va of `to`, the running process or a held one, name what `from` of the running one does; syscall.h says more. */
int page_share(struct proc *to, vaddr_t va, vaddr_t from, uint32_t prot);

/* fpu.c: floating point. */
void fpu_wanted(struct thread *t); /* the machine's trap code: the running thread used the unit while it was off */
void fpu_drop(struct thread *t);   /* t ends, or goes on as another program: as if it had never used it */
bool fpu_fork(struct thread *child, const struct thread *parent); /* a copy for child, which has none. False: no memory */
/*
 * For contexts that are kept in the running thread's own memory: bytes, aligned as you like; 0: t has not used the unit
 * and there is nothing to keep. fpu_save_to leaves fresh registers to whoever goes on (a handler). fpu_restore_from
 * takes anything, made harmless; address 0: as if it had never used it. Both: 0, or copyout's or copyin's error, or -ENOMEM.
 */
size_t fpu_context_size(const struct thread *t);
int fpu_save_to(struct thread *t, vaddr_t to);
int fpu_restore_from(struct thread *t, vaddr_t from);

/* sched.c: who runs. */
void sched_init(void);
void schedule(void) __attribute__((noreturn)); /* pick the next thread and return to it; idle until there is one */
/* Its usual case, for entry.S: the next thread has the CPU, and its address space is loaded: trap_return. NULL: nothing is done. */
struct thread *sched_quick(void);
void sched_inherit(struct thread *t); /* a new thread's priority and weight: the running one's */
void sched_new(struct thread *t);   /* a new thread may run */
/*
 * Give t another effective priority, in whatever state it is: O(1). For donation; t->base_priority stays: who sets
 * that one goes on to futex_priority_changed.
 */
void sched_set_priority(struct thread *t, unsigned effective);
/* A waiting thread may run again, and is told why (t->woken_by); others: nothing happens. */
void sched_wake(struct thread *t, enum wake_cause cause);
/*
 * The end of that, for a thread that waits no more in any queue, nor for a time, and has nothing to be undone: if it is
 * alone with the running thread, and so the next: there is nobody to pay for. False: nothing is done.
 */
static inline bool sched_ready_next(struct thread *t)
{
	struct cpu *cpu = this_cpu_kept();
	struct thread *head = cpu->ring[t->priority];
	if (!head || head != cpu->current || head->ring_next != head)
		return false;
	t->state = THREAD_RUNNABLE;
	t->ring_next = t->ring_prev = head;
	head->ring_next = head->ring_prev = t;
	return true;
}
const char *sched_reason(const struct thread *t); /* what it waits for; "": it does not */
const char *sched_state_name(const struct thread *t); /* "new", "running", "runnable", "waiting", "ended" */
/* The system call, arguments unused: the running thread's turn is over, the next of its priority has its own. 0. */
long sys_yield(uint32_t a, uint32_t b, uint32_t c, uint32_t d);
/*
 * The running thread waits, from when the kernel returns; *resume (may be NULL) finishes its call. Say where it waits by
 * wait_queue_add, and for how long by timer_set. 0, for the caller to return.
 */
long sched_wait(struct thread *t, const char *reason, bool (*resume)(struct thread *));
/* resume will be called before the running thread goes back to its program: with its whole frame, as after a wait. */
void sched_later(struct thread *t, bool (*resume)(struct thread *));
void sched_guard_fpu(void);         /* fpu_off() the running thread, for arch/, before another one runs */
/*
 * The running thread has worked on its call for long enough: interrupts are served, others have their turns, then resume
 * goes on with it. t->cancel (or NULL) is called if t ends before. => the caller only returns.
 */
void sched_give_way(struct thread *t, bool (*resume)(struct thread *));
void sched_end(struct thread *t);   /* for thread.c: out of every queue, for good */

/* ktest_switch.c: NULL: all is as it must be when t gets the CPU; else a sentence that says what is not. */
const char *switch_wrong(const struct thread *t);
#ifdef DEBUG
void switch_check(const struct thread *t); /* panics with it; and every now and then with what frame_audit has found */
#else
static inline void switch_check(const struct thread *t) {}
#endif

/* info.c: the time, and who has used how much of it. */
void time_init(void);
void time_tick(void);                    /* the clock has ticked */
void time_account(struct thread *t);     /* a tick found t running */
void time_inherit(struct proc *parent, const struct proc *child); /* child is buried */

/* wait.c: queues, timers, and how a waiting call ends. */
/* w->thread is set; the thread's own: &t->waiter. */
static inline void wait_queue_add(struct wait_queue *q, struct waiter *w)
{
	struct waiter *first = q->first;
	DEBUG_ASSERT(!w->queue);
	w->queue = q;
	if (!first) {
		q->first = w->next = w->prev = w;
		return;
	}
	w->next = first; /* right before the first: the last */
	w->prev = first->prev;
	w->prev->next = first->prev = w;
}

/* From the queue that it is in. */
static inline void wait_queue_take(struct waiter *w)
{
	struct wait_queue *q = w->queue;
	struct waiter *next = w->next, *prev = w->prev;
	w->queue = NULL;
	if (next == w) {
		q->first = NULL;
		return;
	}
	prev->next = next;
	next->prev = prev;
	if (q->first == w)
		q->first = next;
}

/* The same, if it is in any. */
static inline void wait_queue_remove(struct waiter *w)
{
	if (w->queue)
		wait_queue_take(w);
}

void wait_queue_wake_all(struct wait_queue *q);
static inline void wait_queue_wake(struct wait_queue *q)    /* all of them, if there are any */
{
	if (q->first)
		wait_queue_wake_all(q);
}
extern uint32_t ticks;              /* since boot, CLOCK_HZ a second */
void timer_set(struct thread *t, uint32_t tick); /* wake t with WAKE_TIMEOUT then (or at the next tick, if that is over) */
void timer_stop(struct thread *t);
void timer_tick(void);              /* a tick has passed: wake whose time has come */
#define TICK_MS (1000u / CLOCK_HZ)
/* The tick that lies so many milliseconds ahead, or more: rounded up, and one more, for the one under way has partly gone by. */
static inline uint32_t tick_in(uint32_t milliseconds)
{
	return ticks + milliseconds / TICK_MS + (milliseconds % TICK_MS != 0) + 1;
}
uint32_t deadline_tick(uint32_t deadline); /* of milliseconds since boot, as system calls give it (syscall.h) */
void wait_forget(struct thread *t); /* out of its queue and off the wheel; cancel is called */
/* For resume: was the wait ended by its timer or a signal? Then the call's result is -ETIMEDOUT, or -EINTR. */
bool wait_cut_short(struct thread *t);

/*
 * syscall.c. Indexed by number; arguments as in syscall.h. entry.S jumps through it. What a function returns is the
 * result; one that made its thread wait, or called sched_later, sets it in the frame (tf_set_result) when it is known.
 */
typedef long (*syscall_fn)(uint32_t a, uint32_t b, uint32_t c, uint32_t d);
#define SYSCALL_DECLARE(number, name, args) long sys_##name(uint32_t a, uint32_t b, uint32_t c, uint32_t d);
SYSCALL_LIST(SYSCALL_DECLARE)
#undef SYSCALL_DECLARE
extern const syscall_fn syscall_table[];
long fork_current(void); /* entry.S: sys_fork saves what a call's frame lacks, then goes here */
/*
 * Each call that may wait, or reaches the program's memory, begins with this: the registers of a call do not all
 * survive it on every machine, and it may have to start again. The running thread.
 */
static inline struct thread *call_begin(uint32_t number, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	struct thread *t = this_cpu()->current;
	t->call.number = number;
	t->call.args[0] = a;
	t->call.args[1] = b;
	t->call.args[2] = c;
	t->call.args[3] = d;
	t->call.done = 0;
	return t;
}

/*
 * t, which waits by object_wait, need not look again: its call is over, with this result. Returns mine, so that callers
 * need keep nothing. The second one does the same in line, in the usual case.
 */
long object_finish(struct thread *t, long result, long mine);
static inline long object_finish_quick(struct thread *t, long result, long mine)
{
	struct object *o = t->call_object;
	uint32_t refs = o->refs;
	DEBUG_ASSERT(t->state == THREAD_WAITING && !t->timer_link && !t->awaited && !t->cancel);
	if (refs == 1 || !sched_ready_next(t))
		return object_finish(t, result, mine);
	o->refs = refs - 1;
	wait_queue_take(&t->waiter);
	t->reason = NULL;
	t->resume = NULL;
	t->call_object = NULL;
	tf_set_result(&t->tf, result);
	return mine;
}

/* The common case: the page is there, and the hardware lets the access pass. */
static inline bool page_at_hand(vaddr_t va, enum access access)
{
	if (va >= UTOP || !pte_present(vpd[PDX(va)]))
		return false;
	pte_t e = *pte_at(va);
	return access == ACCESS_WRITE ? pte_writable(e) : pte_present(e);
}

/* All in one page that is at hand, as most buffers are: the kernel may use it in place until it returns. */
static inline bool copy_at_hand(vaddr_t va, size_t n, enum access access)
{
	return n <= PAGE_SIZE - va % PAGE_SIZE && page_at_hand(va, access);
}

/* memcpy; few bytes are moved before that has looked at how they stand. */
static inline void copy_move(void *to, const void *from, size_t n)
{
	char *t = to;
	const char *f = from;
	if (n > 8)
		memcpy(to, from, n);
	else
		while (n--)
			*t++ = *f++;
}

/* copy.c: the only way to reach a program's memory. 0 or a negated error; resolves demand pages on the spot. */
int copyin(void *to, vaddr_t from, size_t n);
int copyout(vaddr_t to, const void *from, size_t n);
/* Would copyout succeed? 0: until the kernel returns to the program, it will. */
int copy_prepare(vaddr_t to, size_t n);
/*
 * Where the kernel reads what the program sees at va, up to the end of its page, until memory is changed. NULL: *error.
 */
const void *copy_source(vaddr_t va, int *error);
int copyin_string(char *to, vaddr_t from, size_t size); /* length without NUL, or an error: -E2BIG when it is longer */

/* The archive of programs inside the kernel image; sorted by name. (user/programs.S is generated) */
struct program { const char *name; const uint8_t *start; uint32_t size; };
extern const struct program programs[];
extern const uint32_t program_count;
/* The archive is the folder /bin, and everybody's own: "ls" and "/bin/ls" name one program. NULL: there is none such. */
const struct program *program_find(const char *name);

/* elf.c: check an ELF image. NULL when it can be loaded on this machine, else one sentence that says what is wrong. */
const char *elf_check(const uint8_t *image, uint32_t size, uint16_t machine);
/*
 * load.c: fill an empty address space that is not loaded. *start: where its first thread begins. 0, or a
 * negated error: it holds a part then; destroy it.
 */
int load_program(struct pmap *pmap, const struct program *program, const struct arguments *args, struct start *start);

/* arguments.c: the top of a program's first stack, in frames that nobody maps yet: those below UTOP. */
#define ARG_PAGES (1 + ARG_MAX / PAGE_SIZE)
struct stack_top {
	paddr_t frame[ARG_PAGES];
	unsigned pages;
};
/* 0, and all but start->entry is known; or a negated error, and no frame is held. */
int arguments_build(struct stack_top *top, const struct arguments *args, struct start *start);
void arguments_drop(struct stack_top *top, unsigned from); /* free the frames from that number up */
/* The first program's environment: env.NAME=value of the command line, and defaults; packed. How many strings. */
int environment_first(char *to, size_t size);

#endif
