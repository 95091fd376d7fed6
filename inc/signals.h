/* inc/signals.h: what kernel and programs agree on about signals, faults and the contexts their handlers get. (lab 4)
 * Programs include <signal.h>, which has the functions, too.
 */
#ifndef INC_SIGNALS_H
#define INC_SIGNALS_H

#include <stdint.h>
#include <registers.h>

/* name, number (as on Linux), what a shell says of a program that it ended */
#define SIGNAL_LIST(S)                            \
	S(SIGHUP, 1, "hangup")                    \
	S(SIGINT, 2, "interrupted")               \
	S(SIGQUIT, 3, "quit")                     \
	S(SIGILL, 4, "illegal instruction")       \
	S(SIGTRAP, 5, "breakpoint")               \
	S(SIGABRT, 6, "aborted")                  \
	S(SIGBUS, 7, "bus error")                 \
	S(SIGFPE, 8, "arithmetic error")          \
	S(SIGKILL, 9, "killed")                   \
	S(SIGUSR1, 10, "user signal 1")           \
	S(SIGSEGV, 11, "bad address")             \
	S(SIGUSR2, 12, "user signal 2")           \
	S(SIGPIPE, 13, "broken pipe")             \
	S(SIGALRM, 14, "alarm clock")             \
	S(SIGTERM, 15, "terminated")              \
	S(SIGSTKFLT, 16, "stack fault")           \
	S(SIGCHLD, 17, "child ended or stopped")  \
	S(SIGCONT, 18, "continued")               \
	S(SIGSTOP, 19, "stopped")                 \
	S(SIGTSTP, 20, "stopped from the keyboard") \
	S(SIGTTIN, 21, "stopped: it reads the console from the background") \
	S(SIGTTOU, 22, "stopped: it writes to the console from the background") \
	S(SIGURG, 23, "urgent data")              \
	S(SIGXCPU, 24, "too much CPU time")       \
	S(SIGXFSZ, 25, "file too large")          \
	S(SIGVTALRM, 26, "virtual alarm clock")   \
	S(SIGPROF, 27, "profiling alarm clock")   \
	S(SIGWINCH, 28, "window changed")         \
	S(SIGIO, 29, "input or output possible")  \
	S(SIGPWR, 30, "power failure")            \
	S(SIGSYS, 31, "bad system call")

enum {
#define SIGNAL_ENUM(name, number, text) name = number,
	SIGNAL_LIST(SIGNAL_ENUM)
#undef SIGNAL_ENUM
	NSIG
};

typedef uint32_t sigset_t; /* bit n: signal n */

/* sigaction: sa_handler other than a function. */
#define SIG_DFL ((void (*)(int))0)
#define SIG_IGN ((void (*)(int))1)

#define SA_NOCLDSTOP 0x00000001 /* SIGCHLD: only of children that end */
#define SA_NOCLDWAIT 0x00000002 /* SIGCHLD: children leave no zombies */
#define SA_SIGINFO 0x00000004   /* the handler takes three arguments; it gets them anyway */
#define SA_ONSTACK 0x08000000   /* it runs on the stack of sigaltstack */
#define SA_RESTART 0x10000000   /* the call that it interrupted starts again */
#define SA_NODEFER 0x40000000   /* it may be interrupted by its own signal */
#define SA_RESETHAND 0x80000000 /* only once: then SIG_DFL */

/* sigprocmask: how */
#define SIG_BLOCK 0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2

/* si_code: who sent it, or what it means. */
#define SI_USER 0      /* kill, raise: si_pid */
#define SI_TKILL (-6)  /* thread_kill: si_pid */
#define SI_KERNEL 0x80 /* the keyboard, the alarm clock, a pipe */
enum { ILL_ILLOPC = 1, ILL_PRVOPC = 5 };          /* SIGILL; si_addr: the instruction */
enum { FPE_INTDIV = 1, FPE_INTOVF = 2, FPE_FLTINV = 7 }; /* SIGFPE */
enum { SEGV_MAPERR = 1, SEGV_ACCERR = 2 };        /* SIGSEGV; si_addr: the address; nothing there, or not allowed */
enum { BUS_ADRALN = 1, BUS_ADRERR = 2 };          /* SIGBUS: misaligned, no such memory */
enum { TRAP_BRKPT = 1, TRAP_TRACE = 2 };          /* SIGTRAP */
enum { CLD_EXITED = 1, CLD_KILLED = 2, CLD_STOPPED = 5, CLD_CONTINUED = 6 }; /* SIGCHLD: si_pid, si_status */

/* What a handler is told. */
typedef struct siginfo {
	int si_signo, si_errno, si_code;
	int si_pid, si_status;
	void *si_addr;  /* of a fault */
	int si_access;  /* of a page fault: 0 read, 1 write, 2 jump */
} siginfo_t;

/*
 * Where a thread was when a handler was entered. The handler may change it; context_return goes on there. It lies in the
 * thread's own memory: nothing that it may hold gives a program more than a program's rights.
 */
struct context {
	struct registers registers;
	sigset_t mask;  /* signals that are blocked there */
	uint32_t fpu;   /* address of the floating-point registers, as the kernel keeps them; 0: not used yet */
};

/*
 * sigaction, for the kernel: it enters entry(signal, siginfo_t *, struct context *, handler), which calls the handler, and
 * then context_return.
 */
struct signal_action {
	uint32_t handler, entry, flags;
	sigset_t mask;
};

typedef struct {
	void *ss_sp;
	int ss_flags;
	unsigned long ss_size;
} stack_t;
#define SS_ONSTACK 1
#define SS_DISABLE 2
#define MINSIGSTKSZ 1024
#define SIGSTKSZ 8192

#endif
