/* kern/proc/trap.c: what becomes of a program that did something it may not. (lab 3) */
#include <proc/proc.h>
#include <core/core.h>

static const char *const access_names[] = { "read of", "write to", "jump to" };

struct meaning {
	int signal, code;
};

/* [helpers of lab 3] Your own functions for this file. */
/* [end of helpers] */

static struct meaning meaning_of(enum trap_cause cause, vaddr_t addr)
{
	/*
	 * [lab 3.4, 3 points] What a program is told of its mistake, as on every Unix: the signal, and the code
	 * that says more. An instruction it may not use, or that there is none of: SIGILL (ILL_PRVOPC,
	 * ILL_ILLOPC). Arithmetic: SIGFPE (FPE_INTDIV, FPE_INTOVF, FPE_FLTINV). Breakpoints and single steps:
	 * SIGTRAP (TRAP_BRKPT, TRAP_TRACE). A page fault: SIGSEGV, SEGV_MAPERR if nothing is there (pmap_entry),
	 * else SEGV_ACCERR. TRAP_ADDRESS: a misaligned address, SIGBUS with BUS_ADRALN, or one of the kernel's,
	 * SIGSEGV with SEGV_ACCERR. The rest: SIGBUS, BUS_ADRERR.
	 */
	static const struct meaning meanings[] = {
		[TRAP_PRIVILEGED] = { SIGILL, ILL_PRVOPC }, [TRAP_ILLEGAL] = { SIGILL, ILL_ILLOPC },
		[TRAP_DIVIDE] = { SIGFPE, FPE_INTDIV },     [TRAP_OVERFLOW] = { SIGFPE, FPE_INTOVF },
		[TRAP_BREAK] = { SIGTRAP, TRAP_BRKPT },     [TRAP_STEP] = { SIGTRAP, TRAP_TRACE },
		[TRAP_FLOAT] = { SIGFPE, FPE_FLTINV },      [TRAP_OTHER] = { SIGBUS, BUS_ADRERR },
	};
	if (cause == TRAP_PAGE)
		return (struct meaning){ SIGSEGV, pte_empty(pmap_entry(addr)) ? SEGV_MAPERR : SEGV_ACCERR };
	if (cause == TRAP_ADDRESS)
		return addr < ULIM ? (struct meaning){ SIGBUS, BUS_ADRALN } : (struct meaning){ SIGSEGV, SEGV_ACCERR };
	return meanings[cause];
	/* [end of lab 3.4] */
}

/* One line that names the process, the cause, the address and the walk that led nowhere; then it is over. */
void end_by_fault(struct thread *t, enum trap_cause cause, const char *name, vaddr_t addr, enum access access, int signal)
{
	char walk[160];
	if (cause == TRAP_PAGE && fault_lacks_memory(addr, access))
		name = "out of memory";
	else if (cause == TRAP_PAGE && fault_overflows_stack(addr, tf_sp(&t->tf)))
		name = "stack overflow";
	printf("[%d %s] %s", t->proc->pid, t->proc->name, name);
	if (cause == TRAP_PAGE || cause == TRAP_ADDRESS) {
		pmap_describe(addr, walk, sizeof(walk));
		printf(": %s 0x%08x at pc 0x%08x: %s", access_names[access], addr, tf_pc(&t->tf), walk);
	} else {
		printf(" at pc 0x%08x", tf_pc(&t->tf));
	}
	printf("; process ended\n");
	proc_leave(t, signal);
}

void trap_from_user(struct thread *t, enum trap_cause cause, const char *name, vaddr_t addr, enum access access)
{
	/*
	 * [lab 3.4, 3 points] Who helps first: a page fault may be no mistake at all (fault_resolve). A single
	 * step may be the monitor's (monitor_stepping; monitor(frame, "step")): only then, for programs can set
	 * the trap flag themselves. A page fault may be for the program's own pager (pager_takes; it may put
	 * another name in place). Then its signal handler (signal_fault, with what meaning_of says), but not for
	 * want of memory (fault_lacks_memory). Who has none ends (end_by_fault); nobody else does, and never the
	 * kernel.
	 */
	if (cause == TRAP_PAGE && fault_resolve(addr, access))
		return;
	/* A program can set the trap flag by itself: that is its own mistake, and no way into the monitor. */
	if (cause == TRAP_STEP && monitor_stepping(&t->tf)) {
		monitor(&t->tf, "step");
		return;
	}
	if (cause == TRAP_PAGE && pager_takes(t, addr, access, &name))
		return;
	struct meaning m = meaning_of(cause, addr);
	bool lacks_memory = cause == TRAP_PAGE && fault_lacks_memory(addr, access);
	if (lacks_memory || !signal_fault(t, m.signal, m.code, addr, access))
		end_by_fault(t, cause, name, addr, access, m.signal);
	/* [end of lab 3.4] */
}
