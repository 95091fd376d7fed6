/* user/bad_pager_call.c: a call's buffer is its fault handler's to bring in, and the handler has no stack. (lab 4) */
#include <ouros.h>
#include <unistd.h>

static void bring_in(siginfo_t *fault, struct context *context)
{
	page_map((void *)0x60000000, PAGE_SIZE, PROT_READ | PROT_WRITE);
}

int main(void)
{
	fault_handler(bring_in, (void *)UTEXT, PAGE_SIZE);
	return write(1, (void *)0x60000000, 4);
}
