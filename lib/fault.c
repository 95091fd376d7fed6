/* lib/fault.c: a program's handler of its own page faults. (lab 4) */
#include "call.h"
#include "fault.h"

struct fault_state __fault;

/* Where the kernel enters: ufork's pages first, then the program's own handler. */
static void enter(int signal, siginfo_t *fault, struct context *context, fault_fn *handler)
{
	if (!(__fault.first && __fault.first(fault)) && handler)
		handler(fault, context);
	context_return(context);
}

int fault_handler(fault_fn *handler, void *stack, size_t size)
{
	int result;

	if (!handler && __fault.size) { /* there may be ufork's pages still: on the stack that there is */
		stack = __fault.stack;
		size = __fault.size;
	}
	result = CALL4(fault_handler, handler || __fault.first ? enter : 0, stack, size, handler);
	if (result == 0) {
		__fault.stack = stack;
		__fault.size = handler || __fault.first ? size : 0;
	}
	return result;
}
