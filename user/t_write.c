/* user/t_write.c: tests write and read on the console: descriptors and sizes. (lab 3) */
#include "test.h"

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
	CHECK(strcmp(line, "write\n") == 0);
	return test_end("write");
}
