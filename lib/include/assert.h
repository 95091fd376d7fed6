/* lib/include/assert.h: stop the program when something that must hold does not. (lab 3) */
#include <stddef.h>

#undef assert
#ifdef NDEBUG
#define assert(cond) ((void)0)
#else
#define assert(cond) ((cond) ? (void)0 : __assert_fail(#cond, __FILE__, __LINE__))
#endif

#ifndef LIB_ASSERT_H
#define LIB_ASSERT_H
#define static_assert _Static_assert
void __assert_fail(const char *what, const char *file, int line) __attribute__((noreturn));
#endif
