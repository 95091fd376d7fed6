/* boot/mips/info.c: from what the firmware left (arguments, environment) to struct bootinfo. (lab 1) */
#include <arch/port.h>
#include <core/core.h>
#include <dev/dev.h>
#include <string.h>

/*
 * Malta's memory. The first 256 MB stand at physical 0; then come PCI, the ISA bridge and the boot ROM, so kseg0
 * (physical 0 to 512 MB) shows no further RAM. All of it stands once more at 2 GB, where only the TLB reaches: the rest
 * is reported there.
 */
#define LOW_MAX 0x10000000u
#define ALIAS 0x80000000u

void boot_info(int argc, char **argv, char **env, uint32_t memsize);

extern char kernel_start[], kernel_end[];
struct bootinfo bootinfo;

static void add(uint64_t start, uint64_t end, enum boot_kind kind)
{
	bootinfo.ranges[bootinfo.range_count++] = (struct boot_range){ start, end, kind };
}

/* [helpers of lab 1] Your own functions for this file. */
/* [end of helpers] */

/* YAMON's environment: name, value, name, value, ..., NULL. memsize stops at 256 MB; ememsize does not. */
static uint32_t memory_bytes(char **env, uint32_t memsize)
{
	/*
	 * [lab 1.1, 4 points] How many bytes of RAM there are: the value of the environment's name ememsize, if it is a
	 * number (parse_u32, core.h); else memsize. env may be NULL, and may break off after a name.
	 */
	uint32_t bytes;

	for (; env && env[0] && env[1]; env += 2)
		if (strcmp(env[0], "ememsize") == 0 && parse_u32(env[1], 10, &bytes))
			return bytes;
	return memsize;
	/* [end of lab 1.1] */
}

static void add_word(const char *word)
{
	/*
	 * [lab 1.1, 3 points] Append word to bootinfo.cmdline, with one blank before it unless it is the first. What
	 * does not fit is cut off; the string always ends with a 0 byte inside the array.
	 */
	size_t at = strlen(bootinfo.cmdline);

	if (at > 0 && at < sizeof(bootinfo.cmdline) - 1)
		bootinfo.cmdline[at++] = ' ';
	strlcpy(bootinfo.cmdline + at, word, sizeof(bootinfo.cmdline) - at);
	/* [end of lab 1.1] */
}

/* a0 to a3 as the firmware set them. */
void boot_info(int argc, char **argv, char **env, uint32_t memsize)
{
	uart_init(); /* before anything may have to be said */
	/*
	 * [lab 1.1, 5 points] Fill in bootinfo (inc/bootinfo.h) for the kernel: the command line from argv[1] on, which
	 * ends after argc words or at a NULL; direct_map; and the ranges, by add(): usable RAM below LOW_MAX; the first page,
	 * reserved; the kernel's own memory, in physical addresses; and, if there is more RAM than LOW_MAX, what is left of
	 * it at ALIAS. Sums there need 64 bits.
	 */
	uint32_t bytes = memory_bytes(env, memsize);

	for (int i = 1; i < argc && argv[i]; i++)
		add_word(argv[i]);
	bootinfo.direct_map = KERNEL_BASE;
	add(0, MIN(bytes, LOW_MAX), BOOT_USABLE);
	add(0, PAGE_SIZE, BOOT_RESERVED); /* the firmware's vectors */
	add((uintptr_t)kernel_start - KERNEL_BASE, (uintptr_t)kernel_end - KERNEL_BASE, BOOT_KERNEL);
	if (bytes > LOW_MAX)
		add(ALIAS + (uint64_t)LOW_MAX, ALIAS + (uint64_t)bytes, BOOT_USABLE);
	/* [end of lab 1.1] */
}
