/* lib/mman.c: memory as on Unix: mmap and its kin, and the heap's end. (lab 4) */
#include "call.h"
#include <sys/mman.h>
#include <unistd.h>

void *mmap(void *hint, size_t bytes, int prot, int flags, int fd, off_t offset)
{
	return (void *)CALL4(mmap, hint, bytes, prot, flags);
}

int munmap(void *va, size_t bytes)
{
	return CALL(munmap, va, bytes, 0);
}

int mprotect(void *va, size_t bytes, int prot)
{
	if (bytes == 0)
		return 0;
	int result = CALL(page_protect, va, bytes, prot);
	if (result < 0 && errno == ENOENT)
		errno = ENOMEM; /* its name for a hole, on Unix */
	return result;
}

int brk(void *end)
{
	return CALL(brk, end ? end : (void *)1, 0, 0) < 0 ? -1 : 0; /* to the kernel, NULL is a question */
}

void *sbrk(intptr_t more)
{
	char *was = (char *)sys_brk(0, 0, 0, 0);

	if (more != 0 && brk(was + more) < 0)
		return (void *)-1;
	return was;
}
