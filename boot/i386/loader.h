/* boot/i386/loader.h: what the loader asks of the machine: bios.c serves loader.c. (lab 1) */
#ifndef BOOT_I386_LOADER_H
#define BOOT_I386_LOADER_H

#include <types.h>
#include "image.h"
#include "multiboot.h"

#define MAP_MAX 32

/* Each of these ends in fail() when the machine can't do it. */
void serial_open(void);
void a20_open(void);          /* makes address line 20 work, so that odd megabytes are there */
void disk_open(unsigned drive); /* the drive's number as the BIOS gave it to the boot sector */
void disk_read(uint32_t sector, uint32_t count, void *to); /* to: below 1 MB, count * 512 bytes within 64 KB */
uint64_t disk_sectors(void);  /* how many the disk has; UINT64_MAX when the BIOS does not say */

/* The BIOS' memory map. Returns how many ranges map[] holds; their kind is multiboot's, as is the BIOS'. */
unsigned memory_map_read(struct multiboot_range map[MAP_MAX]);

/* One line "OurOS loader: ..." to the screen and to the serial line, then the machine stops. Knows %u, %x and %s. */
void fail(const char *format, ...) __attribute__((noreturn));

/* start16.S */
struct bios_registers {
	uint32_t eax, ebx, ecx, edx, esi, edi;
};
bool bios_call(unsigned vector, struct bios_registers *registers);

void loader_main(unsigned drive) __attribute__((noreturn));

/* The compiler may call these two for its own purposes. */
void *memcpy(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);

#endif
