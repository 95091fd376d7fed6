/* boot/i386/multiboot.h: the Multiboot specification 0.6.96, as far as we use it. (lab 1)
 * The kernel is entered by this one protocol from our own loader, from GRUB, and from qemu -kernel: eax holds
 * MULTIBOOT_LOADED, ebx the physical address of a struct multiboot_info; protected mode, flat segments, paging and
 * interrupts off.
 */
#ifndef BOOT_I386_MULTIBOOT_H
#define BOOT_I386_MULTIBOOT_H

#define MULTIBOOT_HEADER 0x1BADB002 /* begins the kernel's header, in the file's first 8 KB: magic, flags, -(sum) */
#define MULTIBOOT_LOADED 0x2BADB002 /* in eax at entry */

#define MULTIBOOT_PAGE_ALIGN 1 /* header flags: modules on page boundaries */
#define MULTIBOOT_NEED_MEMORY 2 /* header flags: a memory map, please */

#define MULTIBOOT_MEMORY 0x001  /* info flags: which fields hold something */
#define MULTIBOOT_CMDLINE 0x004
#define MULTIBOOT_MMAP 0x040
#define MULTIBOOT_LOADER 0x200

#ifndef __ASSEMBLER__
#include <stdint.h>

struct multiboot_info {
	uint32_t flags;
	uint32_t memory_lower, memory_upper; /* KB from 0, KB from 1 MB to the first hole */
	uint32_t boot_device;
	uint32_t command_line; /* this and the other addresses are physical */
	uint32_t modules_count, modules;
	uint32_t symbols[4];
	uint32_t map_bytes, map; /* records of different sizes, see below */
	uint32_t drives_bytes, drives;
	uint32_t config_table;
	uint32_t loader_name;
};

/* One record of the memory map; the next one stands at (address of start) + bytes. */
struct multiboot_range {
	uint32_t bytes; /* of what follows: 20 or more */
	uint64_t start, length;
	uint32_t kind;
} __attribute__((packed));

enum { MULTIBOOT_USABLE = 1 }; /* multiboot_range.kind; all else is not to be touched */

#endif
#endif
