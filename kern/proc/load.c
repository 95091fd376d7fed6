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

static int load_page(struct pmap *pmap, vaddr_t va, const uint8_t *image, const struct elf_segment *s)
{
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
}

/* *heap: where brk starts: the page behind the last segment. */
static int load_segments(struct pmap *pmap, const uint8_t *image, vaddr_t *heap)
{
	const struct elf_header *h = (const struct elf_header *)image;
	const struct elf_segment *s = (const struct elf_segment *)(image + h->segment_offset);
	for (unsigned i = 0; i < h->segment_count; i++) {
		if (s[i].type != SEGMENT_LOAD || s[i].memory_size == 0) /* elf_check says nothing of empty ones */
			continue;
		vaddr_t end = s[i].vaddr + s[i].memory_size;
		*heap = MAX(*heap, ROUND_UP(end, PAGE_SIZE));
		for (vaddr_t va = ROUND_DOWN(s[i].vaddr, PAGE_SIZE); va < end; va += PAGE_SIZE) {
			int error = load_page(pmap, va, image, &s[i]);
			if (error)
				return error;
		}
	}
	return 0;
}

/* The first stack: its top filled with the arguments, the pages below on demand, and under them nothing. */
static int make_stack(struct pmap *pmap, const struct arguments *args, struct start *start)
{
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
