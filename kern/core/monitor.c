/* kern/core/monitor.c: looking at the stopped machine and changing it. (lab 1) */
#include <arch/port.h>
#include <core/core.h>

void monitor(struct trapframe *tf, const char *why)
{
	printf("monitor: %s\n", why);
	machine_poweroff(255);
}
