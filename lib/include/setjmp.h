/* lib/include/setjmp.h: leaving many functions at once. (lab 3) */
#ifndef LIB_SETJMP_H
#define LIB_SETJMP_H

#include <stdint.h>

typedef unsigned long jmp_buf[24]; /* the registers a function must keep; i386 uses 6, MIPS 24 */

/* 0; and once more, with longjmp's value (1 for 0), when longjmp is called while the caller of setjmp still runs. */
int setjmp(jmp_buf env) __attribute__((returns_twice));
void longjmp(jmp_buf env, int value) __attribute__((noreturn));

/* The same, out of a signal's handler: with save, the signals that were blocked are so again. */
typedef struct {
	jmp_buf registers;
	int saved;
	uint32_t mask;
} sigjmp_buf[1];

void __sigjmp_keep(sigjmp_buf env, int save);
#define sigsetjmp(env, save) (__sigjmp_keep(env, save), setjmp((env)->registers))
void siglongjmp(sigjmp_buf env, int value) __attribute__((noreturn));
#define _setjmp setjmp
#define _longjmp longjmp

#endif
