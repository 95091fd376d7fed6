/* lib/ufork.c: fork at user level: the parent reads its page tables in the window, shares each page with a child that does
 * not run yet, and starts it. Pages that either may write to are marked, and read-only; whoever writes first copies, in
 * its fault handler. (lab 4)
 */
#include "call.h"
#include "fault.h"
#include <create.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define STACK_SIZE (4 * PAGE_SIZE)
#define RW (PROT_READ | PROT_WRITE)

static char *spare; /* a page of address space, behind the handler's stack if that is ours: where copies are made */

/* [helpers of lab 4] Your own functions for this file. */
/* [end of helpers] */

static int renew_spare(void)
{
	sys_page_unmap((long)spare, PAGE_SIZE, 0, 0);
	return sys_page_map((long)spare, PAGE_SIZE, RW, 0);
}

/* A copy of page, at the same address of that process (0: this one). Raw calls: errno is in memory that may be marked. */
static long give_copy(pid_t to, char *page, int prot)
{
	memcpy(spare, page, PAGE_SIZE);
	long error = sys_page_share(to, (long)page, (long)spare, prot);
	return renew_spare() < 0 ? -ENOMEM : error;
}

/* The handler's part: true: the store can be tried again. False: this fault is none of ufork's. */
static bool copy_marked(const siginfo_t *fault)
{
	/*
	 * [lab 4.3, 3 points] Was it a store (si_access 1) to a page that is marked? <machine.h> reads entries, uvpd and uvpt show
	 * them: where the directory names no table there is nothing to read in uvpt. Then this process (0) gets a copy, which it
	 * may write to; what else the entry allowed stays.
	 */
	uint32_t va = (uint32_t)fault->si_addr & ~(PAGE_SIZE - 1);

	if (fault->si_access != 1 || !entry_present(uvpd[PDX(va)]) || !entry_marked(uvpt[VPN(va)]))
		return false;
	return give_copy(0, (char *)va, entry_prot(uvpt[VPN(va)]) | PROT_WRITE) == 0;
	/* [end of lab 4.3] */
}

/* Once: a stack for the handler, if the program has none, and the spare page. */
static int prepare(void)
{
	bool stack = __fault.size == 0;
	char *area;

	if (__fault.first)
		return 0;
	area = mmap(NULL, PAGE_SIZE + (stack ? STACK_SIZE : 0), RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		return -1;
	__fault.first = copy_marked;
	if (stack && fault_handler(NULL, area, STACK_SIZE) < 0) {
		__fault.first = NULL;
		return -1;
	}
	spare = area + (stack ? STACK_SIZE : 0);
	return 0;
}

/* Pages of the handler's stack must be writable at once, so they are copied now; and nobody shares the spare one. */
static bool is_special(uint32_t va)
{
	return va + PAGE_SIZE > (uint32_t)__fault.stack && va < (uint32_t)__fault.stack + __fault.size;
}

/* e is what the parent's entry for va says, not nothing: give the child the same. 0, or a negated error number. */
static long share_entry(pid_t child, uint32_t va, uint32_t e)
{
	/*
	 * [lab 4.3, 4 points] By sys_page_share (syscall.h), at the same address, with the same rights. But a private page that one
	 * of the two could write to is marked in both: PROT_COPY in place of PROT_WRITE; that includes a page that the kernel
	 * would copy (entry_copied: fork's doing). What is not present has nothing in it that could be seen by the other. And
	 * two sorts of pages can't wait for a fault: those of the handler's stack (is_special: give_copy), and the spare page,
	 * which is nobody else's (share_all gives the child a fresh one).
	 */
	int prot = entry_prot(e);
	bool writable = prot & PROT_WRITE || entry_copied(e);

	if (va == (uint32_t)spare)
		return 0;
	if (entry_present(e) && is_special(va))
		return give_copy(child, (char *)va, RW);
	if (entry_present(e) && writable && !entry_shared(e))
		prot = (prot & ~PROT_WRITE) | PROT_COPY;
	return sys_page_share(child, va, va, prot);
	/* [end of lab 4.3] */
}

static long share_table(pid_t child, uint32_t base)
{
	for (uint32_t va = base; va - base < PDE_SPAN; va += PAGE_SIZE) {
		uint32_t e = uvpt[VPN(va)];
		long error = entry_present(e) || entry_kind(e) ? share_entry(child, va, e) : 0;

		if (error)
			return error;
	}
	return 0;
}

static long share_all(pid_t child)
{
	long error = 0;

	for (uint32_t base = 0; base < UTOP && !error; base += PDE_SPAN) {
		uint32_t e = uvpd[PDX(base)];

		if (entry_present(e))
			error = share_table(child, base);
		else if (entry_kind(e))
			error = share_entry(child, base, e);
	}
	/* Not touched since it was renewed: the child gets a fresh one, too. */
	return error ? error : sys_page_share(child, (long)spare, (long)spare, RW);
}

pid_t ufork(void)
{
	pid_t child;
	long error;

	if (prepare() < 0)
		return -1;
	child = create_inline();
	if (child == 0)
		return 0;
	if (child < 0)
		return checked(child);
	error = share_all(child);
	if (!error)
		error = sys_proc_start(child, 0, 0, 0);
	if (!error)
		return child;
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return checked(error);
}
