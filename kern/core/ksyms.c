/* kern/core/ksyms.c: from an address to function, file and line, by the table of tools/ksyms.sh. (lab 1) */
#include <core/core.h>

struct entry {
	uint32_t start;
	const char *name;
	uint32_t row; /* its first; the next entry's is the end */
};

/* Stands at ksyms_start in the finished kernel; the first of its two links has none. */
struct ksyms {
	uint32_t count;
	const struct entry *functions;  /* sorted; one more at the end */
	const uint16_t *delta, *line;   /* row: bytes from the function's start, line number (0: unknown) */
	const uint8_t *file;            /* row: its file's number; 0: unknown */
	const char *const *names;       /* of files */
};

extern const struct ksyms ksyms_start[], ksyms_end[];
extern const char kernel_text_end[];

/* The last function that starts at or before pc, which is not before the first. */
static const struct entry *find_function(uint32_t pc)
{
	uint32_t low = 0, high = ksyms_start->count; /* functions[low].start <= pc < functions[high].start */

	while (high - low > 1) {
		uint32_t middle = (low + high) / 2;

		if (ksyms_start->functions[middle].start <= pc)
			low = middle;
		else
			high = middle;
	}
	return &ksyms_start->functions[low];
}

static void find_line(const struct entry *e, uint32_t delta, struct symbol *out)
{
	uint32_t low = e->row, high = e[1].row;

	if (low == high || ksyms_start->delta[low] > delta)
		return;
	while (high - low > 1) {
		uint32_t middle = (low + high) / 2;

		if (ksyms_start->delta[middle] <= delta)
			low = middle;
		else
			high = middle;
	}
	if (!ksyms_start->file[low])
		return;
	out->file = ksyms_start->names[ksyms_start->file[low]];
	out->line = ksyms_start->line[low];
}

bool symbol_lookup(uint32_t pc, struct symbol *out)
{
	const struct entry *e;

	if (&ksyms_start[0] == &ksyms_end[0] || !ksyms_start->count)
		return false;
	if (pc < ksyms_start->functions[0].start || pc >= (uintptr_t)kernel_text_end)
		return false;
	e = find_function(pc);
	*out = (struct symbol){ .name = e->name, .start = e->start };
	find_line(e, pc - e->start, out);
	return true;
}
