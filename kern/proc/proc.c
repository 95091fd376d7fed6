/* kern/proc/proc.c: processes from birth to burial: spawn, exit, wait. (lab 3) */
#include <proc/proc.h>
#include <mem/pool.h>
#include <core/core.h>
#include <error.h>
#include <string.h>

static struct proc *slots[PROC_MAX];
static unsigned proc_count;

static struct pool proc_pool = { .size = ROUND_UP(sizeof(struct proc), 8) };

struct proc *proc_find(int pid)
{
	struct proc *p = pid > 0 ? slots[pid % PROC_MAX] : NULL;
	return p && p->pid == pid ? p : NULL;
}

struct proc *proc_next(struct proc *after)
{
	for (unsigned i = after ? after->pid % PROC_MAX + 1 : 0; i < PROC_MAX; i++)
		if (slots[i])
			return slots[i];
	return NULL;
}

static bool slot_is_free(int pid)
{
	return !slots[pid % PROC_MAX];
}

/* A process with one thread and an empty address space, not yet anybody's child. NULL: *error says why. */
static struct proc *proc_new(int *error)
{
	*error = proc_count < PROC_MAX ? ENOMEM : EAGAIN;
	if (proc_count == PROC_MAX)
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
	descriptors_close(p);
	pmap_destroy(&p->pmap);
}

/* Undo proc_new, and whatever it has got since. It was never ready to run. */
static void proc_discard(struct proc *p)
{
	proc_empty(p);
	proc_free(p);
}

static void adopt(struct proc *parent, struct proc *child)
{
	child->parent = parent;
	child->sibling = parent->children;
	if (child->sibling)
		child->sibling->back = &child->sibling;
	child->back = &parent->children;
	parent->children = child;
}

static void leave(struct proc *child)
{
	if (!child->parent)
		return;
	*child->back = child->sibling;
	if (child->sibling)
		child->sibling->back = child->back;
	child->parent = NULL;
}

int proc_spawn(struct proc *parent, const char *name, const struct arguments *args)
{
	int error;
	const struct program *program = program_find(name);
	if (!program)
		return -ENOENT;
	struct proc *p = proc_new(&error);
	if (!p)
		return -error;
	strlcpy(p->name, name, sizeof(p->name));
	pmap_open_alt(&p->pmap);
	error = load_program(p, program, args);
	pmap_close_alt();
	if (error) {
		proc_discard(p);
		return -error;
	}
	if (parent) {
		descriptors_fork(p, parent);
		adopt(parent, p);
	} else {
		descriptors_console(p);
	}
	sched_new(p->threads);
	return p->pid;
}

int proc_fork(struct thread *t)
{
	int error;
	struct proc *p = proc_new(&error);
	if (!p)
		return -error;
	strlcpy(p->name, t->proc->name, sizeof(p->name));
	if (pmap_fork(&p->pmap) != PMAP_OK) {
		proc_discard(p);
		return -ENOMEM;
	}
	descriptors_fork(p, t->proc);
	tf_fork(&p->threads->tf, &t->tf);
	adopt(t->proc, p);
	sched_new(p->threads);
	return p->pid;
}

/* Ended children of an ended parent have nobody to ask for them. */
static void orphan_children(struct proc *p)
{
	struct proc *next;
	for (struct proc *child = p->children; child; child = next) {
		next = child->sibling;
		leave(child);
		if (child->ended)
			proc_free(child);
	}
}

void proc_exit(struct proc *p, int status)
{
	proc_empty(p);
	orphan_children(p);
	p->ended = true;
	p->status = status;
	if (p->first)
		machine_poweroff(status >> 8 ? status >> 8 : status ? 128 + status : 0);
	if (!p->parent)
		proc_free(p);
	else
		wait_queue_wake(&p->parent->waiters);
}

/* Bury one ended child of p: its pid, and its status in *status. 0: none has ended. -ECHILD: there is none such. */
int proc_reap(struct proc *p, int pid, int *status)
{
	bool any = false;
	for (struct proc *child = p->children; child; child = child->sibling) {
		if (pid != -1 && child->pid != pid)
			continue;
		any = true;
		if (!child->ended)
			continue;
		int found = child->pid;
		*status = child->status;
		leave(child);
		proc_free(child);
		return found;
	}
	return any ? 0 : -ECHILD;
}
