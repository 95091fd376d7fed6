/* lib/include/ucontext.h: the third argument of a signal's handler, under its names of Unix. (lab 4)
 * Which registers there are is the machine's: registers_pc and its like (inc/<machine>/registers.h) are the same on all.
 */
#ifndef LIB_UCONTEXT_H
#define LIB_UCONTEXT_H

#include <signal.h>

typedef struct context ucontext_t;
typedef struct registers mcontext_t;
#define uc_mcontext registers
#define uc_sigmask mask

#endif
