/* kern/dev/dev.h: drivers. Logic is shared; inb/outb come from the machine. (lab 1) */
#ifndef KERN_DEV_DEV_H
#define KERN_DEV_DEV_H
#include <types.h>

void uart_init(void);      /* 16550 at 0x3f8, 115200 8n1, receive interrupt on line 4; absent: every call does nothing */
void uart_putc(int c);
int uart_getc(void);       /* -1: nothing there */
void uart_interrupt(void); /* hands each character to console_input */
void uart_drain(void);     /* wait until the last byte has left, if it ever does */

void keyboard_init(void);  /* i386: PS/2 set 1, line 1 */
void keyboard_interrupt(void);
int keyboard_getc(void);   /* -1: nothing there */

#define PIC_VECTOR 0x20    /* lines 0-15 arrive at this vector and the 15 that follow (i386) */
void pic_init(void);       /* the pair of 8259s; lines that were enabled before stay so, all others are masked */
void pic_enable(unsigned irq);
bool pic_spurious(unsigned irq); /* true: nobody asked, and no pic_done is due; where the CPU gives a vector (i386) */
int pic_claim(void);       /* the line to serve, -1 for a spurious one; where the CPU gives no vector (Malta) */
void pic_done(unsigned irq);

/* kern/dev/irq.c: a driver asks for its line, and is called with interrupts off. */
void irq_register(unsigned irq, void (*handler)(void));
void irq_dispatch(unsigned irq);
uint32_t rtc_read(void);   /* seconds since 1970, UTC as we take it; 0: there is no sensible date */
void clock_tick(void);     /* kern/proc/sched.c: called by the machine's clock interrupt */
#endif
