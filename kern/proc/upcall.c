/* kern/proc/upcall.c: entering a program's handler, and going back from it: contexts. (lab 4) */
#include <proc/proc.h>

/* [helpers of lab 4] Your own functions for this file. */
/* [end of helpers] */

/* What a handler finds at its stack pointer. Its return address is 0: it leaves by context_return. */
struct upcall_frame {
	uint32_t unused[3], return_to;
	uint32_t args[4]; /* at a multiple of 16: both machines' calling conventions want it */
	struct siginfo info;
	struct context context;
};

size_t upcall_size(const struct thread *t)
{
	return sizeof(struct upcall_frame) + fpu_context_size(t) + 15;
}

int upcall(struct thread *t, vaddr_t entry, vaddr_t sp, const struct siginfo *info, uint32_t last, sigset_t mask)
{
	/*
	 * [lab 4.3, 6 points] Below sp, at a multiple of 16, goes a struct upcall_frame, and behind it room for the floating-point
	 * registers, if t has any (proc.h: fpu_context_size, fpu_save_to). The frame says what happened, where t was (port.h: tf_save)
	 * and what it had blocked: mask. t goes on in entry, with the four arguments that proc.h promises: the two pointers are
	 * addresses in the program (tf_enter). Nothing of t or its memory may change before it is sure that all pages of the
	 * frame can be written to; and copyout's error is yours, too: EPARKED, for one, is no failure.
	 * [until then] return info->si_signo == SIGSEGV ? -EFAULT : 0;
	 */
	size_t fpu_size = fpu_context_size(t);
	vaddr_t at = ROUND_DOWN(sp - sizeof(struct upcall_frame) - fpu_size, 16), fpu_at = at + sizeof(struct upcall_frame);
	struct upcall_frame f = {
		.args = { info->si_signo, at + offsetof(struct upcall_frame, info), at + offsetof(struct upcall_frame, context), last },
		.info = *info,
		.context = { .mask = mask, .fpu = fpu_size ? fpu_at : 0 },
	};
	tf_save(&t->tf, &f.context.registers);
	int error = copy_prepare(at, sizeof(f) + fpu_size);
	if (!error && fpu_size)
		error = fpu_save_to(t, fpu_at);
	if (error || (error = copyout(at, &f, sizeof(f))))
		return error;
	tf_enter(&t->tf, entry, at + offsetof(struct upcall_frame, args), f.args);
	return 0;
	/* [end of lab 4.3] */
}

void upcall_again(struct thread *t)
{
	tf_call_again(&t->tf, t->call.number, t->call.args);
}

/* As t->resume. True: t goes on: where its context said, or, if that can't be read, behind the call, with an error. */
static bool go_back(struct thread *t)
{
	/*
	 * [lab 4.3, 3 points] t->call.args[0] is where the context lies: in the program's memory, written by a handler that may be
	 * anything. Take from it the registers, the floating-point ones and the mask (tf_load, fpu_restore_from, signal_set_mask:
	 * they see to it that it can't give the program more than its rights); and tell the pager that a handler has gone back.
	 */
	struct context c;
	int error = copyin(&c, t->call.args[0], sizeof(c));
	if (error || (error = fpu_restore_from(t, c.fpu))) {
		tf_set_result(&t->tf, error);
		return true;
	}
	pager_goes_back(t);
	tf_load(&t->tf, &c.registers);
	signal_set_mask(t, c.mask);
	return true;
	/* [end of lab 4.3] */
}

long sys_context_return(uint32_t context, uint32_t b, uint32_t c, uint32_t d)
{
	sched_later(call_begin(SYS_context_return, context, b, c, d), go_back);
	return 0;
}
