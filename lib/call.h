/* lib/call.h: the stubs of the system calls, and how their results become the library's. (lab 3) */
#ifndef LIB_CALL_H
#define LIB_CALL_H

#include <errno.h>
#include <syscall.h>

/* Declared alike for all: arguments and results are words. The stubs are in lib/<machine>/syscall.S. */
#define STUB(number, name, args) long sys_##name(long a, long b, long c, long d);
SYSCALL_LIST(STUB)
#undef STUB

/* -4095 .. -1 is a negated error number. */
long __failed(long result); /* errno.c: -1 */
static inline __attribute__((always_inline)) long checked(long result)
{
	return (unsigned long)result < -4095ul ? result : __failed(result);
}

#define CALL(name, a, b, c) checked(sys_##name((long)(a), (long)(b), (long)(c), 0))
#define CALL4(name, a, b, c, d) checked(sys_##name((long)(a), (long)(b), (long)(c), (long)(d)))

#endif
