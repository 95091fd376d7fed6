/* kern/proc/fpu.c: the floating-point unit, lent to the thread that needs it. The kernel itself uses none. (lab 3)
 *
 * The unit keeps the registers of the thread that used it last, its owner, until another one traps for wanting it: then
 * they are saved, and the other's loaded. A thread that never wants it has no saved registers, and costs nothing.
 */
#include <proc/proc.h>
#include <mem/pool.h>
#include <error.h>

static struct pool pool = { .size = sizeof(struct fpu_state) };
static struct thread *owner; /* its registers are in the unit, newer than in owner->fpu; or NULL */

static struct fpu_state *state_new(void)
{
	struct fpu_state *s = pool_alloc(&pool);
	if (s)
		fpu_fresh(s);
	return s;
}

/* What is in the unit is of no more interest, or in t->fpu already. */
static void disown(struct thread *t)
{
	if (owner != t)
		return;
	fpu_off(t);
	owner = NULL;
}

static void take(struct thread *t)
{
	if (owner && owner != t) {
		fpu_save(owner->fpu);
		fpu_off(owner);
	}
	if (owner != t)
		fpu_load(t->fpu);
	owner = t;
	fpu_on(t);
}

void fpu_wanted(struct thread *t)
{
	if (!fpu_present())
		return trap_from_user(t, TRAP_ILLEGAL, "floating point, which this CPU does not have", tf_pc(&t->tf), ACCESS_EXEC);
	if (!t->fpu)
		t->fpu = state_new();
	if (!t->fpu)
		return end_by_fault(t, TRAP_OTHER, "out of memory for floating point", 0, ACCESS_EXEC, SIGKILL);
	take(t);
}

void fpu_drop(struct thread *t)
{
	if (!t->fpu)
		return;
	disown(t);
	pool_free(&pool, t->fpu);
	t->fpu = NULL;
}

bool fpu_fork(struct thread *child, const struct thread *parent)
{
	if (!parent->fpu)
		return true;
	child->fpu = pool_alloc(&pool);
	if (!child->fpu)
		return false;
	if (owner == parent)
		fpu_save(parent->fpu);
	*child->fpu = *parent->fpu;
	return true;
}

size_t fpu_context_size(const struct thread *t)
{
	return t->fpu ? sizeof(struct fpu_state) : 0;
}

int fpu_save_to(struct thread *t, vaddr_t to)
{
	if (!t->fpu)
		return 0;
	if (owner == t)
		fpu_save(t->fpu);
	int error = copyout(to, t->fpu, sizeof(*t->fpu));
	if (error)
		return error;
	disown(t);
	fpu_fresh(t->fpu);
	return 0;
}

int fpu_restore_from(struct thread *t, vaddr_t from)
{
	if (!from) {
		fpu_drop(t);
		return 0;
	}
	if (!t->fpu)
		t->fpu = state_new();
	if (!t->fpu)
		return -ENOMEM;
	disown(t);
	int error = copyin(t->fpu, from, sizeof(*t->fpu));
	if (error)
		fpu_fresh(t->fpu);
	else
		fpu_sanitise(t->fpu);
	return error;
}
