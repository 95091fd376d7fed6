/* kern/proc/elf.c: everything that must be true of an ELF file before a byte of it is loaded. (lab 3) */
#include <proc/proc.h>
#include <elf.h>

#define SEGMENTS_MAX 16
#define STACK_BOTTOM (UTOP - USTACK_PAGES * PAGE_SIZE)

enum { SEGMENT_DYNAMIC = 2, SEGMENT_INTERPRETER = 3 };

struct check {
	bool wrong;
	const char *why;
};

/* The first that is wrong says why; NULL: none. The last one has no sentence. */
static const char *first_wrong(const struct check *c)
{
	while (c->why && !c->wrong)
		c++;
	return c->why;
}
#define FIRST_WRONG(...) first_wrong((const struct check[]){ __VA_ARGS__, { false, NULL } })

static const char *check_header(const struct elf_header *h, uint16_t machine)
{
	return FIRST_WRONG({ h->magic != ELF_MAGIC, "not an ELF file (its first four bytes are not \\177ELF)" },
			   { h->class != ELF_CLASS_32, "not a 32-bit ELF file" },
			   { h->data != ELF_LITTLE_ENDIAN, "not a little-endian ELF file" },
			   { h->ident_version != 1, "unknown ELF version in its first 16 bytes" },
			   { h->version != 1, "unknown ELF version in its header" },
			   { h->type != ELF_EXECUTABLE, "not an executable (an object file, a shared library or a core dump)" },
			   { h->machine != machine, "a program for another machine" },
			   { h->header_size != sizeof(struct elf_header), "its header has an unknown size" });
}

/* [helpers of lab 3] Your own functions for this file. */
/* [end of helpers] */

static const char *check_segment_table(const struct elf_header *h, uint32_t size)
{
	/*
	 * [lab 3.2, 3 points] The segment table lies at segment_offset of a file of that size. Wrong: no segments,
	 * more than SEGMENTS_MAX; entries of another size than struct elf_segment; a table that is not at a
	 * multiple of 4, lies in the header, or is not all in the file. All numbers are the file's: none may be
	 * added to another before it is known that the sum does not wrap.
	 */
	uint32_t table = h->segment_count * sizeof(struct elf_segment);
	return FIRST_WRONG({ h->segment_count == 0, "it has no segments" },
			   { h->segment_count > SEGMENTS_MAX, "it has more than 16 segments" },
			   { h->segment_size != sizeof(struct elf_segment), "its segment headers have an unknown size" },
			   { h->segment_offset % 4, "its segment table is misaligned" },
			   { h->segment_offset < sizeof(struct elf_header), "its segment table overlaps its header" },
			   { h->segment_offset > size || table > size - h->segment_offset,
			     "its segment table is past the end of the file" });
	/* [end of lab 3.2] */
}

static const char *check_segment(const struct elf_segment *s, uint32_t size)
{
	/*
	 * [lab 3.2, 4 points] A segment that is to be loaded, of a file of that size; its file_size is not above
	 * its memory_size (elf_check has seen to that). Wrong: bytes that are not in the file; an alignment that
	 * is no power of two (0 is fine); address and offset that differ within a page; no permission at all; page
	 * 0; memory that wraps around, reaches ULIM, UTOP, or the stack's pages, from STACK_BOTTOM on.
	 */
	vaddr_t end = s->vaddr + s->memory_size;
	return FIRST_WRONG({ s->offset > size, "a segment begins past the end of the file" },
			   { s->file_size > size - s->offset, "a segment ends past the end of the file" },
			   { s->align & (s->align - 1), "a segment's alignment is no power of two" },
			   { s->vaddr % PAGE_SIZE != s->offset % PAGE_SIZE,
			     "a segment's address and file offset differ within the page" },
			   { !(s->flags & (SEGMENT_R | SEGMENT_W | SEGMENT_X)),
			     "a segment that may not be read, written or executed" },
			   { s->vaddr < PAGE_SIZE, "a segment in page 0, which is never mapped" },
			   { end < s->vaddr, "a segment wraps around the end of the address space" },
			   { s->vaddr >= ULIM, "a segment in the kernel's half" },
			   { end > UTOP, "a segment reaches into the page-table window or the kernel's half" },
			   { end > STACK_BOTTOM, "a segment overlaps the stack" });
	/* [end of lab 3.2] */
}

static bool share_a_page(const struct elf_segment *a, const struct elf_segment *b)
{
	/*
	 * [lab 3.2, 2 points] Do they? Both are to be loaded, and neither wraps. Segments that only touch each
	 * other's page borders don't.
	 */
	return ROUND_DOWN(a->vaddr, PAGE_SIZE) < ROUND_UP(b->vaddr + b->memory_size, PAGE_SIZE) &&
	       ROUND_DOWN(b->vaddr, PAGE_SIZE) < ROUND_UP(a->vaddr + a->memory_size, PAGE_SIZE);
	/* [end of lab 3.2] */
}

static bool loads(const struct elf_segment *s)
{
	return s->type == SEGMENT_LOAD && s->memory_size > 0;
}

static const char *check_overlaps(const struct elf_segment *s, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		for (unsigned j = 0; j < i; j++)
			if (loads(&s[i]) && loads(&s[j]) && share_a_page(&s[i], &s[j]))
				return "two segments share a page";
	return NULL;
}

static const char *check_entry(const struct elf_header *h, const struct elf_segment *s)
{
	/*
	 * [lab 3.2, 2 points] The first instruction must be bytes of the file in a segment that is loaded and may
	 * be executed; on MIPS at a multiple of 4. And there must be something to load.
	 */
	bool any = false;
	if (h->machine == ELF_MIPS && h->entry % 4)
		return "its entry point is not aligned to an instruction";
	for (const struct elf_segment *end = s + h->segment_count; s < end; s++) {
		if (!loads(s))
			continue;
		any = true;
		if ((s->flags & SEGMENT_X) && h->entry >= s->vaddr && h->entry - s->vaddr < s->file_size)
			return NULL;
	}
	return any ? "its entry point is in no executable segment" : "it has nothing to load";
	/* [end of lab 3.2] */
}

const char *elf_check(const uint8_t *image, uint32_t size, uint16_t machine)
{
	const struct elf_header *h = (const struct elf_header *)image;
	const char *wrong;

	if (size == 0)
		return "an empty file";
	if (size < sizeof(*h))
		return "too short for an ELF header";
	if ((wrong = check_header(h, machine)) || (wrong = check_segment_table(h, size)))
		return wrong;
	const struct elf_segment *s = (const struct elf_segment *)(image + h->segment_offset);
	for (unsigned i = 0; i < h->segment_count; i++) {
		if (s[i].type == SEGMENT_INTERPRETER)
			return "a dynamically linked program: it needs an interpreter";
		if (s[i].type == SEGMENT_DYNAMIC)
			return "a dynamically linked program: link it with -static";
		if (s[i].type == SEGMENT_LOAD && s[i].file_size > s[i].memory_size)
			return "a segment is larger in the file than in memory";
		if (loads(&s[i]) && (wrong = check_segment(&s[i], size)))
			return wrong;
	}
	if ((wrong = check_overlaps(s, h->segment_count)))
		return wrong;
	return check_entry(h, s);
}
