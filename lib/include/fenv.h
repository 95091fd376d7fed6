/* lib/include/fenv.h: how floating point rounds, and what it has met. Each thread has its own. (lab 3) */
#ifndef LIB_FENV_H
#define LIB_FENV_H

#include <fenv_machine.h> /* FE_* : the bits as this machine has them */

#define FE_ALL_EXCEPT (FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW | FE_UNDERFLOW | FE_INEXACT)

int fegetround(void);
int fesetround(int mode);            /* 0; other: there is no such mode */
int fetestexcept(int exceptions);    /* those of them that have happened since they were cleared */
int feclearexcept(int exceptions);   /* 0 */
int feraiseexcept(int exceptions);   /* 0, as if they had happened just now: those that are enabled trap */
int feenableexcept(int exceptions);  /* from now on they trap: the process gets SIGFPE. Those that did before, or -1 */
int fedisableexcept(int exceptions); /* the same, and they no longer trap */

#endif
