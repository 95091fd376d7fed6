/* user/bad_pager_stack.c: its fault handler is to run on a stack that is not there. (lab 4) */
#include <ouros.h>

static void bring_in(siginfo_t *fault, struct context *context)
{
	page_map((void *)0x60000000, PAGE_SIZE, PROT_READ | PROT_WRITE);
}

int main(void)
{
	fault_handler(bring_in, (void *)0x61000000, PAGE_SIZE);
	return *(volatile int *)0x60000000;
}
