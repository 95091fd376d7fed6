/* kern/proc/futex.c: threads that wait for a word of their program's memory to change: what locks are made of. (lab 4)
 * Nothing is set up beforehand and nothing stays: who waits stands in a hash table of queues, by the word's identity.
 * The kernel runs a call to its end, and programs' own atomic instructions do not run meanwhile: a look at the word
 * and joining the queue are one step.
 *
 * A lock's word names its owner, so that the kernel can give the owner the priority of its most urgent waiter (it stands
 * in lock_owner's list of donors while it waits), and that of those who wait for a lock which that one has, and so on. It is
 * handed over: the next one is its owner before it runs. Whoever waits for a thread's answer (port.h) lends in the same way.
 */
#include <proc/proc.h>
#include <core/core.h>
#include <error.h>

#define BUCKETS 256

static struct wait_queue buckets[BUCKETS];

/* [helpers of lab 4] Your own functions for this file. */
/* [end of helpers] */

static struct wait_queue *bucket_of(const struct futex_key *key)
{
	uint32_t hash = ((uintptr_t)key->space ^ key->at) * 0x9e3779b1u; /* 2^32 / golden ratio: Knuth's */
	return &buckets[hash >> 24];
}

static bool same_key(const struct futex_key *a, const struct futex_key *b)
{
	return a->space == b->space && a->at == b->at;
}

/*
 * Which word is at va, and what it holds. In a shared page it is the frame's, so that all who map the page meet; else the
 * address space's. Reading it makes the page present, if it can be: a shared one has its frame after that.
 */
static int find_word(struct thread *t, vaddr_t va, struct futex_key *key, uint32_t *value)
{
	paddr_t pa;
	unsigned prot;
	if (va % sizeof(*value))
		return -EINVAL;
	int error = copyin(value, va, sizeof(*value));
	if (error)
		return error;
	/*
	 * [lab 4.5, 3 points] Two threads wait for the same word when their keys are equal: of a private page that is so in one
	 * address space, at one address; of a shared one in all address spaces, wherever each has mapped it, so the key is made
	 * from the frame (pmap_translate, frame_of). A page that its program has marked (pmap.h: pte_shared) is not shared.
	 */
	*key = (struct futex_key){ t->pmap, va };
	if (pmap_translate(t->pmap, va, &pa, &prot) == PMAP_OK && (prot & (PTE_SHARED | PTE_COW)) == PTE_SHARED)
		*key = (struct futex_key){ frame_of(pa), va % PAGE_SIZE };
	/* [end of lab 4.5] */
	return 0;
}

enum kind { WAITS, LOCKS }; /* FUTEX_WAIT, FUTEX_LOCK */

/* From w on, up to its queue's end, the first that waits for key so; w may be NULL, and so is the result when there is none. */
static struct waiter *find_waiter(struct waiter *w, const struct futex_key *key, enum kind kind)
{
	while (w && !(same_key(&w->thread->futex, key) && (w->thread->lock_owner != NULL) == (kind == LOCKS)))
		w = w->next == w->queue->first ? NULL : w->next;
	return w;
}

static struct waiter *first_waiter(const struct futex_key *key, enum kind kind)
{
	return find_waiter(bucket_of(key)->first, key, kind);
}

static struct waiter *next_waiter(struct waiter *w, const struct futex_key *key, enum kind kind)
{
	return find_waiter(w->next == w->queue->first ? NULL : w->next, key, kind);
}

static uint32_t wake(const struct futex_key *key, uint32_t n)
{
	/*
	 * [lab 4.5, 3 points] Up to n of those who wait for key (first_waiter, next_waiter), first come, first served, may go on:
	 * sched_wake(their thread, WAKE_READY), which takes them out of the queue. How many.
	 */
	struct waiter *one = first_waiter(key, WAITS), *next;
	uint32_t woken = 0;
	for (; one && woken < n; one = next, woken++) {
		next = next_waiter(one, key, WAITS); /* before it leaves the queue */
		sched_wake(one->thread, WAKE_READY);
	}
	return woken;
	/* [end of lab 4.5] */
}

long futex_wake(struct thread *t, vaddr_t va, uint32_t n)
{
	struct futex_key key;
	uint32_t value;
	int error = find_word(t, va, &key, &value);
	return error ? error : (long)wake(&key, n);
}

static long requeue(struct thread *t, vaddr_t from_va, vaddr_t to_va)
{
	struct futex_key from, to;
	uint32_t value, moved = 0;
	int error = find_word(t, from_va, &from, &value);
	if (!error)
		error = find_word(t, to_va, &to, &value);
	if (error)
		return error;
	if (same_key(&from, &to))
		return -EINVAL;
	/*
	 * [lab 4.5, 1 point] One wakes; all others wait for `to` from now on, in the same order: each has its key in its thread's
	 * futex, and stands in the key's bucket. How many both are.
	 */
	uint32_t woken = wake(&from, 1);
	struct waiter *one = first_waiter(&from, WAITS), *next;
	for (; one; one = next, moved++) {
		next = next_waiter(one, &from, WAITS);
		wait_queue_remove(one);
		one->thread->futex = to;
		wait_queue_add(bucket_of(&to), one);
	}
	return woken + moved;
	/* [end of lab 4.5] */
}

static bool finish_wait(struct thread *t)
{
	if (!wait_cut_short(t))
		tf_set_result(&t->tf, 0);
	return true;
}

static bool is_over(uint32_t deadline)
{
	return deadline && (int32_t)(deadline_tick(deadline) - ticks) <= 0;
}

static void join_queue(struct thread *t, const char *reason, bool (*finish)(struct thread *), uint32_t deadline)
{
	sched_wait(t, reason, finish);
	wait_queue_add(bucket_of(&t->futex), &t->waiter);
	if (deadline)
		timer_set(t, deadline_tick(deadline));
}

static long wait(struct thread *t, vaddr_t va, uint32_t expected, uint32_t deadline)
{
	/*
	 * [lab 4.5, 3 points] syscall.h says when it waits and when not. The caller has looked at the word before, and decided to
	 * wait; by now somebody may have changed it and woken all who waited then. t->futex is the key that wake() will look
	 * for; join_queue with the reason "futex" and finish_wait makes t wait.
	 */
	uint32_t value;
	int error = find_word(t, va, &t->futex, &value);
	if (error)
		return error;
	bool changed = value != expected;
	if (changed || is_over(deadline))
		return changed ? -EAGAIN : -ETIMEDOUT;
	join_queue(t, "futex", finish_wait, deadline);
	return 0;
	/* [end of lab 4.5] */
}

/* Whom t waits for, and lends its priority to. NULL: no such thread. */
static struct thread *lends_to(const struct thread *t)
{
	return t->awaited ? t->awaited->server : t->lock_owner;
}

/* It ends with the first whose priority stays: those who lend make no circle (waits_for). */
void futex_priority_changed(struct thread *t)
{
	for (; t; t = lends_to(t)) {
		unsigned priority = t->base_priority;
		if (t->caller.thread)
			priority = MIN(priority, t->caller.thread->priority);
		for (struct thread *donor = t->donors; donor; donor = donor->donor_next)
			priority = MIN(priority, donor->priority);
		if (priority == t->priority)
			return;
		sched_set_priority(t, priority);
	}
}

static void donate(struct thread *t, struct thread *owner)
{
	t->lock_owner = owner;
	LIST_INSERT(&owner->donors, t, donor_next, donor_link);
	if (t->priority < owner->priority) /* the others need not be asked */
		futex_priority_changed(owner);
}

static void undonate(struct thread *t)
{
	struct thread *owner = t->lock_owner;
	LIST_REMOVE(t, donor_next, donor_link);
	t->lock_owner = NULL;
	if (owner->priority != owner->base_priority)
		futex_priority_changed(owner);
}

void futex_take_back(struct thread *t)
{
	t->cancel = NULL;
	if (t->lock_owner)
		undonate(t);
}

/*
 * Does t wait for a lock or an answer of other's, or of one who does? Who stands in line, and there lends to one who may
 * receive, waits for nobody in particular: if that would make a circle, it lends no more.
 */
static bool waits_for(struct thread *t, const struct thread *other)
{
	struct thread *in_line = NULL;
	for (; t && t != other; t = lends_to(t))
		if (t->lock_owner && t->call.number != SYS_futex)
			in_line = t;
	if (!t || !in_line)
		return t;
	futex_take_back(in_line);
	return false;
}

void futex_lend(struct thread *t, struct thread *server)
{
	if (!server || server == t || waits_for(server, t))
		return;
	donate(t, server);
	t->cancel = undonate;
}

static int find_lock(struct thread *t, vaddr_t va, struct futex_key *key, uint32_t *value)
{
	int error = copy_prepare(va, sizeof(*value));
	return error ? error : find_word(t, va, key, value);
}

/* Who has the lock in t->futex, whose word says tid; NULL: nobody any more. A private one is some thread's of the process. */
static struct thread *owner_of(const struct thread *t, uint32_t tid)
{
	struct thread *owner = thread_find(tid);
	return owner && t->futex.space == t->pmap && owner->proc != t->proc ? NULL : owner;
}

static bool finish_lock(struct thread *t);

/* The call from its beginning; waited: and after a wait. Its result; 1: t waits. */
static long try_lock(struct thread *t, bool waited)
{
	vaddr_t va = t->call.args[0];
	uint32_t value, deadline = t->call.args[3];
	int error = find_lock(t, va, &t->futex, &value);
	if (error)
		return error;
	uint32_t tid = value & ~FUTEX_WAITERS;
	struct thread *owner = owner_of(t, tid);
	if (!owner) {
		value = t->tid | (first_waiter(&t->futex, LOCKS) ? FUTEX_WAITERS : 0);
		copyout(va, &value, sizeof(value));
		return tid ? -EOWNERDEAD : 0;
	}
	if (waits_for(owner, t))
		return owner == t && waited ? 0 : -EDEADLK;
	if (is_over(deadline))
		return -ETIMEDOUT;
	value |= FUTEX_WAITERS;
	copyout(va, &value, sizeof(value));
	join_queue(t, "lock", finish_lock, deadline);
	donate(t, owner);
	t->cancel = undonate;
	return 1;
}

static bool finish_lock(struct thread *t)
{
	if (wait_cut_short(t))
		return true;
	long result = try_lock(t, true);
	if (result <= 0)
		tf_set_result(&t->tf, result);
	return result <= 0;
}

/* Of equals the first. */
static struct thread *most_urgent(const struct futex_key *key)
{
	struct thread *best = NULL;
	for (struct waiter *w = first_waiter(key, LOCKS); w; w = next_waiter(w, key, LOCKS))
		if (!best || w->thread->priority < best->priority)
			best = w->thread;
	return best;
}

static long unlock(struct thread *t, vaddr_t va)
{
	struct futex_key key;
	uint32_t value;
	int error = find_lock(t, va, &key, &value);
	if (error)
		return error;
	if ((value & ~FUTEX_WAITERS) != (uint32_t)t->tid)
		return -EPERM;
	struct thread *heir = most_urgent(&key);
	value = heir ? heir->tid : 0;
	if (heir)
		sched_wake(heir, WAKE_READY);
	for (struct waiter *w = first_waiter(&key, LOCKS); w; w = next_waiter(w, &key, LOCKS)) {
		undonate(w->thread);
		donate(w->thread, heir);
		value |= FUTEX_WAITERS;
	}
	copyout(va, &value, sizeof(value));
	return 0;
}

/* Those who wait for its lock look again: one finds that the owner is no more. */
void futex_thread_ends(struct thread *t)
{
	while (t->donors)
		if (t->donors->call.number == SYS_futex)
			sched_wake(t->donors, WAKE_READY);
		else
			futex_take_back(t->donors);
}

long sys_futex(uint32_t va, uint32_t op, uint32_t value, uint32_t deadline)
{
	struct thread *t = call_begin(SYS_futex, va, op, value, deadline);
	switch (op) {
	case FUTEX_WAIT: return wait(t, va, value, deadline);
	case FUTEX_WAKE: return futex_wake(t, va, value);
	case FUTEX_REQUEUE: return requeue(t, va, deadline);
	case FUTEX_LOCK: return try_lock(t, false);
	case FUTEX_UNLOCK: return unlock(t, va);
	default: return -EINVAL;
	}
}
