/* boot/i386/info.c: from the boot loader's description of the machine to the kernel's own, struct bootinfo. (lab 1) */
#include <arch/port.h>
#include <core/core.h>
#include <dev/dev.h>
#include <string.h>
#include "multiboot.h"

#define MEMORY_MIN (2u << 20) /* beside the kernel itself: below it, no program would start */

extern const char kernel_start[], kernel_end[];
struct bootinfo bootinfo = { .direct_map = KERNEL_BASE };
void boot_info(uint32_t magic, uint32_t info);

static const void *phys(uint32_t pa)
{
	return (const void *)(pa + KERNEL_BASE);
}

static void __attribute__((noreturn)) give_up(const char *why)
{
	printf("OurOS can't start: %s\n", why);
	machine_poweroff(255);
}

/* A run that goes on where one of its kind ends makes that one longer: firmware's maps come in small pieces. */
static void add_range(uint64_t start, uint64_t end, enum boot_kind kind)
{
	if (start >= end)
		return;
	for (unsigned i = 0; i < bootinfo.range_count; i++)
		if (bootinfo.ranges[i].kind == kind && bootinfo.ranges[i].end == start) {
			bootinfo.ranges[i].end = end;
			return;
		}
	if (bootinfo.range_count == BOOT_RANGES_MAX)
		give_up("the firmware's memory map has too many pieces");
	bootinfo.ranges[bootinfo.range_count++] = (struct boot_range){ start, end, kind };
}

static void add_memory_map(const struct multiboot_info *info)
{
	uint32_t at = info->map, end = info->map + info->map_bytes;

	while (at + sizeof(struct multiboot_range) <= end) {
		const struct multiboot_range *r = phys(at);
		if (r->bytes < sizeof(*r) - sizeof(r->bytes) || r->bytes > end - at)
			give_up("the boot loader's memory map has a record of impossible size");
		add_range(r->start, r->start + r->length, r->kind == MULTIBOOT_USABLE ? BOOT_USABLE : BOOT_RESERVED);
		at += r->bytes + sizeof(r->bytes);
	}
}

/* Old firmware tells two sizes only: conventional memory, and what follows the first MB. */
static void add_memory_sizes(const struct multiboot_info *info)
{
	add_range(0, info->memory_lower * 1024ull, BOOT_USABLE);
	add_range(0x100000, 0x100000 + info->memory_upper * 1024ull, BOOT_USABLE);
}

/* What the loader left in memory, for whoever wants to look at it later. */
static void add_boot_data(const struct multiboot_info *info)
{
	uint32_t at = (uint32_t)info - KERNEL_BASE;

	add_range(at, at + sizeof(*info), BOOT_DATA);
	if (info->flags & MULTIBOOT_MMAP)
		add_range(info->map, info->map + info->map_bytes, BOOT_DATA);
}

static void check_memory(void)
{
	uint64_t enough = (uint32_t)kernel_end - KERNEL_BASE + MEMORY_MIN;

	for (unsigned i = 0; i < bootinfo.range_count; i++)
		if (bootinfo.ranges[i].kind == BOOT_USABLE && bootinfo.ranges[i].end >= enough)
			return;
	printf("OurOS can't start: it needs %u MB of memory or more (QEMU: -m)\n", (unsigned)(enough >> 20) + 1);
	machine_poweroff(255);
}

/* From entry.S, on the kernel's stack. All of low memory shows at KERNEL_BASE. */
void boot_info(uint32_t magic, uint32_t info_address)
{
	const struct multiboot_info *info = phys(info_address);

	uart_init();
	if (magic != MULTIBOOT_LOADED)
		give_up("the boot loader does not speak Multiboot; use make qemu, or GRUB's command multiboot");
	if (info->flags & MULTIBOOT_MMAP)
		add_memory_map(info);
	else if (info->flags & MULTIBOOT_MEMORY)
		add_memory_sizes(info);
	else
		give_up("the boot loader told nothing about memory");
	add_range((uint32_t)kernel_start - KERNEL_BASE, (uint32_t)kernel_end - KERNEL_BASE, BOOT_KERNEL);
	add_boot_data(info);
	if (info->flags & MULTIBOOT_CMDLINE)
		strlcpy(bootinfo.cmdline, phys(info->command_line), sizeof(bootinfo.cmdline));
	check_memory();
}
