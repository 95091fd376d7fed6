/* user/t_registers.c: tests that registers survive interrupts and calls, and that calls tell nothing. (lab 3) */
#include "test.h"
#include <probe.h>

int main(void)
{
	CHECK_IS(probe_registers_call(), 0);
	CHECK_IS(probe_registers_spin(30 * 1000 * 1000), 0); /* a few clock interrupts */
	pid_t pid = test_start("t_yield", "200", NULL);
	for (int i = 0; i < 200; i++) { /* the same with another process in between */
		yield();
		if (probe_registers_call() != 0 || probe_registers_spin(10) != 0) {
			CHECK_IS(probe_registers_call(), 0);
			break;
		}
	}
	CHECK_IS(waitpid(pid, NULL, 0), pid);
	return test_end("registers");
}
