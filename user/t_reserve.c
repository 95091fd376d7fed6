/* user/t_reserve.c: tests that 4 MB of untouched memory take a directory entry only, and what parts them. (lab 4) */
#include "test.h"
#include <sys/mman.h>

#define AREA 0x20000000u
#define GB (1u << 30)
#define RW (PROT_READ | PROT_WRITE)
#define P(va) ((char *)(uintptr_t)(va))

static bool reserved(uint32_t va, unsigned prot)
{
	uint32_t e = uvpd[PDX(va)];

	return !entry_present(e) && entry_kind(e) == 1 && entry_prot(e) == prot;
}

static bool parted(uint32_t va)
{
	return entry_present(uvpd[PDX(va)]);
}

/* 1 GB, more than there is, at a few instructions for each 4 MB; touched here and there. */
static void check_large(void)
{
	CHECK_IS(page_map(P(AREA), GB, RW), 0);
	for (uint32_t va = AREA; va < AREA + GB; va += PDE_SPAN)
		CHECK(reserved(va, RW));
	for (uint32_t va = AREA; va < AREA + GB; va += 37 * PDE_SPAN + 5 * PAGE_SIZE) {
		CHECK_IS(*P(va), 0);
		*P(va) = 1;
		CHECK(parted(va) && entry_kind(uvpt[VPN(va) + 1]) == 1);
	}
	pid_t pid = fork();
	if (pid == 0) {
		*P(AREA + 2 * PDE_SPAN) = 2;
		*P(AREA) += 2;
		_exit(!reserved(AREA + PDE_SPAN, RW) || *P(AREA) != 3);
	}
	int status;
	CHECK_IS(waitpid(pid, &status, 0), pid);
	CHECK_IS(status, 0);
	CHECK_IS(*P(AREA), 1);
	CHECK(reserved(AREA + 2 * PDE_SPAN, RW));
	CHECK_IS(page_protect(P(AREA), GB, PROT_READ), 0);
	CHECK_IS(*P(AREA), 1);
	CHECK(reserved(AREA + PDE_SPAN, PROT_READ));
	CHECK_ERROR(page_map(P(AREA + 3 * PDE_SPAN), PAGE_SIZE, RW), EEXIST);
	CHECK_IS(page_unmap(P(AREA), GB), 0);
	for (uint32_t va = AREA; va < AREA + GB; va += PDE_SPAN)
		CHECK_IS(uvpd[PDX(va)], 0);
}

/* Pages are taken out of 4 MB, or given other rights. */
static void check_parts(void)
{
	CHECK_IS(page_map(P(AREA - PAGE_SIZE), 3 * PDE_SPAN + 2 * PAGE_SIZE, RW), 0);
	CHECK(parted(AREA - PAGE_SIZE) && reserved(AREA, RW) && reserved(AREA + 2 * PDE_SPAN, RW));
	CHECK(parted(AREA + 3 * PDE_SPAN));
	CHECK_IS(munmap(P(AREA + 5 * PAGE_SIZE), PAGE_SIZE), 0);
	CHECK(parted(AREA));
	CHECK_IS(uvpt[VPN(AREA) + 5], 0);
	CHECK_IS(entry_kind(uvpt[VPN(AREA) + 4]), 1);
	CHECK_IS(entry_kind(uvpt[VPN(AREA) + 6]), 1);
	CHECK_ERROR(page_unmap(P(AREA), PDE_SPAN), ENOENT);
	CHECK_ERROR(page_protect(P(AREA), PDE_SPAN, RW), ENOENT);
	/* From the middle of one to the middle of the next. */
	CHECK_IS(page_protect(P(AREA + PDE_SPAN + 9 * PAGE_SIZE), PDE_SPAN, PROT_READ), 0);
	CHECK_IS(entry_prot(uvpt[VPN(AREA + PDE_SPAN) + 8]), RW);
	CHECK_IS(entry_prot(uvpt[VPN(AREA + PDE_SPAN) + 9]), PROT_READ);
	CHECK_IS(entry_prot(uvpt[VPN(AREA + 2 * PDE_SPAN) + 8]), PROT_READ);
	CHECK_IS(entry_prot(uvpt[VPN(AREA + 2 * PDE_SPAN) + 9]), RW);
	/* All is replaced, and is whole again. */
	*P(AREA) = 1;
	CHECK(mmap(P(AREA), 2 * PDE_SPAN, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == P(AREA));
	CHECK(reserved(AREA, PROT_NONE) && reserved(AREA + PDE_SPAN, PROT_NONE));
	CHECK_IS(page_protect(P(AREA), PDE_SPAN, RW), 0);
	CHECK_IS(*P(AREA), 0);
	CHECK_IS(munmap(P(AREA - PDE_SPAN), 6 * PDE_SPAN), 0);
	for (uint32_t va = AREA - PDE_SPAN; va < AREA + 5 * PDE_SPAN; va += PDE_SPAN)
		CHECK_IS(uvpd[PDX(va)], 0);
}

/* mmap finds room by whole entries; the heap takes whole entries, too. */
static void check_find(void)
{
	char *a = mmap(NULL, GB, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *b = mmap(NULL, GB / 2, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(a != MAP_FAILED && b != MAP_FAILED && (b + GB / 2 <= a || b >= a + GB));
	CHECK_ERROR(mmap(NULL, GB, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), ENOMEM);
	a[GB - 1] = b[0] = 1;
	CHECK_IS(munmap(a, GB), 0);
	CHECK_IS(munmap(b, GB / 2), 0);
	char *heap = malloc(GB);
	CHECK(heap != NULL);
	heap[0] = heap[GB / 2] = heap[GB - 1] = 1;
	free(heap);
}

/* A call is the first to touch 4 MB, or a border between two. */
static void check_calls(void)
{
	CHECK_IS(page_map(P(AREA), 2 * PDE_SPAN, RW), 0);
	CHECK(program_name(0, P(AREA + PDE_SPAN - 3), 32) > 3);
	CHECK(P(AREA + PDE_SPAN)[-1] != 0 && P(AREA + PDE_SPAN)[0] != 0);
	CHECK_IS(page_unmap(P(AREA), 2 * PDE_SPAN), 0);
	CHECK_IS(page_map(P(AREA), PDE_SPAN, PROT_NONE), 0);
	CHECK_ERROR(program_name(0, P(AREA), 32), EFAULT);
	CHECK(reserved(AREA, PROT_NONE)); /* a bad address costs no table */
	CHECK_IS(page_unmap(P(AREA), PDE_SPAN), 0);
}

int main(void)
{
	for (int turn = 0; turn < 3; turn++)
		check_large();
	check_parts();
	check_calls();
	check_find();
	return test_end("reserve");
}
