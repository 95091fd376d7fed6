/* user/walk.c: the walk of an address through this process's own page tables, as the read-only window shows them:
 * walk [address...]; without one, the program's own places. (lab 2)
 */
#include <ouros.h>
#include <stdio.h>
#include <stdlib.h>

static int variable = 1;

static const char *kind_name(uint32_t entry)
{
	static const char *const names[] = { "nothing", "demand: zeros at the first touch", "swapped out",
		"shared: what others see, too", "held: kept, and out of reach" };
	unsigned kind = entry_kind(entry);

	return entry == 0 ? "nothing" : kind < sizeof(names) / sizeof(names[0]) ? names[kind] : "unknown";
}

static void print_prot(uint32_t entry)
{
	unsigned prot = entry_prot(entry);

	printf("%c%c%c%s", prot & PROT_READ ? 'r' : '-', prot & PROT_WRITE ? 'w' : '-', prot & PROT_EXEC ? 'x' : '-',
		entry_marked(entry) ? " marked: this program copies it at the first write" :
		entry_shared(entry) ? " shared" : entry_copied(entry) ? " copy-on-write" : "");
}

/* One line for one level: where the entry is, by which formula, what it says. True: the walk goes on. */
static bool print_entry(const char *level, const char *formula, const volatile uint32_t *at, bool last)
{
	uint32_t entry = *at;

	printf("  %s %-34s = [0x%08x] = 0x%08x: ", level, formula, (uint32_t)at, entry);
	if (!entry_present(entry)) {
		printf("%s%s\n", entry && !last ? "no table, all 4 MB: " : "", kind_name(entry));
		return false;
	}
	printf("%s 0x%08x ", entry_large(entry) ? "4 MB at" : last ? "page at" : "table at", entry_frame(entry));
	if (last)
		print_prot(entry);
	printf("\n");
	return !entry_large(entry);
}

static void walk(const char *name, uint32_t va)
{
	char formula[64];

	printf("0x%08x%s%s: directory index %u, table index %u, offset 0x%03x\n", va, *name ? " " : "", name, PDX(va),
		PTX(va), va % PAGE_SIZE);
	snprintf(formula, sizeof(formula), "uvpd[%u] (UPD_base + %u * 4)", PDX(va), PDX(va));
	if (!print_entry("PDE", formula, &uvpd[PDX(va)], false)) {
		if (PDX(va) == PDX(UPT_base))
			printf("  the kernel shows the tables here by itself: on this machine no entry may\n");
		return;
	}
	if (va >= ULIM) {
		printf("  the table is the kernel's\n");
		return;
	}
	snprintf(formula, sizeof(formula), "uvpt[0x%05x] (UPT_base + 0x%05x * 4)", VPN(va), VPN(va));
	if (print_entry("PTE", formula, &uvpt[VPN(va)], true))
		printf("  physical address 0x%08x\n", entry_frame(uvpt[VPN(va)]) + va % PAGE_SIZE);
}

static void walk_program(void)
{
	int local;

	variable++;
	walk("main, in the text", (uint32_t)&walk_program);
	walk("a variable", (uint32_t)&variable);
	walk("a variable on the stack", (uint32_t)&local);
	walk("the lowest page of the stack", UTOP - USTACK_PAGES * PAGE_SIZE);
	walk("nothing", 0x30000000);
	walk("UPT_base, where the tables show", UPT_base);
	walk("UPD_base, where the directory shows", UPD_base);
	walk("PT_base, where the kernel sees them", PT_base);
}

int main(int argc, char **argv)
{
	printf("UPT_base 0x%08x, UPD_base = UPT_base + (UPT_base >> 10) = 0x%08x\n", UPT_base, UPD_base);
	if (argc == 1)
		walk_program();
	for (int i = 1; i < argc; i++) {
		char *end;
		uint32_t va = strtoul(argv[i], &end, 16);

		if (*end || end == argv[i]) {
			fprintf(stderr, "walk: %s: not an address; write it as 0x00400000\n", argv[i]);
			return 2;
		}
		walk("", va);
	}
	return 0;
}
