/* inc/bootinfo.h: what the machine's start-up code tells the kernel: the same structure on both machines. (lab 1) */
#ifndef INC_BOOTINFO_H
#define INC_BOOTINFO_H

#include <stdint.h>

enum boot_kind { BOOT_USABLE, BOOT_RESERVED, BOOT_KERNEL, BOOT_DATA };
#define BOOT_KIND_NAMES { "usable", "reserved", "kernel", "boot" }

/* A run of physical memory. 64-bit, for firmware may report memory past 4 GB; the kernel clips it. */
struct boot_range {
	uint64_t start, end; /* bytes; end is exclusive */
	uint32_t kind;       /* enum boot_kind */
};

#define BOOT_RANGES_MAX 32
#define BOOT_CMDLINE_MAX 512

struct bootinfo {
	uint32_t range_count;
	struct boot_range ranges[BOOT_RANGES_MAX]; /* any order, may overlap: reserved wins over usable */
	char cmdline[BOOT_CMDLINE_MAX];            /* words, separated by blanks */
	uint32_t direct_map;                       /* virtual address of physical 0: KERNEL_BASE */
};

extern struct bootinfo bootinfo;

#endif
