/* kern/proc/futex.c: threads that wait for a word of their program's memory to change: what locks are made of. (lab 3)
 * Nothing is set up beforehand and nothing stays: who waits stands in a hash table of queues, by the word's identity.
 * The kernel runs a call to its end, and programs' own atomic instructions do not run meanwhile: a look at the word
 * and joining the queue are one step.
 */
#include <proc/proc.h>
#include <core/core.h>
#include <error.h>

#define BUCKETS 256

static struct wait_queue buckets[BUCKETS];

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
	*key = (struct futex_key){ t->pmap, va };
	if (pmap_translate(t->pmap, va, &pa, &prot) == PMAP_OK && (prot & PTE_SHARED))
		*key = (struct futex_key){ frame_of(pa), va % PAGE_SIZE };
	return 0;
}

static struct waiter *after(struct wait_queue *q, struct waiter *w)
{
	return w->next == q->first ? NULL : w->next;
}

/* The first in the ring from w on that waits for key; NULL: none up to the ring's end. */
static struct waiter *find_waiter(struct wait_queue *q, struct waiter *w, const struct futex_key *key)
{
	while (w && !same_key(&w->thread->futex, key))
		w = after(q, w);
	return w;
}

static uint32_t wake(const struct futex_key *key, uint32_t n)
{
	struct wait_queue *q = bucket_of(key);
	struct waiter *w = find_waiter(q, q->first, key), *next;
	uint32_t woken = 0;
	for (; w && woken < n; w = next, woken++) {
		next = find_waiter(q, after(q, w), key); /* before w leaves the ring */
		sched_wake(w->thread, WAKE_READY);
	}
	return woken;
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
	uint32_t woken = wake(&from, 1);
	struct wait_queue *q = bucket_of(&from);
	struct waiter *w = find_waiter(q, q->first, &from), *next;
	for (; w; w = next, moved++) {
		next = find_waiter(q, after(q, w), &from);
		wait_queue_remove(w);
		w->thread->futex = to;
		wait_queue_add(bucket_of(&to), w);
	}
	return woken + moved;
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

static long wait(struct thread *t, vaddr_t va, uint32_t expected, uint32_t deadline)
{
	uint32_t value;
	int error = find_word(t, va, &t->futex, &value);
	if (error)
		return error;
	if (value != expected)
		return -EAGAIN;
	if (is_over(deadline))
		return -ETIMEDOUT;
	sched_wait(t, "futex", finish_wait);
	wait_queue_add(bucket_of(&t->futex), &t->waiter);
	if (deadline)
		timer_set(t, deadline_tick(deadline));
	return 0;
}

void futex_thread_ends(struct thread *t)
{
}

long sys_futex(uint32_t va, uint32_t op, uint32_t value, uint32_t deadline)
{
	struct thread *t = call_begin(SYS_futex, va, op, value, deadline);
	switch (op) {
	case FUTEX_WAIT: return wait(t, va, value, deadline);
	case FUTEX_WAKE: return futex_wake(t, va, value);
	case FUTEX_REQUEUE: return requeue(t, va, deadline);
	default: return -EINVAL;
	}
}
