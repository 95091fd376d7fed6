/* kern/mem/show.c: prints what the page tables say: one walk, or the whole map. (lab 2) */
#include <mem/pmap.h>
#include <core/core.h>
#include <string.h>

static const char *const kind_names[] = { "nothing", "demand", "swapped", "object", "held", "?", "?", "?" };

/* What va's entry allows, given where va is: the directory's entry limits the windows. */
static bool for_user(vaddr_t va, pte_t e)
{
	return va < ULIM && (!pte_present(e) || pte_user(e));
}

static unsigned effective(vaddr_t va, pte_t e)
{
	unsigned prot = pte_prot(e);
	if (pte_present(e) && !for_user(va, e))
		prot |= PROT_READ; /* the kernel reads what is present */
	if (PDX(va) == PDX(UPT_base))
		prot &= ~PROT_WRITE;
	return prot;
}

/* "rwx" and, for shared and copy-on-write pages, " shared", " cow". */
static const char *prot_text(vaddr_t va, pte_t e, char *buf, size_t size)
{
	unsigned prot = effective(va, e);
	snprintf(buf, size, "%c%c%c%s%s", prot & PROT_READ ? 'r' : '-', prot & PROT_WRITE ? 'w' : '-',
		 prot & PROT_EXEC ? 'x' : '-', prot & PTE_SHARED ? " shared" : "", prot & PTE_COW ? " cow" : "");
	return buf;
}

static const char *entry_text(vaddr_t va, pte_t e, char *buf, size_t size)
{
	char prot[24];
	if (pte_present(e))
		snprintf(buf, size, "frame 0x%08x %s %s", pte_addr(e), for_user(va, e) ? "user" : "kernel",
			 prot_text(va, e, prot, sizeof(prot)));
	else if (pte_kind(e) == PTE_NONE)
		snprintf(buf, size, "nothing");
	else
		snprintf(buf, size, "%s 0x%05x %s", kind_names[pte_kind(e) & 7], pte_payload(e),
			 prot_text(va, e, prot, sizeof(prot)));
	return buf;
}

/* The region that va lies in, where a program may not map: the first of these. */
static const char *region(vaddr_t va)
{
	static const struct {
		vaddr_t start;
		uint32_t bytes;
		const char *name;
	} regions[] = {
		{ PDE_self, sizeof(pde_t), "self entry" },
		{ PD_base, PAGE_SIZE, "PD_base: this address space's directory" },
		{ APD_base, PAGE_SIZE, "the directory of the second window" },
		{ PT_base, PDE_SPAN, "PT_base: this address space's tables" },
		{ APT_base, PDE_SPAN, "APT_base: another address space's tables" },
		{ UPT_base, PDE_SPAN, "UPT_base: tables, for the user" },
		{ KSLOT_base, PDE_SPAN, "kernel slot" },
		{ KERNEL_BASE, DIRECT_MAX, "direct map" },
		{ RAM_HIGH_BASE, RAM_HIGH_START ? DIRECT_MAX - RAM_LOW_END : 0, "RAM that the direct map does not reach" },
		{ ULIM, UINT32_MAX - ULIM + 1, "kernel" },
	};
	for (unsigned i = 0; i < ARRAY_LEN(regions); i++)
		if (va - regions[i].start < regions[i].bytes)
			return regions[i].name;
	return "user";
}

void pmap_formulas(vaddr_t base, vaddr_t va, struct formulas *f)
{
	f->pte = entry_of(base, va);
	f->pde = entry_of(base, f->pte);
	f->directory = directory_of(base);
	f->self = self_entry_of(base);
	f->page = page_of(base, va);
}

/* A directory entry that names no table. */
static const char *no_table_text(vaddr_t va, pde_t pde, char *buf, size_t size)
{
	char entry[64];
	if (pte_present(pde))
		snprintf(buf, size, "large page, kernel only");
	else
		snprintf(buf, size, "no table%s%s", pte_empty(pde) ? "" : ", all 4 MB: ",
			 pte_empty(pde) ? "" : entry_text(va, pde, entry, sizeof(entry)));
	return buf;
}

void pmap_print_walk(vaddr_t va)
{
	char text[96];
	pde_t pde = pmap_directory_entry(va);
	struct formulas at;

	pmap_formulas(PT_base, va, &at);
	printf("walk 0x%08x: directory index 0x%03x, table index 0x%03x, offset 0x%03x (%s)\n", va, PDX(va), PTX(va),
	       va % PAGE_SIZE, region(va));
	if (mmu_unmapped(va)) {
		printf("  no entry: this segment is not mapped; physical 0x%08x\n", va & 0x1fffffff);
		return;
	}
	printf("  pde at 0x%08x = 0x%08x: ", at.pde, pde);
	if (!pte_present(pde) || pte_large(pde)) {
		printf("%s\n", no_table_text(va, pde, text, sizeof(text)));
		if (pte_present(pde))
			printf("  physical 0x%08x\n", pte_addr(pde) + va % PDE_SPAN);
		return;
	}
	printf("table in frame 0x%08x%s\n", pte_addr(pde), PDX(va) == PDX(PT_base) ? ": the directory itself" : "");
	pte_t pte = pmap_entry(va);
	printf("  pte at 0x%08x = 0x%08x: %s\n", at.pte, pte, entry_text(va, pte, text, sizeof(text)));
	if (pte_present(pte))
		printf("  physical 0x%08x\n", pte_addr(pte) + va % PAGE_SIZE);
	if (PDX(va) == PDX(PT_base))
		printf("  it is itself the entry of 0x%08x\n", at.page);
}

void pmap_describe(vaddr_t va, char *buf, size_t size)
{
	char text[96];
	pde_t pde = pmap_directory_entry(va);
	bool users_window = !PDE_USER_WINDOW && PDX(va) == PDX(UPT_base);

	if (mmu_unmapped(va))
		snprintf(buf, size, "an unmapped segment, kernel only");
	else if (users_window || !pte_present(pde) || pte_large(pde))
		snprintf(buf, size, "pde[0x%03x] at 0x%08x = 0x%08x: %s", PDX(va), (vaddr_t)&vpd[PDX(va)], pde,
			 users_window ? "the user's window, where existing tables can be read" :
			 no_table_text(va, pde, text, sizeof(text)));
	else
		snprintf(buf, size, "pde[0x%03x] = 0x%08x, pte at 0x%08x = 0x%08x: %s", PDX(va), pde,
			 (vaddr_t)&vpt[VPN(va)], pmap_entry(va), entry_text(va, pmap_entry(va), text, sizeof(text)));
}

/* A run of pages whose entries say the same, and whose frames, if present, follow each other. */
struct run {
	vaddr_t start;
	uint32_t pages;
	pte_t first;
};

static bool continues(const struct run *run, vaddr_t va, pte_t e)
{
	pte_t f = run->first;
	if (run->pages == 0 || run->start + run->pages * PAGE_SIZE != va || region(va) != region(run->start))
		return false;
	if (pte_present(f) != pte_present(e) || effective(run->start, f) != effective(va, e))
		return false;
	if (!pte_present(e))
		return pte_kind(f) == pte_kind(e) && pte_payload(f) == pte_payload(e);
	return for_user(run->start, f) == for_user(va, e) && pte_addr(e) == pte_addr(f) + run->pages * PAGE_SIZE;
}

uint32_t pmap_pages_shown;

static void flush_run(struct run *run)
{
	char text[64];
	pmap_pages_shown += run->pages;
	if (run->pages)
		printf("0x%08x-0x%08x %7u KB  %-40s %s\n", run->start, run->start + run->pages * PAGE_SIZE - 1,
		       run->pages * (PAGE_SIZE / 1024), entry_text(run->start, run->first, text, sizeof(text)), region(run->start));
	run->pages = 0;
}

static void add(struct run *run, vaddr_t va, uint32_t pages, pte_t e)
{
	if (!continues(run, va, e)) {
		flush_run(run);
		*run = (struct run){ .start = va, .first = e };
	}
	run->pages += pages;
}

/* Entries are counted, not addresses: past the last slot an address would wrap to 0, and end the loop at once. */
static bool before_end(unsigned k)
{
	return guard(12) ? k < ENTRIES : (k << PDE_SHIFT) < (vaddr_t)(PT_base + PDE_SPAN);
}

void pmap_print_map(void)
{
	struct run run = { 0 };
	pmap_pages_shown = 0;
	for (unsigned k = 0; before_end(k); k++) {
		pde_t pde = vpd[k];
		vaddr_t va = k << PDE_SHIFT;
		if (pte_empty(pde) || mmu_unmapped(va))
			continue;
		if (!pte_present(pde) || pte_large(pde)) {
			add(&run, va, ENTRIES, pde);
			continue;
		}
		for (unsigned i = 0; i < ENTRIES; i++)
			if (!pte_empty(vpt[k * ENTRIES + i]))
				add(&run, va + i * PAGE_SIZE, 1, vpt[k * ENTRIES + i]);
	}
	flush_run(&run);
}
