/* inc/elf.h: the ELF file format, as far as 32-bit programs and kernels need it. (lab 1: boot loader, lab 3: programs) */
#ifndef INC_ELF_H
#define INC_ELF_H

#include <stdint.h>

#define ELF_MAGIC 0x464C457F /* "\177ELF", read as a little-endian word */

enum { ELF_CLASS_32 = 1 };        /* elf_header.class */
enum { ELF_LITTLE_ENDIAN = 1 };   /* elf_header.data */
enum { ELF_EXECUTABLE = 2 };      /* elf_header.type */
enum { ELF_I386 = 3, ELF_MIPS = 8 }; /* elf_header.machine */

/* Stands at offset 0 of the file. */
struct elf_header {
	uint32_t magic;
	uint8_t class, data, ident_version, ident_rest[9];
	uint16_t type, machine;
	uint32_t version;
	uint32_t entry;          /* virtual address to start at */
	uint32_t segment_offset; /* where in the file the array of struct elf_segment begins */
	uint32_t section_offset;
	uint32_t flags;
	uint16_t header_size;
	uint16_t segment_size, segment_count; /* bytes in one array element; elements */
	uint16_t section_size, section_count;
	uint16_t section_names;
};

enum { SEGMENT_LOAD = 1 };                                     /* elf_segment.type: to be loaded; others are notes */
enum { SEGMENT_X = 1, SEGMENT_W = 2, SEGMENT_R = 4 };          /* elf_segment.flags */

/* A part of the file that goes into memory as one piece ("program header" in the ELF specification). */
struct elf_segment {
	uint32_t type;
	uint32_t offset;       /* where in the file it begins */
	uint32_t vaddr, paddr; /* where it goes: virtual, and physical (kernels only) */
	uint32_t file_size;    /* bytes that the file has of it */
	uint32_t memory_size;  /* bytes it takes; those past file_size are zero (bss) */
	uint32_t flags;
	uint32_t align;
};

_Static_assert(sizeof(struct elf_header) == 52 && sizeof(struct elf_segment) == 32, "as the specification has it");

#endif
