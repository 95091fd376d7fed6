/* kern/arch/mips/machine.c: the Malta board around the CPU: clock, power, interrupt controller. (lab 3) */
#include <arch/port.h>
#include <core/core.h>
#include <dev/dev.h>

#define BOARD_RESET 0xBF000500u /* 0x42 here resets; QEMU's -no-reboot turns that into switching off */
#define RESET_NOW 0x42
#define STATUS_UART 0xBF000900u /* the board's own 16550, registers 8 bytes apart: the exit status goes out here */
#define UART_LSR 5
#define UART_LSR_IDLE 0x40

#define PIT_HZ 1193182
#define PIT_CHANNEL0 0x40
#define PIT_COMMAND 0x43
#define PIT_LATCH 0x00
#define PIT_RATE 0x34    /* channel 0, low byte then high, mode 2 */
#define MEASURE_TICKS 256
#define SAMPLE_MAX 8192  /* in Count's ticks: a sample that took longer was disturbed */

const char machine_name[] = "mips";

void clock_interrupt(void);

static uint32_t interval; /* Count's ticks between two clock interrupts; 0: the clock is off */

static uint32_t count(void)
{
	return cp0_read(9, 0);
}

static uint32_t pit_read(void)
{
	outb(PIT_COMMAND, PIT_LATCH);
	uint8_t low = inb(PIT_CHANNEL0);
	return inb(PIT_CHANNEL0) << 8 | low;
}

/* The PIT's counter at the moment when it changed, and Count's value then. */
static uint32_t sample(uint32_t *at)
{
	uint32_t old, now, before;

	do {
		old = pit_read();
		do {
			before = count();
			now = pit_read();
			*at = count();
		} while (now == old);
	} while (*at - before > SAMPLE_MAX);
	return now;
}

/* Count's rate in Hz, which no register tells: measured against the PIT. */
static uint32_t count_rate(void)
{
	uint32_t start, end, from, to;

	outb(PIT_COMMAND, PIT_RATE);
	outb(PIT_CHANNEL0, 0);
	outb(PIT_CHANNEL0, 0);
	from = sample(&start);
	do
		to = sample(&end);
	while (((from - to) & 0xffff) < MEASURE_TICKS); /* it counts down */
	return (uint64_t)(end - start) * PIT_HZ / ((from - to) & 0xffff);
}

void clock_init(unsigned hz)
{
	interval = count_rate() / hz;
	cp0_write(11, 0, count() + interval);
	cp0_barrier();
}

/*
 * Writing Compare takes the request back. When Count has passed the new value before it was written, nothing would come
 * for 2^32 ticks: then the beat is lost, and a new one starts.
 */
void clock_interrupt(void)
{
	uint32_t next = cp0_read(11, 0) + interval;

	cp0_write(11, 0, next);
	cp0_barrier();
	while (interval && (int32_t)(next - count()) <= 0) {
		next = count() + interval;
		cp0_write(11, 0, next);
		cp0_barrier();
	}
	machine_cycles();
	if (interval)
		clock_tick();
}

/* Count's 32 bits run over in less than a minute; whoever asks first after that counts it. The clock asks often. */
uint64_t machine_cycles(void)
{
	static uint32_t high, last;
	uint32_t now = count();

	high += now < last;
	last = now;
	return (uint64_t)high << 32 | now;
}

void machine_init(const struct bootinfo *info)
{
	pic_init();
}

static volatile uint8_t *board(uint32_t address)
{
	return (volatile uint8_t *)address;
}

void machine_poweroff(int status)
{
	interrupts_off();
	uart_drain();
	*board(STATUS_UART) = status;
	while (!(*board(STATUS_UART + 8 * UART_LSR) & UART_LSR_IDLE))
		;
	*board(BOARD_RESET) = RESET_NOW;
	for (;;)
		__asm__ volatile("wait");
}

void machine_screen_putc(int c)
{
}
