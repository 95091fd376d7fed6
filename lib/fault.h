/* lib/fault.h: what fault.c and ufork.c share. (lab 4) */
#ifndef LIB_FAULT_H
#define LIB_FAULT_H

#include <ouros.h>
#include <stdbool.h>

extern struct fault_state {
	bool (*first)(const siginfo_t *fault); /* asked before the program's handler; true: that was it */
	char *stack;                           /* of the handler; size 0: there is none */
	size_t size;
} __fault;

#endif
