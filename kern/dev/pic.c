/* kern/dev/pic.c: the PC's two 8259 interrupt controllers, the second one on line 2 of the first. (lab 3) */
#include <arch/port.h>
#include <dev/dev.h>

#define MASTER 0x20 /* command port; data port is the next one */
#define SLAVE 0xa0
#define CASCADE 2

#define ICW1_INIT 0x11      /* edge triggered, cascaded, ICW4 follows */
#define ICW4_8086 0x01
#define OCW2_END 0x60       /* end of interrupt, of the line in the low three bits */
#define OCW3_READ_ISR 0x0b  /* the next read tells which lines are being served */
#define OCW3_POLL 0x0c      /* the next read acknowledges, and tells the line */
#define POLL_PENDING 0x80

static uint16_t masked = (uint16_t)~(1 << CASCADE);

static void write_masks(void)
{
	outb(MASTER + 1, masked & 0xff);
	outb(SLAVE + 1, masked >> 8);
}

static void init_one(uint16_t port, uint8_t vector, uint8_t cascade)
{
	outb(port, ICW1_INIT);
	outb(port + 1, vector);
	outb(port + 1, cascade);
	outb(port + 1, ICW4_8086);
}

void pic_init(void)
{
	init_one(MASTER, PIC_VECTOR, 1 << CASCADE);
	init_one(SLAVE, PIC_VECTOR + 8, CASCADE);
	write_masks();
}

void pic_enable(unsigned irq)
{
	masked &= ~(1 << irq);
	write_masks();
}

/* Both ends, the second controller's and the cascade's, or its next interrupt never comes. */
void pic_done(unsigned irq)
{
	if (irq >= 8)
		outb(SLAVE, OCW2_END | (irq - 8));
	outb(MASTER, OCW2_END | (irq >= 8 ? CASCADE : irq));
}

/* A line that falls back before it is acknowledged arrives as the controller's line 7, without being in service. */
bool pic_spurious(unsigned irq)
{
	uint16_t port = irq < 8 ? MASTER : SLAVE;

	if (irq % 8 != 7)
		return false;
	outb(port, OCW3_READ_ISR);
	if (inb(port) & 0x80)
		return false;
	if (port == SLAVE) /* the first controller did see its line 2 */
		outb(MASTER, OCW2_END | CASCADE);
	return true;
}

static int poll(uint16_t port)
{
	outb(port, OCW3_POLL);
	uint8_t answer = inb(port);
	return answer & POLL_PENDING ? answer & 7 : -1;
}

int pic_claim(void)
{
	int irq = poll(MASTER);

	if (irq != CASCADE)
		return irq;
	irq = poll(SLAVE);
	if (irq < 0)
		outb(MASTER, OCW2_END | CASCADE);
	return irq < 0 ? -1 : irq + 8;
}
