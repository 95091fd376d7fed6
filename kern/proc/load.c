/* kern/proc/load.c: from an ELF image to an address space that is ready to start. (lab 3) */
#include <proc/proc.h>
#include <core/core.h>
#include <elf.h>
#include <error.h>
#include <string.h>

static unsigned segment_prot(const struct elf_segment *s)
{
	unsigned prot = PROT_READ; /* no machine here can write or execute what it can't read */
	if (s->flags & SEGMENT_W)
		prot |= PROT_WRITE;
	if (s->flags & SEGMENT_X)
		prot |= PROT_EXEC;
	return prot;
}

/* The frame's reference is the entry's then; or gone. */
static int map_frame(struct pmap *pmap, vaddr_t va, paddr_t pa, unsigned prot)
{
	int error = pmap_map(pmap, va, pa, prot, NULL);
	if (error)
		frame_unref(pa);
	return error;
}

/* Map a page of the archive where it stands: no copy, until somebody writes to it. */
static int share_page(struct pmap *pmap, vaddr_t va, const uint8_t *page, unsigned prot)
{
	paddr_t pa = frame_addr(page);
	if (!frame_ref(pa))
		return -ENOMEM;
	return map_frame(pmap, va, pa, prot & PROT_WRITE ? prot | PTE_COW : prot);
}

/* A page of its own: bytes from the file at the given offset in it, the rest zero. */
static int copy_page(struct pmap *pmap, vaddr_t va, const uint8_t *from, uint32_t offset, uint32_t bytes, unsigned prot)
{
	paddr_t pa = frame_alloc_zero(FRAME_USER);
	if (!pa)
		return -ENOMEM;
	memcpy((uint8_t *)frame_ptr(pa) + offset, from, bytes);
	return map_frame(pmap, va, pa, prot);
}

/* [helpers of lab 3] Your own functions for this file. */
/* [end of helpers] */

static int load_page(struct pmap *pmap, vaddr_t va, const uint8_t *image, const struct elf_segment *s)
{
	/*
	 * [lab 3.2, 4 points] Map the one page at va, a part of segment s. A page with no byte of the file in it
	 * comes on demand (pmap_map_demand). A page of the archive that is aligned there, too, may be mapped where
	 * it stands (share_page) if all of it is the file's, or if it can't be written and the segment has no bss:
	 * what stands around it in the archive is no secret. Else it is a copy, zero before and behind the file's
	 * bytes (copy_page): a segment may begin and end in the middle of a page.
	 */
	uint32_t file_end = s->vaddr + s->file_size;
	uint32_t start = MAX(va, s->vaddr), end = MIN(va + PAGE_SIZE, file_end);
	const uint8_t *page = image + s->offset - s->vaddr + va;
	unsigned prot = segment_prot(s);

	if (start >= end)
		return pmap_map_demand(pmap, va, prot);
	bool whole = start == va && end == va + PAGE_SIZE, read_only = !(prot & PROT_WRITE) && s->memory_size == s->file_size;
	if ((whole || read_only) && (uintptr_t)page % PAGE_SIZE == 0)
		return share_page(pmap, va, page, prot);
	return copy_page(pmap, va, page + (start - va), start - va, end - start, prot);
	/* [end of lab 3.2] */
}

/* *heap: where brk starts: the page behind the last segment. */
static int load_segments(struct pmap *pmap, const uint8_t *image, vaddr_t *heap)
{
	const struct elf_header *h = (const struct elf_header *)image;
	const struct elf_segment *s = (const struct elf_segment *)(image + h->segment_offset);
	/*
	 * [lab 3.2, 3 points] Load each page of each segment that is SEGMENT_LOAD and not empty; the file has
	 * passed elf_check. *heap, which is set already, becomes the highest page border behind a segment if that
	 * is higher. 0, or the first error.
	 */
	for (const struct elf_segment *last = s + h->segment_count; s < last; s++) {
		if (s->type != SEGMENT_LOAD || s->memory_size == 0) /* elf_check says nothing of empty ones */
			continue;
		vaddr_t end = s->vaddr + s->memory_size;
		*heap = MAX(*heap, ROUND_UP(end, PAGE_SIZE));
		for (vaddr_t va = ROUND_DOWN(s->vaddr, PAGE_SIZE); va < end; va += PAGE_SIZE) {
			int error = load_page(pmap, va, image, s);
			if (error)
				return error;
		}
	}
	return 0;
	/* [end of lab 3.2] */
}

/* The first stack: its top filled with the arguments, the pages below on demand, and under them nothing. */
static int make_stack(struct pmap *pmap, const struct arguments *args, struct start *start)
{
	/*
	 * [lab 3.2, 2 points] arguments_build fills frames: the top pages of the stack, read-write, the last of
	 * them right below UTOP. Once a frame is mapped its reference is the entry's; those that are not are
	 * dropped when something fails (arguments_drop). The stack's other pages, USTACK_PAGES in all, are on
	 * demand.
	 */
	struct stack_top top;
	int error = arguments_build(&top, args, start);
	if (error)
		return error;
	vaddr_t va = UTOP - top.pages * PAGE_SIZE;
	for (unsigned i = 0; i < top.pages && !error; i++) {
		error = pmap_map(pmap, va + i * PAGE_SIZE, top.frame[i], PROT_READ | PROT_WRITE, NULL);
		if (error)
			arguments_drop(&top, i);
	}
	for (unsigned i = top.pages + 1; i <= USTACK_PAGES && !error; i++)
		error = pmap_map_demand(pmap, UTOP - i * PAGE_SIZE, PROT_READ | PROT_WRITE);
	return error;
	/* [end of lab 3.2] */
}

const struct program *program_find(const char *name)
{
	uint32_t low = 0, high = program_count;
	if (strncmp(name, "/bin/", 5) == 0)
		name += 5;
	while (low < high) {
		uint32_t middle = (low + high) / 2;
		int order = strcmp(name, programs[middle].name);
		if (order == 0)
			return &programs[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

int load_program(struct pmap *pmap, const struct program *program, const struct arguments *args, struct start *start)
{
	const char *wrong = elf_check(program->start, program->size, MACHINE_ELF);
	if (wrong) {
		printf("load %s: %s\n", program->name, wrong);
		return -ENOEXEC;
	}
	start->entry = ((const struct elf_header *)program->start)->entry;
	start->heap = UTEXT;
	pmap_open_alt(pmap);
	int error = load_segments(pmap, program->start, &start->heap);
	if (!error)
		error = make_stack(pmap, args, start);
	pmap_close_alt();
	return error;
}
