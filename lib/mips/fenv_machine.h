/* lib/mips/fenv_machine.h: the bits of FCSR: flags, rounding mode. (lab 3) */
#ifndef LIB_FENV_MACHINE_H
#define LIB_FENV_MACHINE_H

#define FE_INEXACT 0x04
#define FE_UNDERFLOW 0x08
#define FE_OVERFLOW 0x10
#define FE_DIVBYZERO 0x20
#define FE_INVALID 0x40

#define FE_TONEAREST 0
#define FE_TOWARDZERO 1
#define FE_UPWARD 2
#define FE_DOWNWARD 3

#endif
