/* kern/proc/upcall.c: entering a program's handler, and going back from it: contexts. (lab 4) */
#include <proc/proc.h>

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
}

void upcall_again(struct thread *t)
{
	tf_call_again(&t->tf, t->call.number, t->call.args);
}

static bool go_back(struct thread *t)
{
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
}

long sys_context_return(uint32_t context, uint32_t b, uint32_t c, uint32_t d)
{
	sched_later(call_begin(SYS_context_return, context, b, c, d), go_back);
	return 0;
}
