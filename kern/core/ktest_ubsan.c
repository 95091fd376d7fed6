/* kern/core/ktest_ubsan.c: kernel tests: a kernel built with UBSAN=1 does notice undefined behaviour. (all labs) */
#include <core/core.h>

#ifdef UBSAN
extern volatile bool ubsan_expected;
extern volatile unsigned ubsan_seen;

static volatile int largest = 0x7fffffff, bits = 32, ten = 10, sink;

TEST(ubsan_notices)
{
	static int row[10];
	ubsan_expected = true;
	ubsan_seen = 0;
	sink = largest + 1;
	CHECK(ubsan_seen == 1);
	sink = 1 << bits;
	CHECK(ubsan_seen == 2);
	sink = row[ten];
	CHECK(ubsan_seen >= 3);
	ubsan_expected = false;
}
#endif
