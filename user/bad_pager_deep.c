/* user/bad_pager_deep.c: its fault handler faults, again and again, until its stack is used up. (lab 4) */
#include <ouros.h>

static char stack[2 * PAGE_SIZE];

static void fault_too(siginfo_t *fault, struct context *context)
{
	*(volatile int *)fault->si_addr = 1;
}

int main(void)
{
	fault_handler(fault_too, stack, sizeof(stack));
	return *(volatile int *)0x60000000;
}
