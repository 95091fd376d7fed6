/* lib/mman.c: mmap on top of page_map. The kernel wants an address; this looks for a free one in the process's own
 * page tables, which the read-only window shows. (lab 4)
 */
#include <errno.h>
#include <ouros.h>
#include <sys/mman.h>
#include <types.h>

#define LOWEST UTEXT
#define HIGHEST (UTOP - 64 * PDE_SPAN) /* leaves room for the stack to grow */

static bool is_free(uint32_t va)
{
	return uvpd[PDX(va)] == 0 || (entry_present(uvpd[PDX(va)]) && uvpt[VPN(va)] == 0);
}

/* The highest free range of so many bytes; 0: there is none. */
static uint32_t find(size_t bytes)
{
	uint32_t end = HIGHEST;

	for (uint32_t va = end - PAGE_SIZE; va >= LOWEST; va -= PAGE_SIZE) {
		if (!is_free(va))
			end = va;
		else if (end - va >= bytes)
			return va;
	}
	return 0;
}

static bool range_is_free(uint32_t va, size_t bytes)
{
	if (va < PAGE_SIZE || va % PAGE_SIZE || bytes > UTOP || va > UTOP - bytes)
		return false;
	for (uint32_t end = va + bytes; va < end; va += PAGE_SIZE)
		if (!is_free(va))
			return false;
	return true;
}

int munmap(void *va, size_t bytes)
{
	uint32_t end = (uint32_t)va + ROUND_UP(bytes, PAGE_SIZE);

	if ((uint32_t)va % PAGE_SIZE || bytes == 0 || end > UTOP || end < (uint32_t)va) {
		errno = EINVAL;
		return -1;
	}
	for (uint32_t page = (uint32_t)va; page < end; page += PAGE_SIZE)
		if (!is_free(page) && page_unmap((void *)page, PAGE_SIZE) < 0)
			return -1;
	return 0;
}

int mprotect(void *va, size_t bytes, int prot)
{
	if (bytes == 0)
		return 0;
	return page_protect(va, ROUND_UP(bytes, PAGE_SIZE), prot);
}

void *mmap(void *hint, size_t bytes, int prot, int flags, int fd, off_t offset)
{
	size_t size = ROUND_UP(bytes, PAGE_SIZE);
	uint32_t va = (uint32_t)hint;

	if ((flags & ~MAP_FIXED) != (MAP_PRIVATE | MAP_ANONYMOUS) || size < bytes || bytes == 0) {
		errno = EINVAL;
		return MAP_FAILED;
	}
	if (flags & MAP_FIXED) {
		if (munmap(hint, size) < 0)
			return MAP_FAILED;
	} else if (!range_is_free(va, size) && !(va = find(size))) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	return page_map((void *)va, size, prot) < 0 ? MAP_FAILED : (void *)va;
}
