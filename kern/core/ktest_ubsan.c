/* kern/core/ktest_ubsan.c: what the compiler's checks for undefined behaviour call: UBSAN=1 builds them in. (all labs)
 * Each is told where in the source it stands; what else it is told, which differs, says little more than that.
 */
#include <core/core.h>

#ifdef UBSAN
/* All the compiler's descriptions of a check begin with this. */
struct place {
	const char *file;
	uint32_t line, column;
};

static volatile bool ubsan_expected; /* by the test */
static volatile unsigned ubsan_seen;

static void report(const struct place *place, const char *what)
{
	ubsan_seen++;
	if (!ubsan_expected)
		panic("undefined behaviour at %s:%u:%u: %s", place->file, place->line, place->column, what);
}

#define HANDLER(name, text)                                    \
	void __ubsan_handle_##name(const struct place *place); \
	void __ubsan_handle_##name(const struct place *place)  \
	{                                                      \
		report(place, text);                           \
	}

HANDLER(add_overflow, "a sum does not fit")
HANDLER(sub_overflow, "a difference does not fit")
HANDLER(mul_overflow, "a product does not fit")
HANDLER(negate_overflow, "a negation does not fit")
HANDLER(divrem_overflow, "a division by zero, or its result does not fit")
HANDLER(shift_out_of_bounds, "a shift by too many bits, or of a negative number")
HANDLER(out_of_bounds, "an index outside its array")
HANDLER(type_mismatch_v1, "a pointer that is null, misaligned, or to too small an object")
HANDLER(pointer_overflow, "a pointer computed past the end of memory")
HANDLER(load_invalid_value, "a bool or an enumeration holds no value of its type")
HANDLER(nonnull_arg, "a null pointer where none may be")
HANDLER(vla_bound_not_positive, "an array of no elements")
HANDLER(builtin_unreachable, "code that can't be reached, is")
HANDLER(missing_return, "a function ended without its result")
HANDLER(invalid_builtin, "a count of leading or trailing zeros of 0")

#ifdef TESTS
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
#endif
