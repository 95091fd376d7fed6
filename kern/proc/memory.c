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

static long set_all(vaddr_t va, vaddr_t end, pte_t value)
{
	if (range_prepare(va, end, !pte_empty(value)))
		return -ENOMEM;
	while (va < end)
		va = range_set(va, end, value);
	return 0;
}

static long protect_all(vaddr_t va, vaddr_t end, unsigned prot)
{
	if (range_prepare(va, end, false))
		return -ENOMEM;
	while (va < end)
		va = range_protect(va, end, readable(prot));
	return 0;
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
	return range_is_mapped(va, end) ? set_all(va, end, 0) : -ENOENT;
}

long sys_page_protect(uint32_t va, uint32_t bytes, uint32_t prot, uint32_t d)
{
	vaddr_t end = range_end(va, bytes);
	if (!end || !good_prot(prot))
		return -EINVAL;
	return range_is_mapped(va, end) ? protect_all(va, end, prot) : -ENOENT;
}

long sys_munmap(uint32_t va, uint32_t bytes, uint32_t c, uint32_t d)
{
	vaddr_t end = range_end(va, bytes);
	return end ? set_all(va, end, 0) : -EINVAL;
}

/* What the pages of a new mapping at va say. 0: no memory. */
static pte_t fresh(vaddr_t va, uint32_t prot, uint32_t flags)
{
	if (!(flags & MAP_SHARED))
		return pte_absent(PTE_DEMAND, 0, readable(prot));
	uint32_t number = mapping_create(va);
	return number ? pte_absent(PTE_OBJECT, number, readable(prot) | PTE_SHARED) : 0;
}

long sys_mmap(uint32_t hint, uint32_t bytes, uint32_t prot, uint32_t flags)
{
	uint32_t sort = flags & (MAP_PRIVATE | MAP_SHARED), size = ROUND_UP(bytes, PAGE_SIZE);
	vaddr_t va = flags & MAP_FIXED ? hint : ROUND_DOWN(hint, PAGE_SIZE), end = range_end(va, size);
	if (!good_prot(prot) || flags != (sort | MAP_ANONYMOUS | (flags & MAP_FIXED)) || !sort ||
	    sort == (MAP_PRIVATE | MAP_SHARED) || bytes == 0)
		return -EINVAL;
	if (flags & MAP_FIXED) {
		if (!end)
			return -EINVAL;
	} else if (!end || !range_is_free(va, end)) {
		if (size < bytes || !(va = range_find(UTEXT, MMAP_TOP, size / PAGE_SIZE)))
			return -ENOMEM;
		end = va + size;
	}
	pte_t value = fresh(va, prot, flags);
	long error = value ? set_all(va, end, value) : -ENOMEM;
	if (value && (flags & MAP_SHARED))
		mapping_unref(pte_payload(value), 1); /* the entries hold it now */
	return error ? error : (long)va;
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
	if (wants < had)
		error = set_all(wants, had, 0);
	if (!error)
		p->heap_end = to;
	return error ? error : (long)to;
}
