/* kern/arch/i386/machine.c: the PC around the CPU: clock, power, interrupt controller. (lab 3) */
#include <arch/port.h>
#include <core/core.h>
#include <dev/dev.h>

#define PIT_HZ 1193182
#define PIT_CHANNEL0 0x40
#define PIT_COMMAND 0x43
#define PIT_RATE 0x34     /* channel 0, low byte then high, mode 2: one pulse each period */
#define PORT_STATUS 0xe9  /* the emulator's debug console */
#define PORT_QEMU_PM1 0x604
#define PORT_BOCHS_OFF 0x8900

const char machine_name[] = "i386";

void machine_init(const struct bootinfo *info)
{
	pic_init();
	keyboard_init();
}

/* => hz is 19 or more: the counter has 16 bits. */
void clock_init(unsigned hz)
{
	unsigned period = (PIT_HZ + hz / 2) / hz;

	ASSERT(period >= 2 && period <= 65535);
	outb(PIT_COMMAND, PIT_RATE);
	outb(PIT_CHANNEL0, period & 0xff);
	outb(PIT_CHANNEL0, period >> 8);
	pic_enable(0);
}

void machine_poweroff(int status)
{
	interrupts_off();
	uart_drain();
	outb(PORT_STATUS, status);
	outw(PORT_QEMU_PM1, 0x2000);
	for (const char *s = "Shutdown"; *s; s++)
		outb(PORT_BOCHS_OFF, *s);
	for (unsigned i = 0; i < 1000000; i++) /* an emulator may take a moment to act on it */
		inb(PORT_STATUS);
	printf("It is now safe to turn off the computer.\n");
	for (;;)
		asm volatile("cli; hlt");
}

uint64_t machine_cycles(void)
{
	uint64_t now;

	asm volatile("rdtsc" : "=A"(now));
	return now;
}
