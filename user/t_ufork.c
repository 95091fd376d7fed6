/* user/t_ufork.c: tests ufork, which does at user level what fork does in the kernel: the same tests, and its errors. (lab 4) */
#include <ouros.h>
#define FORK ufork
#include "fork.h"

#define TARGET ((char *)0x50000000)

/* What may not be shared, and with whom; nothing is left of a try that failed. */
static void check_share_errors(void)
{
	pid_t held = proc_create(), other;
	char *page = mmap(NULL, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const int rw = PROT_READ | PROT_WRITE;

	if (held == 0)
		_exit(1); /* never: it has no memory */
	CHECK(held > 0);
	page[0] = 1;
	CHECK_IS(page_share(held, TARGET, page, rw), 0);
	CHECK_IS(page_share(held, TARGET, page, PROT_READ), 0); /* in its place */
	CHECK_ERROR(page_share(held, (char *)UPT_base, page, rw), EINVAL);
	CHECK_ERROR(page_share(held, (char *)UPD_base, page, rw), EINVAL);
	CHECK_ERROR(page_share(held, (char *)KERNEL_BASE, page, rw), EINVAL);
	CHECK_ERROR(page_share(held, (char *)PT_base, page, rw), EINVAL);
	CHECK_ERROR(page_share(held, NULL, page, rw), EINVAL);
	CHECK_ERROR(page_share(held, TARGET + 1, page, rw), EINVAL);
	CHECK_ERROR(page_share(held, TARGET, page + 1, rw), EINVAL);
	CHECK_ERROR(page_share(held, TARGET, (char *)UPT_base, PROT_READ), EINVAL);
	CHECK_ERROR(page_share(held, TARGET, (char *)KERNEL_BASE, PROT_READ), EINVAL);
	CHECK_ERROR(page_share(held, TARGET, TARGET, PROT_READ), EFAULT);
	CHECK_ERROR(page_share(held, TARGET, page, 16), EINVAL);
	CHECK_ERROR(page_share(held, TARGET, page, rw | PROT_COPY), EINVAL);
	CHECK_ERROR(page_share(held, TARGET, (char *)UTEXT, rw), EACCES); /* the text is the archive's */
	CHECK_ERROR(page_share(-1, TARGET, page, rw), ESRCH);
	CHECK_ERROR(page_share(getpid(), TARGET, page, rw), ESRCH);
	CHECK_ERROR(page_share(1000000, TARGET, page, rw), ESRCH);
	CHECK_ERROR(proc_start(1000000), ESRCH);
	other = test_start("sleep", "0.1", NULL);
	CHECK_ERROR(page_share(other, TARGET, page, rw), EBUSY);
	CHECK_ERROR(proc_start(other), EBUSY);
	CHECK_IS(waitpid(other, NULL, 0), other);
	CHECK_ERROR(page_share(other, TARGET, page, rw), ESRCH);
	CHECK_IS(waitpid(held, NULL, WNOHANG), 0);
	CHECK_IS(kill(held, SIGKILL), 0);
	CHECK_IS(WTERMSIG(child_status(held)), SIGKILL);
	CHECK_ERROR(proc_start(held), ESRCH);
	munmap(page, 2 * PAGE_SIZE);
}

/* One page at two addresses of one process; marked, it is copied by the handler that ufork has set. */
static void check_alias(void)
{
	volatile int *page = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	volatile int *alias = (volatile int *)TARGET;

	*page = 7;
	CHECK_IS(page_share(0, TARGET, (void *)page, PROT_READ | PROT_WRITE), 0);
	*alias = 8;
	CHECK_IS(*page, 8);
	CHECK_IS(page_share(0, TARGET, (void *)page, PROT_COPY), 0);
	CHECK(entry_marked(uvpt[VPN((uint32_t)TARGET)]) && entry_marked(uvpt[VPN((uint32_t)page)]));
	*page = 9;
	CHECK_IS(*alias, 8);
	*alias = 10;
	CHECK_IS(*page, 9);
	munmap(TARGET, PAGE_SIZE);
	munmap((void *)page, PAGE_SIZE);
}

/* A held child goes with its parent. */
static void leave_held(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		for (int i = 0; i < 5; i++)
			if (proc_create() == 0)
				_exit(1);
		_exit(0);
	}
	CHECK_IS(child_status(pid), 0);
}

int main(void)
{
	check_share_errors();
	leave_held();
	pid_t pid = ufork();
	if (pid == 0)
		_exit(5);
	CHECK_IS(child_status(pid), STATUS_EXIT(5));
	check_alias();
	return check_fork("ufork");
}
