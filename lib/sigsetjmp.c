/* lib/sigsetjmp.c: setjmp that keeps the mask of signals, too. (lab 4) */
#include <setjmp.h>
#include <signal.h>

void __sigjmp_keep(sigjmp_buf env, int save)
{
	env->saved = save;
	if (save)
		sigprocmask(SIG_BLOCK, NULL, &env->mask);
}

void siglongjmp(sigjmp_buf env, int value)
{
	if (env->saved)
		sigprocmask(SIG_SETMASK, &env->mask, NULL);
	longjmp(env->registers, value);
}
