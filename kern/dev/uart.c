/* kern/dev/uart.c: the 16550 serial port: the console that a terminal, a test or a grader sees. (lab 1) */
#include <arch/port.h>
#include <core/core.h>
#include <dev/dev.h>

#define COM1 0x3f8
#define IRQ 4

enum { DATA, IER, FCR, LCR, MCR, LSR, SCRATCH = 7 }; /* registers */
enum { DIVISOR_LOW, DIVISOR_HIGH };                  /* while LCR_DIVISOR is set */
#define IER_RECEIVED 0x01
#define FCR_CLEAR 0x07     /* FIFOs on and empty, an interrupt for each byte */
#define LCR_8N1 0x03
#define LCR_DIVISOR 0x80
#define MCR_ON 0x0b        /* DTR, RTS, and OUT2, which lets interrupts through */
#define LSR_RECEIVED 0x01
#define LSR_ROOM 0x20
#define LSR_IDLE 0x40
#define DIVISOR_115200 1
#define PATIENCE 1000000   /* looks at a port that has stopped: far more than one byte takes */

static bool absent; /* until uart_init has looked, take it to be there: a panic may come first */

/* A port without a chip behind it reads 0xff and forgets what is written. */
static bool there(void)
{
	outb(COM1 + SCRATCH, 0x5a);
	return inb(COM1 + SCRATCH) == 0x5a && inb(COM1 + LSR) != 0xff;
}

void uart_init(void)
{
	absent = !there();
	if (absent)
		return;
	outb(COM1 + IER, 0);
	outb(COM1 + LCR, LCR_DIVISOR);
	outb(COM1 + DIVISOR_LOW, DIVISOR_115200);
	outb(COM1 + DIVISOR_HIGH, 0);
	outb(COM1 + LCR, LCR_8N1);
	/* Switching the FIFOs on empties them. Where somebody has typed already, more may come at any moment: they stay off. */
	if (!(inb(COM1 + LSR) & LSR_RECEIVED))
		outb(COM1 + FCR, FCR_CLEAR);
	uart_interrupt();
	outb(COM1 + MCR, MCR_ON);
	outb(COM1 + IER, IER_RECEIVED);
	irq_register(IRQ, uart_interrupt);
}

/* A port that has stopped costs its patience once, not for each byte. */
static bool wait_for(uint8_t status)
{
	for (unsigned i = 0; !absent && i < PATIENCE; i++)
		if (inb(COM1 + LSR) & status)
			return true;
	absent = true;
	return false;
}

void uart_putc(int c)
{
	if (wait_for(LSR_ROOM))
		outb(COM1 + DATA, c);
}

int uart_getc(void)
{
	if (absent || !(inb(COM1 + LSR) & LSR_RECEIVED))
		return -1;
	return inb(COM1 + DATA);
}

void uart_interrupt(void)
{
	int c;

	while ((c = uart_getc()) >= 0)
		console_input(c);
}

void uart_drain(void)
{
	wait_for(LSR_IDLE);
}
