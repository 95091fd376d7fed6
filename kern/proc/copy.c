/* kern/proc/copy.c: the only way from the kernel to a program's memory. (lab 3) */
#include <proc/proc.h>
#include <error.h>
#include <string.h>

/* [helpers of lab 3] Your own functions for this file. */
/* [end of helpers] */

/*
 * Make the page at va ready for the access, if it can be; then the kernel may touch it through va until it returns
 * to the program. Pages in the user window are the program's to read. 0; -ENOMEM: there is no frame for it, which is
 * the call's error, not the program's end; -EFAULT: nobody can make it
 * ready; -EPARKED: perhaps the program's own handler can, and the call begins anew then: all errors are passed on.
 */
static __attribute__((noinline)) int resolve(vaddr_t va, enum access access)
{
	unsigned prot;
	paddr_t pa;
	struct pmap *pmap = this_cpu()->pmap;
	/*
	 * [lab 3.5, 3 points] pmap says what is there (pmap_translate); a page that is present, readable, and for
	 * ACCESS_WRITE writable and not copy-on-write, is ready. What is not may be resolved as the program's own
	 * fault would be (fault_resolve): then look again. Else the three errors above: fault_lacks_memory,
	 * pager_park. Never try for ever.
	 */
	for (int tries = 0; tries < 2; tries++) {
		if (pmap_translate(pmap, va, &pa, &prot) == PMAP_OK && (prot & PROT_READ) &&
		    (access != ACCESS_WRITE || ((prot & PROT_WRITE) && !(prot & PTE_COW))))
			return 0;
		if (fault_resolve(va, access))
			continue;
		return fault_lacks_memory(va, access) ? -ENOMEM : pager_park(va, access);
	}
	return -EFAULT;
	/* [end of lab 3.5] */
}

static inline int ready(vaddr_t va, enum access access)
{
	return __builtin_expect(page_at_hand(va, access), 1) ? 0 : resolve(va, access);
}

/* In the user window the kernel reads the tables' own page, elsewhere what the program does. */
const void *copy_source(vaddr_t va, int *error)
{
	/*
	 * [lab 3.5, 3 points] For one address. In the user window (UPT_base, UPD_base) the kernel reads at the
	 * same place of its own one (PT_base, PD_base), for on MIPS nothing stands in the directory there: a table
	 * that exists, of user addresses, or the directory. Tables that do not exist are -EFAULT. Elsewhere: va
	 * itself, once it is ready.
	 */
	*error = -EFAULT;
	if (va - UPD_base < PAGE_SIZE) /* the directory, which need not be among the tables: PDE_USER_WINDOW */
		return (const void *)(va - UPD_base + PD_base);
	if (PDX(va) == PDX(UPT_base)) {
		vaddr_t alias = va - UPT_base + PT_base;
		pde_t pde = vpd[(va - UPT_base) >> PAGE_SHIFT];
		return alias < PT_base + (PDX(UTOP) << PAGE_SHIFT) && pte_present(pde) ? (const void *)alias : NULL;
	}
	*error = ready(va, ACCESS_READ);
	return *error ? NULL : (const void *)va;
	/* [end of lab 3.5] */
}

static __attribute__((noinline)) int copyin_pages(void *to, vaddr_t from, size_t n)
{
	/*
	 * [lab 3.5, 4 points] n bytes from the program, page by page: -EFAULT for what reaches past ULIM (from + n
	 * may wrap); then the first page that copy_source refuses. What a call does not get whole it does not use.
	 * n = 0 is fine wherever `from` is below ULIM.
	 */
	if (n > ULIM || from > ULIM - n)
		return -EFAULT;
	while (n > 0) {
		size_t part = MIN(n, PAGE_SIZE - from % PAGE_SIZE);
		int error;
		const void *p = page_at_hand(from, ACCESS_READ) ? (const void *)from : copy_source(from, &error);
		if (!p)
			return error;
		memcpy(to, p, part);
		to = (char *)to + part;
		from += part;
		n -= part;
	}
	return 0;
	/* [end of lab 3.5] */
}

int copyin(void *to, vaddr_t from, size_t n)
{
	if (!copy_at_hand(from, n, ACCESS_READ))
		return copyin_pages(to, from, n);
	copy_move(to, (const void *)from, n);
	return 0;
}

static __attribute__((noinline)) int prepare_pages(vaddr_t to, size_t n)
{
	/*
	 * [lab 3.5, 4 points] Each page that [to, to + n) touches is ready for writing, or the first error:
	 * -EFAULT past UTOP (to + n may wrap). n = 0 touches none.
	 */
	if (n > UTOP || to > UTOP - n)
		return -EFAULT;
	int error = 0;
	for (vaddr_t va = to; n > 0 && va < to + n && !error; va = ROUND_DOWN(va, PAGE_SIZE) + PAGE_SIZE)
		error = ready(va, ACCESS_WRITE);
	return error;
	/* [end of lab 3.5] */
}

int copy_prepare(vaddr_t to, size_t n)
{
	return copy_at_hand(to, n, ACCESS_WRITE) ? 0 : prepare_pages(to, n);
}

int copyout(vaddr_t to, const void *from, size_t n)
{
	/* All pages first: a bad one is found before anything is written. */
	int error = copy_prepare(to, n);
	if (!error)
		copy_move((void *)to, from, n);
	return error;
}

int copyin_string(char *to, vaddr_t from, size_t size)
{
	/*
	 * [lab 3.5, 4 points] A string, with its NUL, of at most size bytes: its length, or -E2BIG; -EFAULT if its
	 * NUL is not reached before ULIM or a page that can't be read. Nothing behind the NUL may be touched: it
	 * may be the last byte of the last page.
	 */
	size_t length = 0;
	while (length < size) {
		if (from >= ULIM)
			return -EFAULT;
		size_t part = MIN(size - length, PAGE_SIZE - from % PAGE_SIZE);
		int error;
		const char *p = copy_source(from, &error);
		if (!p)
			return error;
		for (size_t i = 0; i < part; i++, length++)
			if ((to[length] = p[i]) == '\0')
				return length;
		from += part;
	}
	return -E2BIG;
	/* [end of lab 3.5] */
}
