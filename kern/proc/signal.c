/* kern/proc/signal.c: signals: who gets them, and how a thread is brought to its handler. (lab 4)
 *
 * A signal is a bit, of the process (any of its threads may take it) or of one thread. A thread for which there is one
 * that it does not block gets deliver() as its resume function: so delivery costs nothing on the way to the program.
 */
#include <proc/proc.h>
#include <proc/port.h>
#include <mem/pool.h>
#include <core/core.h>
#include <error.h>
#include <string.h>

#define BIT(signal) (1u << (signal))
#define STOPS (BIT(SIGSTOP) | BIT(SIGTSTP) | BIT(SIGTTIN) | BIT(SIGTTOU))
#define HARMLESS (BIT(SIGCHLD) | BIT(SIGCONT) | BIT(SIGURG) | BIT(SIGWINCH)) /* by default nothing happens */
#define NEVER_BLOCKED (BIT(SIGKILL) | BIT(SIGSTOP) | 1)

/* Allocated by the first sigaction: most processes have none. */
struct signal_table {
	struct signal_action action[NSIG];
	struct sender { int code, pid, status; } sender[NSIG]; /* of the last one that was sent */
};
static struct pool table_pool = { .size = ROUND_UP(sizeof(struct signal_table), 8) };

enum effect { IGNORE, END, STOP, HANDLE };

static enum effect effect_of(const struct proc *p, int signal)
{
	uint32_t handler = p->signals ? p->signals->action[signal].handler : (uint32_t)SIG_DFL;
	if (handler > (uint32_t)SIG_IGN)
		return HANDLE;
	if (handler == (uint32_t)SIG_IGN || BIT(signal) & HARMLESS)
		return IGNORE;
	return BIT(signal) & STOPS ? STOP : END;
}

static bool deliver(struct thread *t);

static sigset_t deliverable(const struct thread *t)
{
	return (t->pending | t->proc->pending) & ~t->mask;
}

/* deliver() runs before t goes on, after what was to run then anyway: a wait is over, with -EINTR. Not of a stopped one. */
static void interrupt(struct thread *t)
{
	if (t->resume == deliver)
		return;
	if (t->state == THREAD_WAITING)
		sched_wake(t, WAKE_SIGNAL); /* first: a message call gets its resume only now */
	else if (t == current_thread())
		this_cpu()->resched = 1;
	t->interrupted = t->resume;
	t->resume = deliver;
}

static void interrupt_all(struct proc *p)
{
	for (struct thread *t = p->threads; t; t = t->sibling)
		interrupt(t);
}

static void forget(struct proc *p, sigset_t set)
{
	p->pending &= ~set;
	for (struct thread *t = p->threads; t; t = t->sibling)
		t->pending &= ~set;
}

/* Who takes a signal of the process: the running thread rather than another one. NULL: all block it. */
static struct thread *taker(struct proc *p, sigset_t bit)
{
	struct thread *t = current_thread();
	if (t && t->proc == p && t->state != THREAD_ENDED && !(t->mask & bit))
		return t;
	for (t = p->threads; t && t->mask & bit;)
		t = t->sibling;
	return t;
}

static void stop(struct proc *p, int signal)
{
	p->stopped = true;
	interrupt_all(p);
	signal_child(p, STATUS_STOPPED(signal));
}

static void go_on(struct proc *p)
{
	if (!p->stopped)
		return;
	p->stopped = false;
	for (struct thread *t = p->threads; t; t = t->sibling)
		if (t->resume == deliver)
			sched_wake(t, WAKE_READY);
	signal_child(p, STATUS_CONTINUED);
}

void signal_post(struct proc *p, struct thread *t, int signal, int code, int pid, int status)
{
	sigset_t bit = BIT(signal);
	if (!signal || p->ended)
		return;
	if (signal == SIGCONT || signal == SIGKILL) {
		forget(p, STOPS);
		go_on(p);
	} else if (bit & STOPS) {
		forget(p, BIT(SIGCONT));
	}
	enum effect effect = effect_of(p, signal);
	if (effect == IGNORE || (effect != HANDLE && p->first && code == SI_USER && pid != p->pid))
		return; /* other programs do not end or stop the first process, and the machine with it */
	*(t ? &t->pending : &p->pending) |= bit;
	if (p->signals)
		p->signals->sender[signal] = (struct sender){ code, pid, status };
	if (!t)
		t = taker(p, bit);
	if (!t || t->mask & bit)
		return;
	/* The running process ends when it leaves the kernel, for it may be in the middle of a call; others at once. */
	if (effect == END && !p->stopped && !(current_thread() && current_thread()->proc == p))
		proc_exit(p, signal);
	else
		interrupt(t);
}

bool signal_fault(struct thread *t, int signal, int code, vaddr_t addr, enum access access)
{
	if (effect_of(t->proc, signal) != HANDLE || t->mask & BIT(signal))
		return false;
	t->fault = (struct siginfo){ .si_signo = signal, .si_code = code, .si_addr = (void *)addr, .si_access = access };
	interrupt(t);
	return true;
}

/* The next one for t, no longer pending: a fault first, for its context is the fault's place. False: none. */
static bool take(struct thread *t, struct siginfo *info)
{
	struct signal_table *table = t->proc->signals;
	sigset_t set = deliverable(t);
	*info = t->fault;
	t->fault.si_signo = 0;
	if (info->si_signo)
		return true;
	if (!set)
		return false;
	int signal = set & BIT(SIGKILL) ? SIGKILL : __builtin_ctz(set);
	if (t->pending & BIT(signal))
		t->pending &= ~BIT(signal);
	else
		t->proc->pending &= ~BIT(signal);
	struct sender from = table ? table->sender[signal] : (struct sender){ 0 };
	*info = (struct siginfo){ .si_signo = signal, .si_code = from.code, .si_pid = from.pid, .si_status = from.status };
	return true;
}

/* These wait for a time or a signal: a handler ends them in any case. */
static bool starts_again(uint32_t call, uint32_t flags)
{
	return flags & SA_RESTART && call != SYS_sleep && call != SYS_sigsuspend && call != SYS_poll;
}

static vaddr_t handler_stack(const struct thread *t, uint32_t flags)
{
	vaddr_t sp = tf_sp(&t->tf);
	bool there = sp - t->stack.at <= t->stack.size;
	return flags & SA_ONSTACK && t->stack.size && !there ? t->stack.at + t->stack.size : sp;
}

/* t goes on in its handler. 0, or copyout's error. mask: what is blocked when it comes back. */
static int enter(struct thread *t, const struct siginfo *info, sigset_t mask)
{
	struct signal_action *a = &t->proc->signals->action[info->si_signo];
	int error = upcall(t, a->entry, handler_stack(t, a->flags), info, a->handler, mask);
	if (error)
		return error;
	t->mask |= a->mask | (a->flags & SA_NODEFER ? 0 : BIT(info->si_signo));
	if (a->flags & SA_RESETHAND)
		a->handler = (uint32_t)SIG_DFL;
	return 0;
}

static void end_without_stack(struct thread *t, int signal, int error)
{
	printf("[%d %s] %s at 0x%08x for the handler of signal %d, at pc 0x%08x; process ended\n", t->proc->pid, t->proc->name,
	       error == -ENOMEM ? "no memory for the stack" : "no stack",
	       handler_stack(t, t->proc->signals->action[signal].flags), signal, tf_pc(&t->tf));
	proc_exit(t->proc, SIGSEGV);
}

/* What t was about, and what sigsuspend has changed: until a handler runs, or there is none to run. */
struct interrupted {
	bool call;      /* a wait was cut short */
	sigset_t mask;  /* as it was */
	bool parked;    /* no stack for a handler yet */
};

static void settle(struct thread *t, struct interrupted *was, bool again)
{
	if (was->call && again)
		upcall_again(t);
	*was = (struct interrupted){ .mask = t->mask };
	t->suspended = false;
}

/* False: t does not go on. */
static bool act(struct thread *t, struct interrupted *was, const struct siginfo *info)
{
	int error, signal = info->si_signo;
	switch (effect_of(t->proc, signal)) {
	case IGNORE:
		return true;
	case END:
		proc_leave(t, signal);
		return false;
	case STOP:
		stop(t->proc, signal);
		return true;
	case HANDLE:
		break;
	}
	sigset_t mask = was->mask;
	settle(t, was, starts_again(t->call.number, t->proc->signals->action[signal].flags));
	if ((error = enter(t, info, mask)) == -EPARKED) {
		/* The stack's page is its fault handler's: that one runs first, and brings the signal back (go_back). */
		t->resume = NULL;
		t->pending |= BIT(signal);
		was->parked = true;
		return pager_enter(t);
	}
	if (error) {
		end_without_stack(t, signal, error);
		return false;
	}
	was->mask = t->mask;
	return true;
}

/* As t->resume. */
static bool deliver(struct thread *t)
{
	bool (*first)(struct thread *) = t->interrupted;
	struct siginfo info;

	t->interrupted = NULL;
	if (first && !first(t)) {
		if (t->state != THREAD_ENDED && (deliverable(t) || t->proc->stopped))
			interrupt(t);
		return false;
	}
	if (t->resume && t->resume != deliver) { /* it has met a page of its fault handler's */
		first = t->resume;
		t->resume = NULL;
		if (!first(t))
			return false;
	}
	struct interrupted was = {
		.call = first && t->woken_by == WAKE_SIGNAL && !port_is_message_call(t->call.number) &&
			(tf_result(&t->tf) == -EINTR || t->call.number == SYS_sleep),
		.mask = t->suspended ? t->suspended_mask : t->mask,
	};
	t->woken_by = WAKE_READY;
	while (!t->proc->stopped && !was.parked && take(t, &info))
		if (!act(t, &was, &info))
			return false;
	/* No handler: as if nothing had happened. */
	t->mask = was.mask;
	settle(t, &was, true);
	if (!t->proc->stopped)
		return true;
	sched_wait(t, "continued", deliver);
	return false;
}

/* May wait for other than a handler: blocked ones come now, if they are no longer blocked. */
void signal_set_mask(struct thread *t, sigset_t mask)
{
	t->mask = mask & ~NEVER_BLOCKED;
	if (deliverable(t))
		interrupt(t);
}

int signals_fork(struct thread *child, const struct thread *parent)
{
	child->mask = parent->mask;
	child->stack = parent->stack;
	if (!parent->proc->signals)
		return 0;
	if (!(child->proc->signals = pool_alloc(&table_pool)))
		return -ENOMEM;
	*child->proc->signals = *parent->proc->signals;
	return 0;
}

void signals_exec(struct proc *p)
{
	for (int signal = 0; p->signals && signal < NSIG; signal++)
		if (effect_of(p, signal) == HANDLE)
			p->signals->action[signal].handler = (uint32_t)SIG_DFL;
	p->threads->stack.size = 0;
}

void signals_free(struct proc *p)
{
	alarm_stop(p);
	if (p->signals)
		pool_free(&table_pool, p->signals);
	p->signals = NULL;
}

bool signal_child_is_buried(const struct proc *parent)
{
	const struct signal_action *a = parent->signals ? &parent->signals->action[SIGCHLD] : NULL;
	return a && (a->handler == (uint32_t)SIG_IGN || a->flags & SA_NOCLDWAIT);
}

void signal_child(struct proc *child, int status)
{
	struct proc *parent = child->parent;
	bool lives = STATUS_IS_STOPPED(status) || status == STATUS_CONTINUED;
	if (lives)
		child->change = status;
	if (!parent)
		return;
	wait_queue_wake(&parent->waiters);
	if (lives && parent->signals && parent->signals->action[SIGCHLD].flags & SA_NOCLDSTOP)
		return;
	int code = status == STATUS_CONTINUED ? CLD_CONTINUED : STATUS_IS_STOPPED(status) ? CLD_STOPPED :
		status & 0x7f ? CLD_KILLED : CLD_EXITED;
	int what = code == CLD_CONTINUED ? SIGCONT : code == CLD_KILLED ? status & 0x7f : status >> 8;
	signal_post(parent, NULL, SIGCHLD, code, child->pid, what);
}

static int set_action(struct proc *p, int signal, struct signal_action *new)
{
	bool resets = new->handler == (uint32_t)SIG_DFL && new->flags == 0;
	if (!p->signals && !resets && !(p->signals = pool_alloc(&table_pool)))
		return -ENOMEM;
	if (!p->signals)
		return 0;
	new->mask &= ~NEVER_BLOCKED;
	p->signals->action[signal] = *new;
	if (effect_of(p, signal) == IGNORE)
		forget(p, BIT(signal));
	return 0;
}

long sys_sigaction(uint32_t signal, uint32_t action, uint32_t old, uint32_t d)
{
	struct thread *t = call_begin(SYS_sigaction, signal, action, old, d);
	struct signal_action new, was = { 0 };
	int error = 0;
	if (signal == 0 || signal >= NSIG || (action && BIT(signal) & NEVER_BLOCKED))
		return -EINVAL;
	if (action && (error = copyin(&new, action, sizeof(new))))
		return error;
	if (t->proc->signals)
		was = t->proc->signals->action[signal];
	if (old && (error = copyout(old, &was, sizeof(was))))
		return error;
	return action ? set_action(t->proc, signal, &new) : 0;
}

long sys_sigmask(uint32_t how, uint32_t set, uint32_t old, uint32_t d)
{
	struct thread *t = call_begin(SYS_sigmask, how, set, old, d);
	sigset_t new = 0;
	int error;
	if (how > SIG_SETMASK)
		return -EINVAL;
	if (set && (error = copyin(&new, set, sizeof(new))))
		return error;
	if (old && (error = copyout(old, &t->mask, sizeof(t->mask))))
		return error;
	if (set)
		signal_set_mask(t, how == SIG_BLOCK ? t->mask | new : how == SIG_UNBLOCK ? t->mask & ~new : new);
	return 0;
}

long sys_sigpending(uint32_t set, uint32_t b, uint32_t c, uint32_t d)
{
	struct thread *t = call_begin(SYS_sigpending, set, b, c, d);
	sigset_t pending = t->pending | t->proc->pending;
	return copyout(set, &pending, sizeof(pending));
}

static bool finish_suspend(struct thread *t)
{
	tf_set_result(&t->tf, -EINTR);
	return true;
}

long sys_sigsuspend(uint32_t set, uint32_t b, uint32_t c, uint32_t d)
{
	struct thread *t = call_begin(SYS_sigsuspend, set, b, c, d);
	sigset_t mask;
	int error = copyin(&mask, set, sizeof(mask));
	if (error)
		return error;
	t->suspended = true;
	t->suspended_mask = t->mask;
	sched_wait(t, "signal", finish_suspend);
	signal_set_mask(t, mask);
	return 0;
}

long sys_sigaltstack(uint32_t new, uint32_t old, uint32_t c, uint32_t d)
{
	struct thread *t = call_begin(SYS_sigaltstack, new, old, c, d);
	stack_t s, was = { (void *)t->stack.at, t->stack.size ? 0 : SS_DISABLE, t->stack.size };
	bool used = t->stack.size && tf_sp(&t->tf) - t->stack.at <= t->stack.size;
	int error;
	if (new && (error = copyin(&s, new, sizeof(s))))
		return error;
	was.ss_flags |= used ? SS_ONSTACK : 0;
	if (old && (error = copyout(old, &was, sizeof(was))))
		return error;
	if (!new)
		return 0;
	if (used)
		return -EPERM;
	if (s.ss_flags & ~SS_DISABLE)
		return -EINVAL;
	if (!(s.ss_flags & SS_DISABLE) && s.ss_size < MINSIGSTKSZ)
		return -ENOMEM;
	t->stack.at = (vaddr_t)s.ss_sp;
	t->stack.size = s.ss_flags & SS_DISABLE ? 0 : s.ss_size;
	return 0;
}
