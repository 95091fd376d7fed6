/* boot/i386/lab.c: the boot loader has come to something that is not written yet: it says so, and stops. (lab 1)
 * To the serial port first, by itself; then to the screen, by the BIOS: bios_call may not be written either.
 */
#include "loader.h"

#define COM1 0x3F8
#define LSR_ROOM 0x20

void lab_todo_text(const char *text) __attribute__((noreturn));

/* LAB_TODO in assembler: esi = the exercise, and behind it, as a second string, the rest of the sentence. */
__asm__(".globl lab_todo_here\n"
	"lab_todo_here:\n"
	"	cli\n"
	"	cld\n"
	"	movl $0x7c00, %esp\n"
	"	pushl %esi\n"
	"	call lab_todo_text\n");

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

/* 115200 baud, 8 bits, no parity: serial_open may not have been called. */
static void open_serial(void)
{
	static const uint8_t set[][2] = { { 1, 0 }, { 3, 0x80 }, { 0, 1 }, { 1, 0 }, { 3, 3 } };

	for (unsigned i = 0; i < ARRAY_LEN(set); i++)
		outb(COM1 + set[i][0], set[i][1]);
}

static void to_serial(char c)
{
	for (unsigned i = 0; i < 100000 && !(inb(COM1 + 5) & LSR_ROOM); i++)
		;
	outb(COM1, c);
}

static void to_screen(char c)
{
	struct bios_registers r = { .eax = 0x0E00 | (uint8_t)c, .ebx = 7 };
	bios_call(0x10, &r);
}

static void say_all(const char *const *parts, void (*put)(char))
{
	put('\r');
	put('\n');
	for (; *parts; parts++)
		for (const char *p = *parts; *p; p++)
			put(*p);
	put('\r');
	put('\n');
}

static void __attribute__((noreturn)) stop(const char *const *parts)
{
	static bool stopped;

	open_serial();
	say_all(parts, to_serial);
	if (!stopped) {
		stopped = true;
		say_all(parts, to_screen);
	}
	for (;;)
		__asm__ volatile("cli; hlt");
}

static void put_number(char *to, unsigned n)
{
	unsigned digits = 1;

	for (unsigned m = n; m >= 10; m /= 10)
		digits++;
	to[digits] = 0;
	while (digits--) {
		to[digits] = '0' + n % 10;
		n /= 10;
	}
}

/* The lab of exercise "1.1" is "1". */
static const char *lab_of(const char *exercise)
{
	static char lab[4];

	for (unsigned i = 0; i < sizeof(lab) - 1 && exercise[i] != '.'; i++)
		lab[i] = exercise[i];
	return lab;
}

void lab_todo(const char *exercise, const char *file, int line)
{
	char number[12];

	put_number(number, line);
	stop((const char *const[]){ "lab ", lab_of(exercise), ", exercise ", exercise, " is not written yet: ", file, ":", number, NULL });
}

void lab_todo_text(const char *text)
{
	const char *rest = text;

	while (*rest++)
		;
	stop((const char *const[]){ "lab ", lab_of(text), ", exercise ", text, rest, NULL });
}
