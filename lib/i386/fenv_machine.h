/* lib/i386/fenv_machine.h: the x87's own bits: status word, control word. (lab 3) */
#ifndef LIB_FENV_MACHINE_H
#define LIB_FENV_MACHINE_H

#define FE_INVALID 0x01
#define FE_DIVBYZERO 0x04
#define FE_OVERFLOW 0x08
#define FE_UNDERFLOW 0x10
#define FE_INEXACT 0x20

#define FE_TONEAREST 0x000
#define FE_DOWNWARD 0x400
#define FE_UPWARD 0x800
#define FE_TOWARDZERO 0xc00

#endif
