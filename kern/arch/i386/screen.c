/* kern/arch/i386/screen.c: the PC's text screen: 80 columns, 25 rows, a cursor. (lab 1) */
#include <arch/port.h>
#include <dev/dev.h>
#include <string.h>

#define COLUMNS 80
#define ROWS 25
#define CELLS (COLUMNS * ROWS)
#define TAB 8
#define BLANK (0x0700 | ' ') /* light grey on black in the high byte */
#define CRTC 0x3d4           /* register number; its value goes to the next port */
#define CRTC_CURSOR_HIGH 14
#define CRTC_CURSOR_LOW 15

static volatile uint16_t *const cells = (uint16_t *)(KERNEL_BASE + 0xb8000);
static unsigned at; /* the cursor's cell */
static bool ready;

static void crtc_write(uint8_t reg, uint8_t value)
{
	outb(CRTC, reg);
	outb(CRTC + 1, value);
}

static void show_cursor(void)
{
	crtc_write(CRTC_CURSOR_HIGH, at >> 8);
	crtc_write(CRTC_CURSOR_LOW, at & 0xff);
}

static void fill(unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		cells[i] = BLANK;
}

static void init(void)
{
	fill(0, CELLS);
	at = 0;
	show_cursor();
	ready = true;
}

static void scroll(void)
{
	memmove((void *)cells, (void *)(cells + COLUMNS), (CELLS - COLUMNS) * sizeof(*cells));
	fill(CELLS - COLUMNS, CELLS);
	at -= COLUMNS;
}

static void advance(int c)
{
	switch (c) {
	case '\n': at += COLUMNS - at % COLUMNS; break;
	case '\r': at -= at % COLUMNS; break;
	case '\b': at -= at > 0; break;
	case '\t': at = ROUND_UP(at + 1, TAB); break; /* a row is a multiple of it */
	default:
		if ((c & 0xff) >= ' ')
			cells[at++] = (BLANK & 0xff00) | (c & 0xff);
	}
}

void machine_screen_putc(int c)
{
	if (!ready)
		init();
	advance(c);
	if (at >= CELLS)
		scroll();
	show_cursor();
}
