/* kern/arch/mips/io.h: the PC's I/O ports, which Malta's south bridge shows at physical 0x18000000. (lab 1) */
#ifndef KERN_ARCH_MIPS_IO_H
#define KERN_ARCH_MIPS_IO_H

#define IO_BASE 0xB8000000 /* in kseg1: not cached */

static inline uint8_t inb(uint16_t port)
{
	return *(volatile uint8_t *)(IO_BASE + port);
}

static inline void outb(uint16_t port, uint8_t value)
{
	*(volatile uint8_t *)(IO_BASE + port) = value;
}

#endif
