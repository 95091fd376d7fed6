/* kern/dev/irq.c: which driver serves which interrupt line. (lab 3) */
#include <arch/port.h>
#include <core/core.h>
#include <dev/dev.h>

#define LINES 16

static void (*handlers[LINES])(void);

void irq_register(unsigned irq, void (*handler)(void))
{
	ASSERT(irq < LINES && !handlers[irq]);
	handlers[irq] = handler;
	pic_enable(irq);
}

void irq_dispatch(unsigned irq)
{
	ASSERT(irq < LINES && handlers[irq]); /* a line is enabled together with its handler */
	handlers[irq]();
}
