/* boot/i386/image.h: where everything stands on the disk image, and where the loader stands in memory. (lab 1)
 *
 *   sector 0       boot.S; bytes 446 to 509 are left to a partition table
 *   sectors 1-62   the loader: start16.S, loader.c, bios.c
 *   sector 63      struct image_head: the kernel's size and command line
 *   sector 64 on   the kernel, an ELF file
 *
 *   0x00500 to 0x07C00   stack, from 0x7C00 downwards
 *   0x07C00              boot.S, where the BIOS puts it
 *   0x08000 to 0x0FE00   sectors 1 to 63: the loader, and the head at 0x0FC00. All that 16-bit code with segment 0
 *                        can reach lies below 0x10000.
 *   0x10000              the loader's bss, with what it hands to the kernel
 *   0x20000 to 0x28000   sectors on their way from the disk to the kernel's place
 *   0x100000 on          the kernel
 */
#ifndef BOOT_I386_IMAGE_H
#define BOOT_I386_IMAGE_H

#define SECTOR 512
#define LOADER_SECTOR 1
#define HEAD_SECTOR 63
#define KERNEL_SECTOR 64
#define BOOT_CODE_MAX 446
#define IMAGE_SECTORS_MIN (16 * 63) /* one cylinder: Bochs finds no disk in less */

#define STACK_TOP 0x7C00
#define LOADER_ADDRESS 0x8000
#define HEAD_ADDRESS (LOADER_ADDRESS + (HEAD_SECTOR - LOADER_SECTOR) * SECTOR)
#define BOUNCE_ADDRESS 0x20000
#define BOUNCE_SECTORS 64 /* a BIOS may refuse more than 127 in one read, or a buffer that crosses a 64 KB line */
#define KERNEL_LOWEST 0x100000

#define HEAD_MAGIC "OurOSimg"
#define HEAD_MAGIC_WORD 0x4F72754F /* its first four bytes: what boot.S looks at */

#ifndef __ASSEMBLER__
#include <stdint.h>

struct image_head {
	char magic[8];
	uint32_t kernel_bytes;
	char command_line[SECTOR - 12]; /* ends with a 0 byte */
};

_Static_assert(sizeof(struct image_head) == SECTOR, "the head is one sector");
#endif
#endif
