/* kern/proc/memory.c: system calls about a program's memory: the heap's end, mmap, and page by page. (lab 4) */
#include <proc/proc.h>
#include <mem/range.h>
#include <mem/shared.h>
#include <error.h>

#define MMAP_TOP (UTOP - USTACK_MAX - USTACK_GUARD) /* mmap chooses addresses below */

/* [va, va + bytes) as whole pages: where they end. 0: that is no range of user pages. */
static vaddr_t range_end(uint32_t va, uint32_t bytes)
{
	if (va % PAGE_SIZE || bytes == 0 || va < PAGE_SIZE || bytes > UTOP || va > UTOP - bytes)
		return 0;
	return ROUND_UP(va + bytes, PAGE_SIZE);
}

static bool good_prot(uint32_t prot)
{
	return !(prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC));
}

static unsigned readable(uint32_t prot)
{
	return prot ? prot | PROT_READ : PROT_NONE; /* no machine here can keep them apart */
}

/* For what is free, or short: no more than the ends of a range have tables. */
static long set_all(vaddr_t va, vaddr_t end, pte_t value)
{
	if (range_prepare(va, end, !pte_empty(value)))
		return -ENOMEM;
	while (va < end)
		va = range_set(va, end, value);
	return 0;
}

/*
 * Long calls. The call's work is done in stretches, t->call.done counting the bytes that are behind it; in between others
 * have their turns, so each stretch looks anew at what it finds. MORE: it is not at its end.
 */
#define MORE 1
static long map_fixed(struct thread *t);

/* A later stretch: where it begins or ends, others may have put what one entry stands for since the first. */
static bool lacks_tables(struct thread *t, vaddr_t va, vaddr_t end)
{
	return t->call.done && va < end && range_prepare(va, end, false);
}

static long clear(struct thread *t, vaddr_t va, vaddr_t end)
{
	va += t->call.done;
	if (lacks_tables(t, va, end))
		return -ENOMEM;
	vaddr_t at = va < end ? range_set(va, end, 0) : end;
	t->call.done += at - va;
	return at < end ? MORE : 0;
}

static long protect(struct thread *t, vaddr_t va, vaddr_t end)
{
	va += t->call.done;
	if (lacks_tables(t, va, end))
		return -ENOMEM;
	vaddr_t at = range_protect(va, end, readable(t->call.args[2]));
	t->call.done += at - va;
	return at < end ? MORE : 0;
}

static long stretch(struct thread *t)
{
	vaddr_t va = t->call.args[0];
	long result;
	switch (t->call.number) {
	case SYS_mmap: return map_fixed(t);
	case SYS_brk: return (result = clear(t, ROUND_UP(va, PAGE_SIZE), t->call.args[1])) ? result : (long)va;
	case SYS_page_protect: return protect(t, va, range_end(va, t->call.args[1]));
	default: return clear(t, va, range_end(va, t->call.args[1]));
	}
}

static bool go_on(struct thread *t)
{
	long result = stretch(t);
	if (result == MORE)
		sched_give_way(t, go_on);
	else
		tf_set_result(&t->tf, result);
	return result != MORE;
}

/* => call_begin, and range_prepare */
static long begin(struct thread *t)
{
	long result = stretch(t);
	if (result == MORE)
		sched_give_way(t, go_on);
	return result;
}

long sys_page_map(uint32_t va, uint32_t bytes, uint32_t prot, uint32_t d)
{
	vaddr_t end = range_end(va, bytes);
	if (!end || !good_prot(prot))
		return -EINVAL;
	if (!range_is_free(va, end))
		return -EEXIST;
	return set_all(va, end, pte_absent(PTE_DEMAND, 0, readable(prot)));
}

long sys_page_unmap(uint32_t va, uint32_t bytes, uint32_t c, uint32_t d)
{
	vaddr_t end = range_end(va, bytes);
	if (!end)
		return -EINVAL;
	return range_is_mapped(va, end) ? sys_munmap(va, bytes, 0, 0) : -ENOENT;
}

long sys_page_protect(uint32_t va, uint32_t bytes, uint32_t prot, uint32_t d)
{
	vaddr_t end = range_end(va, bytes);
	if (!end || !good_prot(prot))
		return -EINVAL;
	if (!range_is_mapped(va, end))
		return -ENOENT;
	if (range_prepare(va, end, false))
		return -ENOMEM;
	return begin(call_begin(SYS_page_protect, va, bytes, prot, 0));
}

long sys_munmap(uint32_t va, uint32_t bytes, uint32_t c, uint32_t d)
{
	vaddr_t end = range_end(va, bytes);
	if (!end)
		return -EINVAL;
	if (range_prepare(va, end, false))
		return -ENOMEM;
	return begin(call_begin(SYS_munmap, va, bytes, 0, 0));
}

/* What the pages of a new mapping at va say. 0: no memory. */
static pte_t fresh(vaddr_t va, uint32_t prot, uint32_t flags)
{
	if (!(flags & MAP_SHARED))
		return pte_absent(PTE_DEMAND, 0, readable(prot));
	uint32_t number = mapping_create(va);
	return number ? pte_absent(PTE_OBJECT, number, readable(prot) | PTE_SHARED) : 0;
}

static long map(vaddr_t va, vaddr_t end, uint32_t prot, uint32_t flags)
{
	pte_t value = fresh(va, prot, flags);
	long error = value ? set_all(va, end, value) : -ENOMEM;
	if (value && (flags & MAP_SHARED))
		mapping_unref(pte_payload(value), 1); /* the entries hold it now */
	return error ? error : (long)va;
}

/*
 * What is there goes first, but for pages at the ends that share a table with others: they go with the last step, so that
 * the tables made for it are not freed again.
 */
static long map_fixed(struct thread *t)
{
	vaddr_t va = t->call.args[0], end = range_end(va, t->call.args[1]);
	vaddr_t inner = ROUND_UP(va, PDE_SPAN), inner_end = ROUND_DOWN(end, PDE_SPAN);
	long result = inner < inner_end ? clear(t, inner, inner_end) : 0;
	return result ? result : map(va, end, t->call.args[2], t->call.args[3]);
}

static long map_anywhere(vaddr_t va, uint32_t size, uint32_t prot, uint32_t flags)
{
	vaddr_t end = range_end(va, size);
	if (!end || !range_is_free(va, end)) {
		/* What is large gets whole entries of the directory, if there are as many. */
		va = size < PDE_SPAN ? 0 : range_find(UTEXT, MMAP_TOP, size, PDE_SPAN);
		if (!va)
			va = range_find(UTEXT, MMAP_TOP, size, PAGE_SIZE);
		end = va + size;
	}
	return va ? map(va, end, prot, flags) : -ENOMEM;
}

long sys_mmap(uint32_t hint, uint32_t bytes, uint32_t prot, uint32_t flags)
{
	uint32_t sort = flags & (MAP_PRIVATE | MAP_SHARED), size = ROUND_UP(bytes, PAGE_SIZE);
	if (!good_prot(prot) || flags != (sort | MAP_ANONYMOUS | (flags & MAP_FIXED)) || !sort ||
	    sort == (MAP_PRIVATE | MAP_SHARED) || bytes == 0)
		return -EINVAL;
	if (!(flags & MAP_FIXED))
		return size < bytes ? -ENOMEM : map_anywhere(ROUND_DOWN(hint, PAGE_SIZE), size, prot, flags);
	vaddr_t end = range_end(hint, bytes);
	if (!end)
		return -EINVAL;
	if (range_prepare(hint, end, true))
		return -ENOMEM;
	return begin(call_begin(SYS_mmap, hint, bytes, prot, flags));
}

long sys_brk(uint32_t to, uint32_t b, uint32_t c, uint32_t d)
{
	struct proc *p = current_thread()->proc;
	vaddr_t had = ROUND_UP(p->heap_end, PAGE_SIZE), wants = ROUND_UP(to, PAGE_SIZE);
	long error = 0;
	if (to == 0)
		return p->heap_end;
	if (to < p->heap_start)
		return -EINVAL;
	if (to > MMAP_TOP || (wants > had && !range_is_free(had, wants)))
		return -ENOMEM;
	if (wants > had)
		error = set_all(had, wants, pte_absent(PTE_DEMAND, 0, PROT_READ | PROT_WRITE));
	if (!error && wants < had && range_prepare(wants, had, false))
		error = -ENOMEM;
	if (error)
		return error;
	p->heap_end = to;
	return wants < had ? begin(call_begin(SYS_brk, to, had, 0, 0)) : (long)to;
}
