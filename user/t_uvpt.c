/* user/t_uvpt.c: tests the read-only window: what it shows is what is mapped. (lab 2) */
#include "test.h"

#define AREA 0x20000000u

static const char constant[] = "in the text segment";
static int variable = 1;

static uint32_t entry(const volatile void *p)
{
	return entry_present(uvpd[PDX(p)]) ? uvpt[VPN(p)] : 0;
}

static void check_program(void)
{
	int local = 0;

	variable++;
	CHECK(entry_present(entry(constant)) && !entry_stores(entry(constant)));
	CHECK_IS(entry_prot(entry((void *)UTEXT)) & PROT_WRITE, 0);
	CHECK(entry_present(entry(&variable)) && entry_stores(entry(&variable)));
	CHECK(entry_present(entry(&local)) && entry_stores(entry(&local)));
	CHECK_IS(entry(NULL), 0);
	CHECK_IS(entry((void *)AREA), 0);
}

/* The map changes; the window shows it at once, and a table that is no longer needed is gone. */
static void check_changes(void)
{
	volatile uint32_t *p = (volatile uint32_t *)AREA;

	for (int turn = 0; turn < 3; turn++) {
		CHECK_IS(page_map((void *)AREA, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE), 0);
		CHECK(entry_present(uvpd[PDX(AREA)]) && !entry_present(entry(p)));
		p[0] = 42;
		CHECK(entry_present(entry(p)) && entry_stores(entry(p)));
		CHECK(!entry_present(entry(p + 1024)));
		CHECK_IS(page_protect((void *)AREA, PAGE_SIZE, PROT_READ), 0);
		CHECK(entry_present(entry(p)) && !entry_stores(entry(p)));
		CHECK_IS(page_unmap((void *)AREA, 2 * PAGE_SIZE), 0);
		CHECK_IS(uvpd[PDX(AREA)], 0);
	}
}

/* The directory is a table among the tables: uvpd and uvpt are the same words where they overlap. */
static void check_identity(void)
{
	CHECK_IS(UPD_base, SELFMAP_PTE_OF(UPT_base, UPT_base));
	CHECK_IS((uint32_t)&uvpd[PDX(UTEXT)], (uint32_t)&uvpt[VPN(SELFMAP_TABLE(UPT_base, PDX(UTEXT)))]);
	/* Every table's frame is another one, and none is a page of the program. */
	uint32_t table = entry_frame(uvpd[PDX(UTEXT)]);
	CHECK(entry_present(uvpd[PDX(UTEXT)]));
	CHECK(table != entry_frame(uvpd[PDX(UTOP - 1)]));
	for (uint32_t va = UTEXT; va < UTEXT + 16 * PAGE_SIZE; va += PAGE_SIZE)
		CHECK(!entry_present(uvpt[VPN(va)]) || entry_frame(uvpt[VPN(va)]) != table);
}

/* What a call reads of the directory is what the program reads of it: to its last byte, which may be the last that the
 * kernel has an address for. */
static void check_calls(void)
{
	static uint32_t seen[ENTRIES];
	static const uint32_t sizes[] = { 1, 2, 3, 4, 7, 8, 9, 63, 64, 127, 128, 131, 1024, PAGE_SIZE };
	const char *end = (const char *)UPD_base + PAGE_SIZE;
	int fds[2];

	CHECK_IS(pipe(fds), 0);
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (unsigned offset = 0; offset < 4; offset++) { /* of where it comes to stand in the pipe */
			uint32_t before = sizes[i] < PAGE_SIZE ? offset : 0, n = sizes[i];

			CHECK_IS(write(fds[1], "abc", before), before);
			CHECK_IS(write(fds[1], end - n, n), n);
			CHECK_IS(read(fds[0], seen, before), before);
			CHECK_IS(read(fds[0], seen, n), n);
			CHECK_IS(memcmp(seen, end - n, n), 0);
		}
	CHECK_ERROR(write(fds[1], end - 8, 9), EFAULT); /* what follows has no table */
	char *argv[] = { "true", (char *)end - 1, NULL };
	pid_t pid = spawn("true", argv);
	if (end[-1])
		CHECK(pid < 0 && errno == EFAULT);
	else
		CHECK_IS(waitpid(pid, NULL, 0), pid);
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	check_program();
	check_changes();
	check_identity();
	check_calls();
	return test_end("uvpt");
}
