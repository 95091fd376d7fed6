/* kern/core/ktest_coverage.c: which parts of the kernel have run: COVERAGE=1 makes the compiler call here from each block of
 * code, and tools/check/coverage.py reads the bits from the machine's memory. (all labs)
 */
#include <types.h>

#ifdef COVERAGE
#define TEXT_MAX 0x100000 /* bytes of code */

void __sanitizer_cov_trace_pc(void);
extern char kernel_start[];

uint8_t coverage_bits[TEXT_MAX / 8]; /* bit n: the call that returns to kernel_start + n was made */

void __sanitizer_cov_trace_pc(void)
{
	uint32_t n = (char *)__builtin_return_address(0) - kernel_start;
	if (n < TEXT_MAX)
		coverage_bits[n / 8] |= 1 << n % 8;
}
#endif
