/* user/t_write.c: tests write and read on the console: descriptors and sizes. (lab 3) */
#include "test.h"
#include <probe.h>

int main(void)
{
	static char page[PAGE_SIZE];
	char line[] = "write\n";

	CHECK_IS(write(1, line, 6), 6);
	CHECK_IS(write(2, line, 6), 6);
	CHECK_IS(write(1, line, 0), 0);
	CHECK_ERROR(write(3, line, 6), EBADF);
	CHECK_ERROR(write(-1, line, 6), EBADF);
	CHECK_ERROR(write(1000000, line, 6), EBADF);
	CHECK_ERROR(read(3, line, 6), EBADF);
	CHECK_ERROR(read(-1, line, 6), EBADF);
	CHECK_IS(read(0, line, 0), 0);
	CHECK_ERROR(read(0, (void *)UTEXT, 6), EFAULT);
	CHECK_ERROR(write(1, (void *)KERNEL_BASE, 6), EFAULT);
	for (unsigned i = 0; i < sizeof(page); i++)
		page[i] = i % 64 == 63 ? '\n' : '.';
	CHECK_IS(write(1, page, sizeof(page)), sizeof(page));
	/* One call of the kernel takes no more than it can do at once; the library's write sees to the rest. */
	CHECK_IS(page_map((void *)0x20000000, 1u << 30, PROT_READ), 0);
	CHECK_IS(probe_call(SYS_write, 1, 0x20000000, 1u << 30), WRITE_MAX);
	CHECK_IS(write(1, (void *)0x20000000, 3 * WRITE_MAX + 5), 3 * WRITE_MAX + 5);
	CHECK_ERROR(write(1, (void *)0x80000000, 1u << 30), EFAULT);
	CHECK(strcmp(line, "write\n") == 0);
	return test_end("write");
}
