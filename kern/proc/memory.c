/* kern/proc/memory.c: system calls about a program's memory. (lab 3) */
#include <proc/proc.h>
#include <error.h>

/* The pages of [va, va + bytes): how many, or a negated error. */
static long page_range(uint32_t va, uint32_t bytes, uint32_t prot)
{
	if (va % PAGE_SIZE || bytes == 0 || (prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC)))
		return -EINVAL;
	if (va < PAGE_SIZE || bytes > UTOP || va > UTOP - bytes)
		return -EINVAL;
	return (bytes + PAGE_SIZE - 1) / PAGE_SIZE;
}

static long error_of(enum pmap_error e)
{
	static const int errors[] = { 0, -EINVAL, -EEXIST, -ENOENT, -ENOMEM };
	return errors[e];
}

static unsigned readable(uint32_t prot)
{
	return prot ? prot | PROT_READ : PROT_NONE; /* no machine here can keep them apart */
}

long sys_page_map(uint32_t va, uint32_t bytes, uint32_t prot, uint32_t d)
{
	struct pmap *pmap = &current_thread()->proc->pmap;
	long pages = page_range(va, bytes, prot);
	enum pmap_error e = PMAP_OK;
	long done = 0;
	for (; done < pages && !e; done++)
		e = pmap_map_demand(pmap, va + done * PAGE_SIZE, readable(prot));
	if (!e)
		return MIN(pages, 0);
	/* All or nothing: the last one failed, those before it go again. */
	for (done--; done-- > 0;)
		pmap_unmap(pmap, va + done * PAGE_SIZE, NULL);
	return error_of(e);
}

/* Is something mapped at every page? */
static bool all_there(struct pmap *pmap, uint32_t va, long pages)
{
	for (long i = 0; i < pages; i++) {
		volatile pte_t *pte = pmap_lookup(pmap, va + i * PAGE_SIZE);
		if (!pte || pte_empty(*pte))
			return false;
	}
	return true;
}

long sys_page_unmap(uint32_t va, uint32_t bytes, uint32_t c, uint32_t d)
{
	struct pmap *pmap = &current_thread()->proc->pmap;
	long pages = page_range(va, bytes, 0);
	if (pages > 0 && !all_there(pmap, va, pages))
		return -ENOENT;
	for (long i = 0; i < pages; i++)
		pmap_unmap(pmap, va + i * PAGE_SIZE, NULL);
	return MIN(pages, 0);
}

long sys_page_protect(uint32_t va, uint32_t bytes, uint32_t prot, uint32_t d)
{
	struct pmap *pmap = &current_thread()->proc->pmap;
	long pages = page_range(va, bytes, prot);
	if (pages > 0 && !all_there(pmap, va, pages))
		return -ENOENT;
	for (long i = 0; i < pages; i++)
		pmap_protect(pmap, va + i * PAGE_SIZE, readable(prot));
	return MIN(pages, 0);
}
