/* user/bad_pager_vain.c: its fault handler comes back and has mended nothing. (lab 4) */
#include <ouros.h>

static char stack[PAGE_SIZE];

static void do_nothing(siginfo_t *fault, struct context *context)
{
}

int main(void)
{
	fault_handler(do_nothing, stack, sizeof(stack));
	return *(volatile int *)0x60000000;
}
