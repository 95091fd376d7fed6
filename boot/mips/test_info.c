/* boot/mips/test_info.c: host unit test: from the firmware's arguments and environment to struct bootinfo. (lab 1) */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KERN_ARCH_PORT_H
#define KERN_DEV_DEV_H
#include <types.h>
#include <memlayout.h>
#include <bootinfo.h>
__asm__(".globl kernel_start, kernel_end\n.set kernel_start, 0x80100000\n.set kernel_end, 0x80180000");

#define uart_init() ((void)0)
#define strlcpy test_strlcpy
static size_t test_strlcpy(char *to, const char *from, size_t size)
{
	if (size)
		snprintf(to, size, "%s", from);
	return strlen(from);
}
#include "../../kern/core/cmdline.c"
#include "info.c"

static unsigned failures;
static const char *running;
static bool failed;

#define EXPECT(cond)                                                                    \
	do {                                                                            \
		if (!(cond) && !failed) {                                               \
			printf("FAIL %s: %s (%s:%d)\n", running, #cond, __FILE__, __LINE__); \
			failed = true;                                                  \
			failures++;                                                     \
		}                                                                       \
	} while (0)

static void begin(const char *name)
{
	running = name;
	failed = false;
	memset(&bootinfo, 0, sizeof(bootinfo));
}

static void end(void)
{
	if (!failed)
		printf("PASS %s\n", running);
}

/* The i-th range of this kind; an empty one when there is none. */
static struct boot_range range(uint32_t kind, unsigned i)
{
	for (uint32_t n = 0; n < bootinfo.range_count; n++)
		if (bootinfo.ranges[n].kind == kind && i-- == 0)
			return bootinfo.ranges[n];
	return (struct boot_range){ 0, 0, 99 };
}
#define IS(r, a, b) ((r).start == (a) && (r).end == (b))

static void test_memory(const char *name, char **env, uint32_t memsize, uint64_t low_end, uint64_t high_end)
{
	char *argv[] = { "kernel", NULL };

	begin(name);
	boot_info(1, argv, env, memsize);
	EXPECT(IS(range(BOOT_USABLE, 0), 0, low_end));
	EXPECT(IS(range(BOOT_RESERVED, 0), 0, 0x1000)); /* the vectors */
	EXPECT(IS(range(BOOT_KERNEL, 0), 0x100000, 0x180000));
	if (high_end)
		EXPECT(IS(range(BOOT_USABLE, 1), 0x90000000, high_end));
	else
		EXPECT(range(BOOT_USABLE, 1).kind == 99);
	EXPECT(bootinfo.direct_map == KERNEL_BASE && bootinfo.cmdline[0] == 0);
	end();
}

static void test_memories(void)
{
	char *none[] = { NULL };
	char *usual[] = { "memsize", "67108864", "ememsize", "67108864", "modetty0", "38400n8r", NULL };
	char *large[] = { "memsize", "268435456", "ememsize", "1073741824", NULL };
	char *largest[] = { "ememsize", "2147483648", NULL };
	char *hex[] = { "ememsize", "0x02000000", NULL };
	char *broken[] = { "ememsize", "lots", "memsize", "1", NULL };
	char *odd[] = { "memsize", NULL, "ememsize", "1", NULL };
	char *decoy[] = { "ememsize2", "1", "memsize", "ememsize", "ememsize", "33554432", NULL };

	test_memory("mips info no environment", NULL, 32 << 20, 32 << 20, 0);
	test_memory("mips info empty environment", none, 32 << 20, 32 << 20, 0);
	test_memory("mips info 64 MB", usual, 32 << 20, 64 << 20, 0);
	test_memory("mips info 256 MB and no more low", large, 256u << 20, 256u << 20, 0xC0000000);
	test_memory("mips info 2 GB", largest, 256u << 20, 256u << 20, 0x100000000);
	test_memory("mips info exactly 256 MB", none, 256u << 20, 256u << 20, 0);
	test_memory("mips info hexadecimal size", hex, 16 << 20, 32 << 20, 0);
	test_memory("mips info broken size", broken, 16 << 20, 16 << 20, 0);
	test_memory("mips info odd environment", odd, 16 << 20, 16 << 20, 0);
	test_memory("mips info name among values", decoy, 16 << 20, 32 << 20, 0);
}

static void test_command_line(void)
{
	char *argv[] = { "kernel", "panic=off run=\"echo a  b\"", "test=x", NULL, "behind the end" };
	static char word[300];
	char *many[] = { "kernel", word, word, word, NULL };

	begin("mips info command line");
	boot_info(3, argv, NULL, 1 << 24);
	EXPECT(strcmp(bootinfo.cmdline, "panic=off run=\"echo a  b\" test=x") == 0);
	end();
	begin("mips info arguments end early");
	boot_info(5, argv, NULL, 1 << 24);
	EXPECT(strcmp(bootinfo.cmdline, "panic=off run=\"echo a  b\" test=x") == 0);
	end();
	begin("mips info no arguments");
	boot_info(0, argv, NULL, 1 << 24);
	EXPECT(bootinfo.cmdline[0] == 0);
	end();
	begin("mips info long command line");
	memset(word, 'x', sizeof(word) - 1);
	boot_info(4, many, NULL, 1 << 24);
	EXPECT(strlen(bootinfo.cmdline) == BOOT_CMDLINE_MAX - 1 && bootinfo.cmdline[299] == ' ');
	EXPECT(bootinfo.direct_map == KERNEL_BASE);
	end();
}

int main(void)
{
	test_memories();
	test_command_line();
	return failures != 0;
}
