/* kern/core/monitor_memory.c: monitor commands about frames, page tables and memory. (lab 2) */
#include <core/monitor.h>
#include <mem/pmap.h>
#include <proc/proc.h>
#include <string.h>

static const char *const kinds[] = { "reserved", "free", "user", "table", "directory", "kernel" };

static void print_counts(void)
{
	uint32_t count[ARRAY_LEN(kinds)] = { 0 };

	for (uint32_t i = 0; i < frame_count; i++)
		if (frames[i].kind < ARRAY_LEN(kinds))
			count[frames[i].kind]++;
	for (unsigned k = 0; k < ARRAY_LEN(kinds); k++)
		printf("  %-9s %6u frames %8u KB\n", kinds[k], count[k], count[k] * (PAGE_SIZE / 1024));
	printf("  %u of %u usable frames are free\n", frames_free, frames_usable);
	if (!panicked) { /* else some operation was cut short, and the counts are what it left */
		unsigned wrong = frame_audit();
		printf("  audit: %u frames disagree with the entries that name them\n", wrong);
	}
}

static void print_frame(paddr_t pa)
{
	const struct frame *f = frame_of(pa);

	printf("frame 0x%08x: %s, %u reference%s", ROUND_DOWN(pa, PAGE_SIZE),
		f->kind < ARRAY_LEN(kinds) ? kinds[f->kind] : "unknown kind", f->refs, f->refs == 1 ? "" : "s");
	if (f->kind == FRAME_FREE)
		printf(", %s, next free 0x%08x", f->mark ? "all zero" : "not cleared", frame_at(f->next));
	if (f->kind == FRAME_TABLE || f->kind == FRAME_DIR)
		printf(", %u entries used, between 0x%03x and 0x%03x", f->used, f->low, f->high);
	printf("\n");
}

static void run_frames(struct monitor *m)
{
	if (!m->argc)
		print_counts();
	else if (frame_known(m->number[0]))
		print_frame(m->number[0]);
	else
		printf("0x%08x: not RAM; the last frame is 0x%08x\n", m->number[0], frame_at(frame_count - 1));
}

/* Another's map: load its tables for a moment. */
static void print_map_of(struct pmap *pmap)
{
	struct pmap *loaded = this_cpu()->pmap;

	if (pmap == loaded) {
		pmap_print_map();
	} else if (this_cpu()->alt) {
		printf("stopped while the second window was open: only the loaded map can be shown\n");
	} else {
		pmap_load(pmap);
		pmap_print_map();
		pmap_load(loaded);
	}
}

static void run_map(struct monitor *m)
{
	struct proc *p = m->argc ? proc_find(m->number[0]) : NULL;

	if (!m->argc)
		pmap_print_map();
	else if (!p)
		printf("no process %u; processes lists them\n", m->number[0]);
	else if (p->ended)
		printf("process %u has ended: its memory is gone\n", p->pid);
	else
		print_map_of(&p->pmap);
}

static void run_walk(struct monitor *m)
{
	pmap_print_walk(m->number[0]);
}

/* "rw", "r-x", "-": false when there is another letter. */
static bool parse_prot(const char *text, unsigned *prot)
{
	*prot = PROT_NONE;
	for (; *text; text++) {
		switch (*text) {
		case 'r': *prot |= PROT_READ; break;
		case 'w': *prot |= PROT_READ | PROT_WRITE; break;
		case 'x': *prot |= PROT_READ | PROT_EXEC; break;
		case '-': break;
		default: return false;
		}
	}
	return true;
}

static void run_protect(struct monitor *m)
{
	vaddr_t va = ROUND_DOWN(m->number[0], PAGE_SIZE);
	unsigned prot;

	if (!parse_prot(m->argv[1], &prot)) {
		printf("%s: write the permissions as rwx, with - for one that is missing\n", m->argv[1]);
		return;
	}
	switch (pmap_protect(this_cpu()->pmap, va, prot)) {
	case PMAP_OK: pmap_print_walk(va); break;
	case PMAP_ENOENT: printf("0x%08x: nothing is mapped there\n", va); break;
	default: printf("0x%08x: not a program's page; only those can be changed\n", va); break;
	}
}

/*
 * Where va's byte is in physical memory. False, with the reason, when it can't be shown: not mapped, or a device, whose
 * registers may change when they are read.
 */
static bool resolve(vaddr_t va, paddr_t *pa, const char **why)
{
	pte_t e;

	if (mmu_unmapped(va)) {
		*pa = va % DIRECT_MAX;
	} else {
		e = pmap_entry(va);
		*why = "not mapped";
		if (!pte_present(e))
			return false;
		*pa = pte_addr(e) + va % (pte_large(pmap_directory_entry(va)) ? PDE_SPAN : PAGE_SIZE);
	}
	*why = "not memory, but a device or nothing";
	return frame_known(*pa);
}

static bool resolve_physical(uint32_t at, paddr_t *pa, const char **why)
{
	*pa = at;
	*why = "not RAM";
	return frame_known(at);
}

#define ROW 16
#define DUMP_MAX 0x10000u

static void print_row(uint32_t at, const uint8_t *bytes, unsigned n)
{
	printf("0x%08x ", at);
	for (unsigned i = 0; i < ROW; i++)
		if (i < n)
			printf("%s%02x", i % 4 ? "" : " ", bytes[i]);
		else
			printf("%s  ", i % 4 ? "" : " ");
	printf("  ");
	for (unsigned i = 0; i < n; i++)
		printf("%c", bytes[i] >= ' ' && bytes[i] < 127 ? bytes[i] : '.');
	printf("\n");
}

/* What lies on one page, n bytes from `at`. */
static void dump_part(uint32_t at, uint32_t n, bool physical)
{
	const char *why;
	paddr_t pa;

	if (!(physical ? resolve_physical : resolve)(at, &pa, &why)) {
		printf("0x%08x  %s\n", at, why);
		return;
	}
	for (uint32_t i = 0; i < n; i += ROW)
		print_row(at + i, (const uint8_t *)frame_ptr(pa) + i, MIN(n - i, ROW));
}

static void dump(uint32_t at, uint32_t n, bool physical)
{
	while (n) {
		uint32_t part = MIN(n, PAGE_SIZE - at % PAGE_SIZE);

		dump_part(at, part, physical);
		at += part;
		n -= part;
		if (!at && n) {
			printf("the address space ends here\n");
			return;
		}
	}
}

static void run_dump(struct monitor *m)
{
	bool physical = strcmp(m->argv[0], "-p") == 0;
	char **argv = m->argv + physical;
	int argc = m->argc - physical;
	uint32_t at, n = 64;

	if (argc < 1)
		printf("dump -p needs a physical address\n");
	else if (argc > 2)
		printf("usage: dump [-p] address [bytes]\n");
	if (argc < 1 || argc > 2 || !monitor_number(argv[0], 16, &at) || (argc > 1 && !monitor_number(argv[1], 16, &n)))
		return;
	if (n > DUMP_MAX)
		printf("0x%x bytes are too many; the first 0x%x:\n", n, DUMP_MAX);
	dump(at, MIN(n, DUMP_MAX), physical);
}

const struct monitor_command monitor_memory[] = {
	{ "frames", "[physical]", "how many of each kind, and an audit; or one's record", "X", run_frames },
	{ "map", "[pid]", "all mappings of the loaded address space, or another's", "D", run_map },
	{ "walk", "address", "each step from the address to its page", "x", run_walk },
	{ "protect", "address rwx", "change a page's permissions", "xs", run_protect },
	{ "dump", "[-p] address [bytes]", "memory in hex and ascii; -p: physical address", "sSS", run_dump },
	{ NULL }
};
