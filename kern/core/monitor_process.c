/* kern/core/monitor_process.c: monitor commands about processes and the interrupted program. (lab 3) */
#include <core/monitor.h>
#include <proc/proc.h>

static void run_backtrace(struct monitor *m)
{
	if (m->tf)
		backtrace_trap(m->tf);
	else
		backtrace();
}

static void run_regs(struct monitor *m)
{
	if (m->tf)
		tf_print(m->tf);
	else
		printf("no program was interrupted\n");
}

/* A process has a line, and so has each thread of several. */
static void print_process(const struct proc *p)
{
	bool several = p->threads && p->threads->sibling;

	printf("%5d %6d  %-15s ", p->pid, p->parent ? p->parent->pid : 0, p->name);
	if (!p->threads)
		printf("%-9s status %d\n", "ended", p->status);
	else if (several)
		printf("threads:\n");
	for (const struct thread *t = p->threads; t; t = t->sibling) {
		if (several)
			printf("%5d %6s  %-15s ", t->tid, "", "");
		printf("%-9s %-12s %u\n", sched_state_name(t), sched_reason(t), t->ticks_used);
	}
}

static void run_processes(struct monitor *m)
{
	printf("  pid parent  name            state     waits for    ticks\n");
	for (struct proc *p = proc_next(NULL); p; p = proc_next(p))
		print_process(p);
}

static void run_kill(struct monitor *m)
{
	struct proc *p = proc_find(m->number[0]);

	if (!p || p->ended) {
		printf("no process %u is running; processes lists them\n", m->number[0]);
		return;
	}
	if (m->user && this_cpu()->current && this_cpu()->current->proc == p)
		*m = (struct monitor){ NULL }; /* its registers go with it */
	proc_exit(p, STATUS_KILLED);
}

/* Steps: how many are still to be done after the one under way, and whose registers that one is to change. */
static uint32_t steps_left;
static struct trapframe *stepped; /* NULL: none is under way */
static vaddr_t stepped_from;

static bool start_step(struct monitor *m)
{
	stepped_from = tf_pc(m->tf);
	stepped = trap_step(m->tf) ? m->tf : NULL;
	if (!stepped)
		printf("the instruction at 0x%08x can't be stepped over\n", stepped_from);
	return stepped;
}

bool monitor_stepping(const struct trapframe *tf)
{
	return tf == stepped;
}

void monitor_forget(struct trapframe *tf)
{
	if (stepped != tf)
		return;
	trap_step_done(tf);
	stepped = NULL;
}

bool monitor_stepped(struct monitor *m)
{
	bool mine = m->user && m->tf == stepped;

	if (!stepped)
		return false;
	monitor_forget(stepped); /* if it has not come yet, because of a key or a long call, it never will */
	if (!mine)
		return false;
	printf("0x%08x -> 0x%08x\n", stepped_from, tf_pc(m->tf));
	return steps_left && steps_left-- && start_step(m);
}

static void run_step(struct monitor *m)
{
	uint32_t count = m->argc ? m->number[0] : 1;

	if (!m->user || panicked)
		printf("no program was interrupted: there is nothing to step\n");
	else if (count && (m->leave = start_step(m)))
		steps_left = count - 1;
}

const struct monitor_command monitor_process[] = {
	{ "backtrace", "", "who called whom, up to the interruption", "", run_backtrace },
	{ "regs", "", "registers of what was interrupted", "", run_regs },
	{ "step", "[count]", "one instruction (or more) of the program", "D", run_step },
	{ "processes", "", "each one's parent, threads, their states, clock ticks used", "", run_processes },
	{ "kill", "pid", "end a process", "d", run_kill },
	{ NULL }
};
