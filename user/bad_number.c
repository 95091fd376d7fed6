/* user/bad_number.c: system calls that do not exist: each gives ENOSYS, and the process lives on. (lab 3) */
#include "bad.h"
#include <errno.h>
#include <syscall.h>
#include <unistd.h>

int main(void)
{
	static const uint32_t numbers[] = { SYSCALL_COUNT, SYSCALL_COUNT + 1, 255, 4000, 0x7fffffff, 0x80000000,
		0xc0000000, 0xfffffff0, 0xffffffff };
	int failures = 0;

	for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		long result = probe_call(numbers[i], 1, 2, 3);

		if (result != -ENOSYS) {
			printf("FAIL: system call 0x%08x gave %ld, not -ENOSYS\n", numbers[i], result);
			failures++;
		}
	}
	if (probe_call(SYS_getpid, 0, 0, 0) != getpid()) {
		puts("FAIL: a right number no longer works");
		failures++;
	}
	if (!failures)
		puts("bad system call numbers: ENOSYS each time");
	return failures != 0;
}
