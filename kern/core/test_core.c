/* kern/core/test_core.c: tests that need the machine itself: symbols, formats, copies, 64-bit division. (lab 1) */
#include <core/core.h>
#include <format.h>
#include <string.h>

#ifdef TESTS

static bool found(uint32_t pc, const char *name, const char *file)
{
	struct symbol s;

	return symbol_lookup(pc, &s) && strcmp(s.name, name) == 0 && (!s.line || strcmp(s.file, file) == 0);
}

TEST(symbols_name_functions)
{
	extern const char kernel_text_end[];
	struct symbol s;

	CHECK(found((uintptr_t)printf, "printf", "kern/core/printf.c"));
	CHECK(found((uintptr_t)printf + 4, "printf", "kern/core/printf.c"));
	CHECK(found((uintptr_t)symbol_lookup, "symbol_lookup", "kern/core/ksyms.c"));
	CHECK(found((uintptr_t)memmove, "memmove", "lib/string.c"));
	CHECK(!symbol_lookup((uintptr_t)kernel_text_end, &s));
	CHECK(!symbol_lookup(0, &s) && !symbol_lookup(0xffffffff, &s) && !symbol_lookup((uintptr_t)&s, &s));
}

static uint32_t __attribute__((noinline)) return_address(void)
{
	return (uintptr_t)__builtin_return_address(0);
}

TEST(symbols_name_lines)
{
	struct symbol s;
	unsigned line = __LINE__ + 1;
	uint32_t pc = return_address();

	CHECK(symbol_lookup(pc - 1, &s));
	CHECK(strcmp(s.file, "kern/core/test_core.c") == 0);
	CHECK(s.line == line || s.line == line - 1 || s.line == line + 1); /* a delay slot may hold a neighbour's work */
}

static bool formats(const char *want, const char *fmt, ...)
{
	char buf[80];
	va_list ap;

	va_start(ap, fmt);
	format_buffer(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	return strcmp(buf, want) == 0;
}

/* The host has compared every format; here it is this machine's argument passing that counts. */
TEST(formats_take_this_machines_arguments)
{
	volatile uint64_t big = 18446744073709551615ull;

	CHECK(formats("1 18446744073709551615 2", "%d %llu %d", 1, big, 2));
	CHECK(formats("1 -9223372036854775808 x 3", "%u %lld %c %hhd", 1, INT64_MIN, 'x', 259));
	CHECK(formats("  7|7  |ffffffffffffffff", "%*d|%-*d|%jx", 3, 7, 3, 7, (intmax_t)-1));
	CHECK(formats("0xdeadbeef 4294967295 -1", "%p %zu %td", (void *)0xdeadbeef, (size_t)-1, (ptrdiff_t)-1));
	CHECK(formats("(float) 5", "%f %d", (uint64_t)0, 5));
}

TEST(division_of_64_bits)
{
	volatile uint64_t n = 0xfedcba9876543210ull, d = 0x1234567abull;
	volatile int64_t minus = -1000000000007ll;

	CHECK(n / d == 0xdfffffe6ull && n % d == 0x6b60b96eull);
	CHECK(n / 10 == 1836475854449306472ull && n % 10 == 0);
	CHECK(n / (uint32_t)0x90000000 == n / 0x9000000 / 16);
	CHECK(minus / 1000 == -1000000000 && minus % 1000 == -7);
}

/* Each alignment of both ends, by this machine's own loads and stores. */
TEST(copies_at_each_alignment)
{
	static uint8_t from[64] __attribute__((aligned(16))), to[64] __attribute__((aligned(16)));
	unsigned wrong = 0;

	for (unsigned i = 0; i < sizeof(from); i++)
		from[i] = i * 7 + 1;
	for (unsigned a = 0; a < 8; a++)
		for (unsigned b = 0; b < 8; b++)
			for (unsigned n = 0; n < 48; n++) {
				memset(to, 0, sizeof(to));
				memcpy(to + a, from + b, n);
				wrong += memcmp(to + a, from + b, n) != 0;
				wrong += to[a + n] != 0 || (a && to[a - 1] != 0);
			}
	CHECK(wrong == 0);
}

#endif
