/* boot/i386/loader.c: loads the kernel, an ELF file from sector 64 on, and starts it by the multiboot protocol. (lab 1)
 *
 * An ELF file says in its header where its segments stand in the file and where each of them goes in memory. The
 * BIOS reads only to memory below 1 MB, so each piece goes through a buffer there. All is checked before anything is
 * written past 1 MB.
 */
#include <elf.h>
#include "loader.h"

#define HEADERS_BYTES 4096 /* the file's beginning: all headers must lie in it */

static const struct image_head *const head = (struct image_head *)HEAD_ADDRESS;
static char *const bounce = (char *)BOUNCE_ADDRESS;

/* What the kernel gets to see. In the loader's bss, below 1 MB, where no segment may go. */
static struct multiboot_info info;
static struct multiboot_range map[MAP_MAX];
static unsigned map_count;
static char command_line[sizeof(head->command_line)];

static union {
	struct elf_header elf;
	char bytes[HEADERS_BYTES];
} file;

static const struct elf_segment *segment(unsigned i)
{
	return (struct elf_segment *)(file.bytes + file.elf.segment_offset + i * sizeof(struct elf_segment));
}

/* The disk may be shorter than the image was: a copy that broke off, say. */
static void check_disk(void)
{
	uint64_t have = disk_sectors();
	uint32_t need = KERNEL_SECTOR + (head->kernel_bytes + SECTOR - 1) / SECTOR;
	if (have < need)
		fail("the disk is cut short: %u of %u sectors: copy it again", (uint32_t)have, need);
}

static void read_headers(void)
{
	uint32_t bytes = MIN(head->kernel_bytes, HEADERS_BYTES);
	disk_read(KERNEL_SECTOR, (bytes + SECTOR - 1) / SECTOR, bounce);
	memcpy(file.bytes, bounce, bytes);
}

/* [helpers of lab 1] Your own functions for this file. */
/* [end of helpers] */

static void check_headers(void)
{
	const struct elf_header *e = &file.elf;
	/*
	 * [lab 1.1, 3 points] Refuse, with fail() and a sentence that says which field is wrong, what stands in it and
	 * what to do: anything but a little-endian 32-bit i386 executable; segment descriptions of another size than ours; a
	 * list of them that does not lie within the first HEADERS_BYTES. segment_offset is any 32-bit number: mind the sum.
	 */
	if (e->magic != ELF_MAGIC)
		fail("sector %u holds no ELF file: it begins with 0x%x", KERNEL_SECTOR, e->magic);
	if (e->class != ELF_CLASS_32)
		fail("the kernel is not a 32-bit ELF file (class %u): build it with -m32", e->class);
	if (e->machine != ELF_I386 || e->data != ELF_LITTLE_ENDIAN)
		fail("the kernel is for ELF machine %u, not the i386: set ARCH=i386", e->machine);
	if (e->type != ELF_EXECUTABLE)
		fail("the kernel is no executable (ELF type %u): link it without -pie", e->type);
	if (e->segment_size != sizeof(struct elf_segment))
		fail("the kernel's ELF header has segments of %u bytes, not %u", e->segment_size, sizeof(struct elf_segment));
	if (e->segment_offset > HEADERS_BYTES ||
	    e->segment_count > (HEADERS_BYTES - e->segment_offset) / sizeof(struct elf_segment))
		fail("the kernel's segment list is not in the file's first %u bytes", HEADERS_BYTES);
	/* [end of lab 1.1] */
}

/* Is every byte from start up to end usable memory, by the BIOS' map? */
static bool memory_usable(uint64_t start, uint64_t end)
{
	uint64_t reached = start;
	for (unsigned i = 0; i < map_count; i++) {
		uint64_t from = map[i].start, to = from + map[i].length;
		if (map[i].kind != MULTIBOOT_USABLE) {
			if (from < end && to > start)
				return false;
		} else if (from <= reached && to > reached) {
			reached = to;
			i = -1u; /* begin again: the map need not be sorted */
		}
	}
	return reached >= end;
}

/* Usable memory without a hole from start on, in KB, up to 4 GB. */
static uint32_t usable_kb(uint32_t start)
{
	uint32_t kb = 0;
	for (uint32_t bit = 1u << 21; bit; bit /= 2)
		if (memory_usable(start, start + 1024ull * (kb + bit)))
			kb += bit;
	return kb;
}

static void check_segment(unsigned i)
{
	const struct elf_segment *s = segment(i);
	/*
	 * [lab 1.1, 2 points] Refuse a segment that has more bytes in the file than in memory; whose bytes in the file end
	 * past head->kernel_bytes; that would go below KERNEL_LOWEST, past 4 GB, or where there is no usable memory. offset,
	 * file_size, memory_size and paddr are any 32-bit numbers: their sums may wrap around.
	 */
	if (s->file_size > s->memory_size)
		fail("segment %u is larger in the kernel's file than in memory", i);
	if (s->offset > head->kernel_bytes || s->file_size > head->kernel_bytes - s->offset)
		fail("segment %u ends past the kernel file's %u bytes: cut short?", i, head->kernel_bytes);
	if (s->paddr < KERNEL_LOWEST)
		fail("segment %u would go to 0x%x, below 1 MB: the loader is there", i, s->paddr);
	if (s->memory_size > -s->paddr)
		fail("the kernel is too large: segment %u, 0x%x bytes, ends past 4 GB", i, s->memory_size);
	if (!memory_usable(s->paddr, (uint64_t)s->paddr + s->memory_size))
		fail("too little memory: segment %u ends at %u KB, memory at %u KB", i,
		     (s->paddr + s->memory_size - 1) / 1024 + 1, KERNEL_LOWEST / 1024 + usable_kb(KERNEL_LOWEST));
	/* [end of lab 1.1] */
}

static void check_segments(void)
{
	/*
	 * [lab 1.1, 1 point] check_segment() each one that is to be loaded; refuse a file that has none. The others are
	 * notes to somebody else, and may hold anything.
	 */
	unsigned found = 0;
	for (unsigned i = 0; i < file.elf.segment_count; i++)
		if (segment(i)->type == SEGMENT_LOAD) {
			check_segment(i);
			found++;
		}
	if (!found)
		fail("the kernel's ELF header lists no segments to load");
	/* [end of lab 1.1] */
}

static void load_segment(const struct elf_segment *s)
{
	/*
	 * [lab 1.1, 3 points] Fill memory_size bytes of memory from physical address paddr on: file_size bytes from the
	 * file's byte offset on, then zeros. disk_read() reads whole sectors to bounce, BOUNCE_SECTORS at most at a time; the
	 * kernel file begins at sector KERNEL_SECTOR. A segment need not begin or end with a sector, nor have any bytes in
	 * the file. Don't read past the sector with its last byte: the disk may end there.
	 */
	char *to = (char *)s->paddr;
	uint32_t at = s->offset, end = s->offset + s->file_size;
	while (at < end) {
		uint32_t skip = at % SECTOR; /* a segment need not begin with a sector */
		uint32_t count = MIN((end - at + skip + SECTOR - 1) / SECTOR, BOUNCE_SECTORS);
		uint32_t bytes = MIN(count * SECTOR - skip, end - at);
		disk_read(KERNEL_SECTOR + at / SECTOR, count, bounce);
		memcpy(to, bounce + skip, bytes);
		to += bytes;
		at += bytes;
	}
	memset(to, 0, s->memory_size - s->file_size);
	/* [end of lab 1.1] */
}

/* The entry's physical address. The file gives the virtual one, but paging is off until the kernel turns it on. */
static uint32_t entry_address(void)
{
	/*
	 * [lab 1.1, 2 points] elf.entry is a virtual address, somewhere in one of the segments to be loaded. Return the
	 * physical address where that byte goes; fail() if no such segment's part in the file has it.
	 */
	uint32_t entry = file.elf.entry;
	for (unsigned i = 0; i < file.elf.segment_count; i++) {
		const struct elf_segment *in = segment(i);
		if (in->type == SEGMENT_LOAD && entry - in->vaddr < in->file_size)
			return entry - in->vaddr + in->paddr;
	}
	fail("the kernel's entry 0x%x is in none of its segments", entry);
	/* [end of lab 1.1] */
}

static void load_kernel(void)
{
	/*
	 * [lab 1.1, 1 point] load_segment() each one that is to be loaded, and no other.
	 */
	for (unsigned i = 0; i < file.elf.segment_count; i++)
		if (segment(i)->type == SEGMENT_LOAD)
			load_segment(segment(i));
	/* [end of lab 1.1] */
}

static void fill_info(void)
{
	/*
	 * [lab 1.1, 1 point] Fill in info for the kernel (multiboot.h): the two memory sizes in KB (usable_kb; the lower
	 * one is at most 640), the command line from head->command_line, copied to command_line, the map (map, map_count
	 * records), a name for us. flags says which fields hold something. All of it must outlive the loader.
	 */
	memcpy(command_line, head->command_line, sizeof(command_line) - 1);
	info = (struct multiboot_info){
		.flags = MULTIBOOT_MEMORY | MULTIBOOT_CMDLINE | MULTIBOOT_MMAP | MULTIBOOT_LOADER,
		.memory_lower = MIN(usable_kb(0), 640),
		.memory_upper = usable_kb(KERNEL_LOWEST),
		.command_line = (uint32_t)command_line,
		.map_bytes = map_count * sizeof(map[0]),
		.map = (uint32_t)map,
		.loader_name = (uint32_t) "OurOS loader",
	};
	/* [end of lab 1.1] */
}

void loader_main(unsigned drive)
{
	serial_open();
	a20_open();
	map_count = memory_map_read(map);
	disk_open(drive);
	check_disk();
	read_headers();
	check_headers();
	check_segments();
	uint32_t entry = entry_address();
	load_kernel();
	fill_info();
	__asm__ volatile("jmp *%2" : : "a"(MULTIBOOT_LOADED), "b"(&info), "r"(entry) : "memory");
	__builtin_unreachable();
}
