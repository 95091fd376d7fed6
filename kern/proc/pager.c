/* kern/proc/pager.c: programs that resolve page faults themselves, and that fill the memory of their children. (lab 4)
 *
 * A fault that the kernel has no answer to goes to the thread's handler, if it has one, on a stack of its own: the
 * handler maps a page and goes back. A fault in the handler goes to the handler, further down on that stack. A call
 * whose buffer is such a page does the same: the handler runs, and the call begins anew.
 */
#include <proc/proc.h>
#include <core/core.h>
#include <error.h>

#define STACK_MIN 2048

/* [helpers of lab 4] Your own functions for this file. */
/* [end of helpers] */

/* The handler has seen this very fault before, has gone back to it, and the page's entry says what it said. */
static bool in_vain(struct pager *g, vaddr_t va, vaddr_t pc)
{
	/*
	 * [lab 4.3, 2 points] A handler that goes back without having changed anything would be entered for ever. pager_goes_back has
	 * set g->vain when the last fault's entry was the same afterwards; that counts once, and for that very fault only.
	 */
	bool vain = g->vain && g->at == va && g->pc == pc;
	g->vain = false;
	return vain;
	/* [end of lab 4.3] */
}

static void remember(struct thread *t, vaddr_t va, enum access access)
{
	struct pager *g = &t->pager;
	g->at = va;
	g->pc = tf_pc(&t->tf);
	g->access = access;
	g->was = pmap_entry(va);
}

void pager_goes_back(struct thread *t)
{
	struct pager *g = &t->pager;
	g->vain = g->entry && pte_same(pmap_entry(g->at), g->was);
}

/* NULL: t is in its handler. Else why it is not. Who faults right below the handler's stack, and uses that for a stack, has
 * overrun it. */
static const char *enter(struct thread *t)
{
	struct pager *g = &t->pager, had = *g;
	struct siginfo info = { .si_signo = SIGSEGV, .si_addr = (void *)g->at, .si_access = g->access };
	info.si_code = pte_empty(g->was) ? SEGV_MAPERR : SEGV_ACCERR;
	/*
	 * [lab 4.3, 5 points] The handler (g->entry, with g->argument as its last argument) runs on the g->size bytes from g->stack
	 * on: from their end down; but below what is there already if t is on that stack, for then it is the handler that has
	 * faulted. Three things can't be helped, and the strings below name them: an overrun (the comment above), no room left
	 * for one more frame (upcall_size), and a stack that can't be written to. That last one is a trap: to write to the
	 * stack may itself want the handler. While you try, t must look as if it had none (g->entry 0); afterwards all is as
	 * it was: had. "page fault below its handler's stack", "page fault with no room left on its handler's stack", "page
	 * fault without a stack for its handler".
	 */
	vaddr_t sp = tf_sp(&t->tf), top = g->stack + g->size;
	bool nested = sp - g->stack < g->size;
	if (g->stack - sp <= PAGE_SIZE && g->stack - g->at <= PAGE_SIZE && !nested)
		return "page fault below its handler's stack";
	g->entry = 0; /* a fault on the stack itself is not for the handler */
	int error = nested && sp - g->stack < upcall_size(t) ? -E2BIG : upcall(t, had.entry, nested ? sp : top, &info, had.argument, t->mask);
	*g = had;
	return error == -E2BIG ? "page fault with no room left on its handler's stack" :
	       error ? "page fault without a stack for its handler" : NULL;
	/* [end of lab 4.3] */
}

static bool end(struct thread *t, const char *why)
{
	end_by_fault(t, TRAP_PAGE, why, t->pager.at, t->pager.access, SIGSEGV);
	return false;
}

bool pager_takes(struct thread *t, vaddr_t va, enum access access, const char **why)
{
	if (!t->pager.entry || !pmap_user_page(ROUND_DOWN(va, PAGE_SIZE)) || fault_lacks_memory(va, access))
		return false;
	if (in_vain(&t->pager, va, tf_pc(&t->tf))) {
		*why = "page fault that its handler did not mend";
		return false;
	}
	remember(t, va, access);
	const char *trouble = enter(t);
	if (trouble)
		*why = trouble;
	return !trouble;
}

bool pager_enter(struct thread *t)
{
	const char *trouble = enter(t);
	return !trouble || end(t, trouble);
}

/* As t->resume: if it is with this error that the call has ended, and not with part of its work done. */
static bool enter_for_call(struct thread *t)
{
	/*
	 * [lab 4.3, 2 points] The call is over, t has yet to go back to its program; its frame is complete. A call that has ended for
	 * want of a page is to begin anew, once the handler has brought that in: where must t be when the handler is entered?
	 */
	bool parked = tf_result(&t->tf) == -EPARKED;
	if (parked)
		upcall_again(t);
	return !parked || pager_enter(t);
	/* [end of lab 4.3] */
}

int pager_park(vaddr_t va, enum access access)
{
	struct thread *t = current_thread();
	if (!t || !t->pager.entry || !pmap_user_page(ROUND_DOWN(va, PAGE_SIZE)) || in_vain(&t->pager, va, tf_pc(&t->tf)))
		return -EFAULT;
	remember(t, va, access);
	sched_later(t, enter_for_call);
	return -EPARKED;
}

long sys_fault_handler(uint32_t entry, uint32_t stack, uint32_t size, uint32_t argument)
{
	if (entry && (stack < 2 * PAGE_SIZE || size < STACK_MIN || size > UTOP || stack > UTOP - size))
		return -EINVAL;
	current_thread()->pager = (struct pager){ .entry = entry, .stack = stack, .size = size, .argument = argument };
	return 0;
}

/* Only now is all of the caller's frame there to copy. */
static bool create(struct thread *t)
{
	tf_set_result(&t->tf, proc_create(t));
	return true;
}

long sys_proc_create(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	sched_later(call_begin(SYS_proc_create, a, b, c, d), create);
	return 0;
}

/* A child of the caller that has not been started. NULL: *error. */
static struct proc *held_child(uint32_t pid, int *error)
{
	struct proc *child = proc_find(pid);
	*error = -ESRCH;
	if (!child || child->parent != current_thread()->proc || child->ended)
		return NULL;
	*error = -EBUSY;
	return child->threads->state == THREAD_NEW ? child : NULL;
}

long sys_proc_start(uint32_t pid, uint32_t b, uint32_t c, uint32_t d)
{
	int error;
	struct proc *child = held_child(pid, &error);
	if (!child)
		return error;
	sched_new(child->threads);
	return 0;
}

/*
 * What can be given away must be there; what is to be written, the caller's own: no copy-on-write with others. Of a mapping
 * only the page itself can be given to another address.
 */
static int prepare(vaddr_t va, vaddr_t from, uint32_t prot)
{
	pte_t e = pmap_entry(from);
	if (pte_empty(e))
		return -EFAULT;
	if (va != from && !pte_present(e) && pte_kind(e) == PTE_OBJECT) {
		if (!fault_resolve(from, ACCESS_READ))
			return pte_prot(e) ? -ENOMEM : -EACCES;
		e = pmap_entry(from);
	}
	if (!(prot & PROT_WRITE) || (pte_prot(e) & PROT_WRITE))
		return 0;
	if (!pte_present(e) || (pte_prot(e) & (PTE_COW | PTE_SHARED)) != PTE_COW)
		return -EACCES;
	return fault_resolve(from, ACCESS_WRITE) ? 0 : -ENOMEM;
}

int page_share(struct proc *to, vaddr_t va, vaddr_t from, uint32_t prot)
{
	struct pmap *self = this_cpu()->pmap;
	unsigned rights = prot & (PROT_READ | PROT_WRITE | PROT_EXEC);
	if (prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC | PROT_COPY) || (~prot & (PROT_WRITE | PROT_COPY)) == 0)
		return -EINVAL;
	if (!pmap_user_page(va) || !pmap_user_page(from))
		return -EINVAL;
	int error = prepare(va, from, prot);
	if (error)
		return error;
	if (rights || prot & PROT_COPY)
		rights |= PROT_READ | (prot & PROT_COPY ? PTE_COW | PTE_SHARED : 0);
	if (&to->pmap == self)
		return pmap_share(self, va, from, rights);
	pmap_open_alt(&to->pmap);
	error = pmap_share(&to->pmap, va, from, rights);
	pmap_close_alt();
	return error;
}

long sys_page_share(uint32_t pid, uint32_t va, uint32_t from, uint32_t prot)
{
	int error = 0;
	struct proc *to = pid ? held_child(pid, &error) : current_thread()->proc;
	return to ? page_share(to, va, from, prot) : error;
}
