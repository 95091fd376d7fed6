/* boot/i386/test_kernel.c: a stand-in for the kernel that says what the loader handed to it; see test_boot.py. (lab 1)
 *
 * Words on its command line: "pattern=N": N bytes from 4 MB on must be the pattern that test_boot.py put there;
 * "dirty": fill the bss and the memory behind it and reset, so that the next start shows who clears the bss.
 */
#include <types.h>
#include "multiboot.h"

#define PATTERN 0x400000
#define BSS_BYTES 0x30000
#define MARK (*(volatile uint32_t *)0x300000) /* outlives a reset */
#define MARK_DIRTY 0xD1127000

__asm__(".section .start, \"ax\"\n"
	".globl start\n"
	"start: jmp 1f\n"
	".balign 4\n"
	".long 0x1BADB002, 3, -(0x1BADB002 + 3)\n"
	"1: mov $stack_top, %esp\n"
	"   push %ebx; push %eax; pushf; call test_main\n"
	".bss\n"
	".skip 4096\n"
	"stack_top:\n"
	".text\n");

/* test_boot.py places this in memory by a segment of its own whose file part ends where these bytes begin. */
static uint8_t *const cleared = (uint8_t *)0x200000;

void test_main(uint32_t flags, uint32_t magic, const struct multiboot_info *info);

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

static void say(const char *s)
{
	for (; *s; s++) {
		while (!(inb(0x3FD) & 0x20))
			;
		outb(0x3F8, *s);
	}
}

static void say_number(uint32_t n)
{
	char text[11], *p = text + 10;
	*p = 0;
	do
		*--p = '0' + n % 10;
	while ((n /= 10));
	say(p);
}

/* The rest of text after word, or NULL. */
static const char *after(const char *text, const char *word)
{
	for (; *text; text++) {
		const char *t = text, *w = word;
		while (*w && *t == *w)
			t++, w++;
		if (!*w)
			return t;
	}
	return NULL;
}

static void check_pattern(const char *digits)
{
	uint32_t bytes = 0, x = 1;
	while (*digits >= '0' && *digits <= '9')
		bytes = bytes * 10 + *digits++ - '0';
	for (uint32_t i = 0; i < bytes; i++) {
		x = x * 1664525 + 1013904223;
		if (((uint8_t *)PATTERN)[i] != x >> 24) {
			say("pattern wrong at byte ");
			say_number(i);
			say("\n");
			return;
		}
	}
	say("pattern right\n");
}

static void check_bss(void)
{
	uint32_t i = 0;
	while (i < BSS_BYTES && !cleared[i])
		i++;
	say(i < BSS_BYTES ? "bss dirty\n" : MARK == MARK_DIRTY ? "bss clean after reset\n" : "bss clean\n");
}

static void dirty_and_reset(void)
{
	for (uint32_t i = 0; i < BSS_BYTES; i++)
		cleared[i] = 0xAA;
	MARK = MARK_DIRTY;
	outb(0x64, 0xFE);
	for (;;)
		__asm__ volatile("hlt");
}

static void say_memory(const struct multiboot_info *info)
{
	uint64_t usable = 0;
	uint32_t at = info->map;
	while (at < info->map + info->map_bytes) {
		const struct multiboot_range *r = (struct multiboot_range *)at;
		if (r->kind == MULTIBOOT_USABLE)
			usable += r->length;
		at += r->bytes + 4;
	}
	say("memory ");
	say_number(info->memory_lower);
	say(" ");
	say_number(info->memory_upper);
	say(" map ");
	say_number(usable >> 10);
	say("\n");
}

static void power_off(void)
{
	while (!(inb(0x3FD) & 0x40)) /* the last byte must be out */
		;
	for (const char *s = "Shutdown"; *s; s++)
		outb(0x8900, *s);
	__asm__ volatile("outw %w0, %w1" : : "a"(0x2000), "d"(0x604));
	for (;;)
		__asm__ volatile("cli; hlt");
}

void test_main(uint32_t flags, uint32_t magic, const struct multiboot_info *info)
{
	uint32_t cr0;
	__asm__("mov %%cr0, %0" : "=r"(cr0));
	const char *line = (const char *)info->command_line, *pattern = after(line, "pattern=");
	if (after(line, "dirty") && MARK != MARK_DIRTY)
		dirty_and_reset();
	say(magic == MULTIBOOT_LOADED ? "test kernel\n" : "test kernel, wrong eax\n");
	say((cr0 >> 31) || (flags & 0x200) ? "paging or interrupts on\n" : "paging and interrupts off\n");
	say("loader '");
	say((const char *)info->loader_name);
	say("'\nline '");
	say(line);
	say("'\n");
	say_memory(info);
	if (pattern)
		check_pattern(pattern);
	check_bss();
	say("end\n");
	power_off();
}
