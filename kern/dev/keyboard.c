/* kern/dev/keyboard.c: the PC's keyboard, US layout, scan code set 1 as the 8042 delivers it. (lab 1) */
#include <arch/port.h>
#include <core/core.h>
#include <dev/dev.h>

#define DATA 0x60
#define STATUS 0x64 /* read */
#define COMMAND 0x64 /* write */
#define IRQ 1

#define STATUS_OUTPUT 0x01 /* a byte waits for us */
#define STATUS_INPUT 0x02  /* ours has not been taken yet */
#define STATUS_MOUSE 0x20  /* the waiting byte is the mouse's */
#define READ_CONFIG 0x20
#define WRITE_CONFIG 0x60
#define ENABLE_KEYBOARD 0xae
#define CONFIG_INTERRUPT 0x01
#define CONFIG_OFF 0x10
#define CONFIG_TRANSLATE 0x40 /* to set 1 */
#define PATIENCE 100000

#define RELEASED 0x80
#define EXTENDED 0xe0
enum { KEY_CTRL = 0x1d, KEY_SHIFT_LEFT = 0x2a, KEY_SHIFT_RIGHT = 0x36, KEY_CAPS = 0x3a, KEY_KEYPAD = 0x47, KEY_SLASH = 0x35,
	KEY_ENTER = 0x1c };

/* By scan code: rows of the keyboard, and the keypad from 0x47. 0: a key without a character. */
static const char plain[] =
	"\0\0331234567890-=\b" "\tqwertyuiop[]\n" "\0asdfghjkl;'`" "\0\\zxcvbnm,./\0" "*\0 \0"
	"\0\0\0\0\0\0\0\0\0\0" "\0\0" "789-456+1230." "\0\0\\";
static const char shifted[] =
	"\0\033!@#$%^&*()_+\b" "\tQWERTYUIOP{}\n" "\0ASDFGHJKL:\"~" "\0|ZXCVBNM<>?\0" "*\0 \0"
	"\0\0\0\0\0\0\0\0\0\0" "\0\0" "789-456+1230." "\0\0|";
_Static_assert(sizeof(plain) == sizeof(shifted), "the same keys");

static bool present, extended, ctrl, caps;
static unsigned shift; /* bit 0: left, bit 1: right */

static bool wait_status(uint8_t bit, uint8_t value)
{
	for (unsigned i = 0; i < PATIENCE; i++)
		if ((inb(STATUS) & bit) == value)
			return true;
	return false;
}

static void send(uint16_t port, uint8_t byte)
{
	if (wait_status(STATUS_INPUT, 0))
		outb(port, byte);
}

static void drain(void)
{
	for (unsigned i = 0; i < PATIENCE && (inb(STATUS) & STATUS_OUTPUT); i++)
		inb(DATA);
}

void keyboard_init(void)
{
	if (inb(STATUS) == 0xff) /* no controller */
		return;
	drain();
	send(COMMAND, READ_CONFIG);
	if (!wait_status(STATUS_OUTPUT, STATUS_OUTPUT))
		return;
	uint8_t config = inb(DATA);
	send(COMMAND, WRITE_CONFIG);
	send(DATA, (config | CONFIG_INTERRUPT | CONFIG_TRANSLATE) & ~CONFIG_OFF);
	send(COMMAND, ENABLE_KEYBOARD);
	drain();
	present = true;
	irq_register(IRQ, keyboard_interrupt);
}

/* Keys that change what others mean. True: it was one. */
static bool modifier(unsigned key, bool down)
{
	switch (key) {
	case KEY_CTRL: ctrl = down; return true;
	case KEY_SHIFT_LEFT: shift = down ? shift | 1 : shift & ~1u; return true;
	case KEY_SHIFT_RIGHT: shift = down ? shift | 2 : shift & ~2u; return true;
	case KEY_CAPS: caps ^= down; return true;
	default: return false;
	}
}

/* 0: no character. Ctrl takes the column of the ASCII table that holds @ A-Z [ \ ] ^ _ down to 0-31. */
static int character(unsigned key)
{
	if (key >= sizeof(plain))
		return 0;
	int c = shift ? shifted[key] : plain[key];
	bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
	if (ctrl)
		return letter || (c >= '[' && c <= '_') ? c & 0x1f : 0;
	return caps && letter ? c ^ 0x20 : c;
}

/* One scan code; the character that it completes, or 0. */
static int decode(uint8_t code)
{
	bool was_extended = extended;
	unsigned key = code & ~RELEASED;

	extended = code == EXTENDED;
	if (extended)
		return 0;
	/* After E0: the right Ctrl, the keypad's / and Enter; fake shifts and the cursor block are none of ours. */
	if (was_extended && key != KEY_CTRL && key != KEY_SLASH && key != KEY_ENTER)
		return 0;
	if (modifier(key, !(code & RELEASED)) || (code & RELEASED))
		return 0;
	return character(key);
}

int keyboard_getc(void)
{
	while (present) {
		uint8_t status = inb(STATUS);
		if (!(status & STATUS_OUTPUT))
			return -1;
		int c = decode(inb(DATA));
		if (c && !(status & STATUS_MOUSE))
			return c;
	}
	return -1;
}

void keyboard_interrupt(void)
{
	int c;

	while ((c = keyboard_getc()) >= 0)
		console_input(c);
}
