/* boot/i386/bios.c: what the loader needs of the machine before there is a driver for anything. (lab 1)
 * Disk and memory map: the BIOS' "Enhanced Disk Drive" calls (int 13h, ah=41h..48h) and int 15h, eax=E820h.
 */
#include "loader.h"

#define COM1 0x3F8

static unsigned disk;

static void outb(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static uint8_t inb(uint16_t port)
{
	uint8_t value;
	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

void *memcpy(void *to, const void *from, size_t n)
{
	void *d = to;
	size_t words = n / 4;
	__asm__ volatile("rep movsl; mov %3, %2; rep movsb"
			 : "+&D"(d), "+&S"(from), "+&c"(words)
			 : "r"(n % 4)
			 : "memory");
	return to;
}

void *memset(void *to, int byte, size_t n)
{
	void *d = to;
	__asm__ volatile("rep stosb" : "+D"(d), "+c"(n) : "a"(byte) : "memory");
	return to;
}

/* 115200 baud, 8 bits, no parity, no interrupts (16550 data sheet, registers 0 to 3). */
void serial_open(void)
{
	outb(COM1 + 1, 0);
	outb(COM1 + 3, 0x80);
	outb(COM1 + 0, 1);
	outb(COM1 + 1, 0);
	outb(COM1 + 3, 0x03);
}

static void putc(char c)
{
	struct bios_registers r = { .eax = 0x0E00 | (uint8_t)c, .ebx = 7 };
	bios_call(0x10, &r);
	/* A machine without a serial port reads 0xFF and a broken one might never be ready: wait, but not for ever. */
	for (unsigned i = 0; i < 100000 && !(inb(COM1 + 5) & 0x20); i++)
		;
	outb(COM1, c);
}

static void puts(const char *s)
{
	while (*s)
		putc(*s++);
}

static void put_number(uint32_t n, unsigned base)
{
	char text[11], *p = text + sizeof(text) - 1;
	*p = 0;
	do
		*--p = "0123456789abcdef"[n % base];
	while ((n /= base));
	puts(p);
}

static void put_formatted(const char *f, va_list args)
{
	for (; *f; f++) {
		if (*f != '%')
			putc(*f);
		else if (*++f == 's')
			puts(va_arg(args, const char *));
		else
			put_number(va_arg(args, uint32_t), *f == 'x' ? 16 : 10);
	}
}

void fail(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	puts("OurOS loader: ");
	put_formatted(format, args);
	puts("\r\n");
	for (;;)
		__asm__ volatile("cli; hlt");
}

/* The 8086 had 20 address lines; PCs keep the 21st at 0 until told otherwise, and 0x100000 then shows address 0. */
__attribute__((noinline)) static bool a20_works(void)
{
	extern volatile uint32_t a20_low, a20_high; /* loader.ld: 0x500 and 0x100500 */
	uint32_t old = a20_low;
	a20_high = ~old;
	bool works = a20_low == old;
	a20_low = old;
	return works;
}

static void a20_by_bios(void)
{
	struct bios_registers r = { .eax = 0x2401 };
	bios_call(0x15, &r);
}

static void a20_by_system_port(void)
{
	outb(0x92, (inb(0x92) | 2) & ~1); /* bit 1: line 20; bit 0 would reset the machine */
}

static void keyboard_send(uint16_t port, uint8_t value)
{
	for (unsigned i = 0; i < 100000 && inb(0x64) & 2; i++)
		;
	outb(port, value);
}

static void a20_by_keyboard(void)
{
	keyboard_send(0x64, 0xD1); /* "write your output port": */
	keyboard_send(0x60, 0xDF); /* line 20 on, everything else as usual */
	keyboard_send(0x64, 0xFF); /* nothing; done when it is taken */
}

void a20_open(void)
{
	static void (*const ways[])(void) = { a20_by_bios, a20_by_system_port, a20_by_keyboard };
	for (unsigned i = 0; i < ARRAY_LEN(ways) && !a20_works(); i++)
		ways[i]();
	/* The keyboard controller takes its time. */
	for (unsigned i = 0; i < 1000000 && !a20_works(); i++)
		;
	if (!a20_works())
		fail("address line A20 is stuck: memory past 1 MB is out of reach");
}

void disk_open(unsigned drive)
{
	disk = drive;
}

uint64_t disk_sectors(void)
{
	struct {
		uint16_t bytes, flags;
		uint32_t cylinders, heads, track;
		uint64_t sectors;
		uint16_t sector_bytes;
	} __attribute__((packed)) answer = { .bytes = 26 };
	struct bios_registers r = { .eax = 0x4800, .edx = disk, .esi = (uint32_t)&answer };
	return bios_call(0x13, &r) || answer.sectors == 0 ? UINT64_MAX : answer.sectors;
}

void disk_read(uint32_t sector, uint32_t count, void *to)
{
	uint32_t status = 0;
	for (unsigned tries = 0; tries < 3; tries++) {
		struct { /* anew for each try: a BIOS changes count when a read fails */
			uint8_t bytes, zero;
			uint16_t count, offset, segment;
			uint64_t sector;
		} packet = { sizeof(packet), 0, count, (uint32_t)to % 16, (uint32_t)to / 16, sector };
		struct bios_registers r = { .eax = 0x4200, .edx = disk, .esi = (uint32_t)&packet };
		if (!bios_call(0x13, &r))
			return;
		status = r.eax >> 8 & 0xFF;
		struct bios_registers reset = { .eax = 0, .edx = disk };
		bios_call(0x13, &reset);
	}
	fail("disk error 0x%x reading sectors %u to %u", status, sector, sector + count - 1);
}

unsigned memory_map_read(struct multiboot_range map[MAP_MAX])
{
	unsigned count = 0;
	struct bios_registers r = { 0 };
	do {
		struct {
			uint64_t start, length;
			uint32_t kind, flags;
		} range = { .flags = 1 };
		r.eax = 0xE820;
		r.edx = 0x534D4150; /* "SMAP" */
		r.ecx = sizeof(range);
		r.edi = (uint32_t)&range;
		if (bios_call(0x15, &r) || r.eax != 0x534D4150)
			break; /* some BIOSes end the list with an error */
		if (range.length && !(r.ecx >= 24 && !(range.flags & 1))) /* ACPI 3: flag 0 clear means "ignore me" */
			map[count++] = (struct multiboot_range){ 20, range.start, range.length, range.kind };
	} while (r.ebx && count < MAP_MAX);
	if (count == 0)
		fail("no memory map from the BIOS (E820): this machine is too old");
	return count;
}
