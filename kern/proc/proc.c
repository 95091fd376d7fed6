/* kern/proc/proc.c: processes from birth to burial: spawn, exit, wait. (lab 3) */
#include <proc/port.h>
#include <mem/pool.h>
#include <core/core.h>
#include <error.h>
#include <string.h>

static struct proc *slots[PROC_MAX];
static unsigned proc_count;

static struct pool proc_pool = { .size = ROUND_UP(sizeof(struct proc), 8) };

/* [helpers of lab 3] Your own functions for this file. */
/* [end of helpers] */

struct proc *proc_find(int pid)
{
	/*
	 * [lab 3.1, 1 point] As thread_find, for processes: slots[pid % PROC_MAX].
	 */
	struct proc *p = pid > 0 ? slots[pid % PROC_MAX] : NULL;
	return p && p->pid == pid ? p : NULL;
	/* [end of lab 3.1] */
}

struct proc *proc_from(unsigned slot)
{
	for (; slot < PROC_MAX; slot++)
		if (slots[slot])
			return slots[slot];
	return NULL;
}

struct proc *proc_next(struct proc *after)
{
	return proc_from(after ? after->pid % PROC_MAX + 1 : 0);
}

static bool slot_is_free(int pid)
{
	return !slots[pid % PROC_MAX];
}

/* A process with one thread and an empty address space, not yet anybody's child. NULL: *error says why. */
static struct proc *proc_new(int *error)
{
	bool all = takes_reserved(), full = proc_count >= PROC_MAX - (all ? 0 : SLOTS_RESERVED);
	*error = full ? EAGAIN : ENOMEM;
	if (full || (!all && frames_free <= FRAMES_RESERVED))
		return NULL;
	struct proc *p = pool_alloc(&proc_pool);
	if (!p)
		return NULL;
	if (pmap_create(&p->pmap) != PMAP_OK) {
		pool_free(&proc_pool, p);
		return NULL;
	}
	struct thread *t = thread_new(p, slot_is_free, error);
	if (!t) {
		pmap_destroy(&p->pmap);
		pool_free(&proc_pool, p);
		return NULL;
	}
	p->pid = t->tid;
	slots[p->pid % PROC_MAX] = p;
	proc_count++;
	return p;
}

static void proc_free(struct proc *p)
{
	slots[p->pid % PROC_MAX] = NULL;
	proc_count--;
	pool_free(&proc_pool, p);
}

/* Its threads, its memory and what it holds. */
static void proc_empty(struct proc *p)
{
	while (p->threads)
		thread_end(p->threads);
	signals_free(p);
	descriptors_close(p);
	pmap_destroy(&p->pmap);
}

/* Undo proc_new, and whatever it has got since. It was never ready to run. */
static void proc_discard(struct proc *p)
{
	proc_empty(p);
	proc_free(p);
}

static void list_add(struct proc_list *list, struct proc *child)
{
	LIST_INSERT(list->first ? list->end : &list->first, child, sibling, back);
	list->end = &child->sibling;
}

static void list_remove(struct proc_list *list, struct proc *child)
{
	if (!child->sibling)
		list->end = child->back;
	LIST_REMOVE(child, sibling, back);
}

static void adopt(struct proc *parent, struct proc *child)
{
	child->parent = parent;
	list_add(&parent->children, child);
}

int proc_spawn(struct proc *parent, const char *name, const struct arguments *args)
{
	int error;
	struct start start;
	const struct program *program = program_find(name);
	if (!program)
		return -ENOENT;
	struct proc *p = proc_new(&error);
	if (!p)
		return -error;
	strlcpy(p->name, program->name, sizeof(p->name));
	error = load_program(&p->pmap, program, args, &start);
	if (error) {
		proc_discard(p);
		return error;
	}
	if (parent) {
		descriptors_fork(p, parent);
		descriptors_exec(p);
		p->group = parent->group;
		adopt(parent, p);
	} else {
		descriptors_console(p);
		job_first(p);
	}
	p->heap_start = p->heap_end = start.heap;
	tf_init_user(&p->threads->tf, start.entry, start.sp, start.argc, start.argv, UTOP - THREAD_BLOCK);
	sched_new(p->threads);
	return p->pid;
}

static void end_other_threads(struct thread *t)
{
	for (struct thread *other = t->proc->threads, *next; other; other = next) {
		next = other->sibling;
		if (other != t)
			thread_end(other);
	}
}

int proc_exec(struct thread *t, const char *name, const struct arguments *args, struct start *start)
{
	struct proc *p = t->proc;
	struct pmap fresh;
	const struct program *program = program_find(name);
	if (!program)
		return -ENOENT;
	if (pmap_create(&fresh) != PMAP_OK)
		return -ENOMEM;
	int error = load_program(&fresh, program, args, start);
	if (error) {
		pmap_destroy(&fresh);
		return error;
	}
	/* From here on nothing fails. */
	end_other_threads(t);
	strlcpy(p->name, program->name, sizeof(p->name));
	descriptors_exec(p);
	signals_exec(p);
	fpu_drop(t);
	t->pager.entry = 0;
	port_thread_ends(t);
	pmap_destroy(&p->pmap);
	pmap_move(&p->pmap, &fresh);
	p->heap_start = p->heap_end = start->heap;
	return 0;
}

/* A copy of t's process with a copy of t, which is held; without memory, and not yet anybody's child. NULL: *error. */
static struct proc *proc_copy(struct thread *t, int *error)
{
	struct proc *p = proc_new(error), *from = t->proc;
	if (!p)
		return NULL;
	*error = ENOMEM;
	strlcpy(p->name, from->name, sizeof(p->name));
	if (signals_fork(p->threads, t) || (t->fpu && !fpu_fork(p->threads, t))) {
		proc_discard(p);
		return NULL;
	}
	p->heap_start = from->heap_start;
	p->heap_end = from->heap_end;
	descriptors_fork(p, from);
	tf_fork(&p->threads->tf, &t->tf);
	if (t->pager.entry)
		p->threads->pager = t->pager;
	p->group = from->group;
	return p;
}

/* The parent has ended in the middle of its fork. */
static void cancel_fork(struct thread *t)
{
	struct proc *child = proc_find(t->call.args[0]);
	if (child)
		proc_discard(child);
}

/* A stretch of the copy: t->call.args[0] is the child, done how far it is. Its pid at the end, 0 before, or an error. */
static int fork_stretch(struct thread *t)
{
	struct proc *p = proc_find(t->call.args[0]);
	if (!p)
		return -EAGAIN; /* somebody has killed it before it lived */
	if (pmap_fork(&p->pmap, &t->call.done) != PMAP_OK) {
		proc_discard(p);
		return -ENOMEM;
	}
	if (t->call.done < PDX(UTOP))
		return 0;
	adopt(t->proc, p);
	sched_new(p->threads);
	return p->pid;
}

static bool go_on_forking(struct thread *t)
{
	int pid = fork_stretch(t);
	if (pid == 0) {
		sched_give_way(t, go_on_forking);
		return false;
	}
	t->cancel = NULL;
	tf_set_result(&t->tf, pid);
	return true;
}

int proc_fork(struct thread *t)
{
	int error;
	struct proc *p = proc_copy(t, &error);
	if (!p)
		return -error;
	t->call.number = SYS_fork;
	t->call.args[0] = p->pid;
	t->call.done = 0;
	int pid = fork_stretch(t);
	if (pid == 0) {
		t->cancel = cancel_fork;
		sched_give_way(t, go_on_forking);
	}
	return pid;
}

int proc_create(struct thread *t)
{
	int error;
	struct proc *p = proc_copy(t, &error);
	if (!p)
		return -error;
	adopt(t->proc, p);
	return p->pid;
}

/* Those that were never started end. The first process adopts the others, but only in name: not every
 * first process waits for what it has not started. */
static void orphan_children(struct proc *p)
{
	/*
	 * [lab 3.1, 2 points] p ends. Its ended children, for whom nobody will wait now, are freed. The others
	 * live on with no parent; one that was never started (its thread is THREAD_NEW) never will be, and ends by
	 * SIGKILL. Each call may take its child out of the list that you go through.
	 */
	struct proc *next;
	for (struct proc *child = p->ended_children.first; child; child = next) {
		next = child->sibling;
		proc_free(child);
	}
	for (struct proc *child = p->children.first; child; child = next) {
		next = child->sibling;
		child->parent = NULL;
		if (child->threads->state == THREAD_NEW)
			proc_exit(child, SIGKILL);
	}
	/* [end of lab 3.1] */
}

void proc_exit(struct proc *p, int status)
{
	/*
	 * [lab 3.1, 3 points] What p holds goes back (proc_empty) and its children become orphans; it has ended,
	 * with that status. If it is the first process: frame_report(), then machine_poweroff() with its exit
	 * status, or with 128 plus the signal that ended it. With no parent it is freed at once. Else it is a
	 * zombie: it moves to the list of the ended ones, so that they stand in the order in which they have
	 * ended, and the parent hears of it (signal_child); one that wants no zombies (signal_child_is_buried)
	 * gets none.
	 */
	struct proc *parent = p->parent;
	proc_empty(p);
	orphan_children(p);
	p->ended = true;
	p->status = status;
	if (p->first) {
		frame_report();
		machine_poweroff(status >> 8 ? status >> 8 : status ? 128 + status : 0);
	}
	if (!parent) {
		proc_free(p);
		return;
	}
	list_remove(&parent->children, p);
	list_add(&parent->ended_children, p);
	signal_child(p, status);
	if (signal_child_is_buried(parent)) {
		list_remove(&parent->ended_children, p);
		proc_free(p);
	}
	/* [end of lab 3.1] */
}

static bool is_meant(const struct proc *p, const struct proc *child, int pid)
{
	return child->parent == p && (pid > 0 ? child->pid == pid : pid == -1 || child->group == (pid ? (int)-(unsigned)pid : p->group));
}

/* The first of list that is meant, and has a change to report unless any will do. */
static struct proc *find_child(struct proc *p, struct proc_list *list, int pid, bool any)
{
	struct proc *child = pid > 0 ? proc_find(pid) : list->first;
	while (child && (!is_meant(p, child, pid) || !(any || child->change)))
		child = pid > 0 ? NULL : child->sibling;
	return child;
}

static int report_change(struct proc *child, int options, int *status)
{
	if (!(options & (STATUS_IS_STOPPED(child->change) ? WUNTRACED : WCONTINUED)))
		return 0;
	*status = child->change;
	child->change = 0;
	return child->pid;
}

/* Nobody sees it on the way: its other threads have ended, and this one does not return to the program. */
static bool go_on_leaving(struct thread *t)
{
	if (pmap_empty(t->pmap, PMAP_STRETCH))
		proc_exit(t->proc, t->call.args[0]);
	else
		sched_give_way(t, go_on_leaving);
	return false;
}

void proc_leave(struct thread *t, int status)
{
	end_other_threads(t);
	t->call.args[0] = status;
	go_on_leaving(t);
}

int proc_reap(struct proc *p, int pid, int options, int *status)
{
	/*
	 * [lab 3.1, 3 points] find_child looks for a child that pid means, in one of the two lists; that of one
	 * number may stand in the other one. One that has ended is buried: its times are its parent's
	 * (time_inherit), it leaves its list and is freed; the result is its number. No such child at all:
	 * -ECHILD. A living one that was stopped or continued, if options ask for that: report_change. Else 0.
	 */
	struct proc *child = find_child(p, &p->ended_children, pid, true);
	if (child && child->ended) {
		pid = child->pid;
		*status = child->status;
		time_inherit(p, child);
		list_remove(&p->ended_children, child);
		proc_free(child);
		return pid;
	}
	if (!child && !find_child(p, &p->children, pid, true))
		return -ECHILD;
	child = options & (WUNTRACED | WCONTINUED) ? find_child(p, &p->children, pid, false) : NULL;
	return child ? report_change(child, options, status) : 0;
	/* [end of lab 3.1] */
}

int proc_parent(const struct proc *p)
{
	if (p->parent)
		return p->parent->pid;
	for (p = p->first ? NULL : proc_next(NULL); p; p = proc_next((struct proc *)p))
		if (p->first)
			return p->pid;
	return 0;
}
