/* kern/proc/test_elf.c: host unit test of the ELF checks: each kind of broken file has its own sentence. (lab 3) */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The checks need the address map and nothing of the machine. */
#define KERN_ARCH_PORT_H
#define KERN_PROC_PROC_H
#include <types.h>
#include <memlayout.h>
typedef uint32_t vaddr_t;
const char *elf_check(const uint8_t *image, uint32_t size, uint16_t machine);
#include "elf.c"

#define TEXT 0  /* segment[TEXT], segment[DATA] of the good file */
#define DATA 1
struct file {
	struct elf_header h;
	struct elf_segment s[20];
	uint8_t rest[0x3000 - sizeof(struct elf_header) - 20 * sizeof(struct elf_segment)];
};
static struct file file;
static uint32_t size;
static unsigned failures;

static void make_good_file(void)
{
	memset(&file, 0, sizeof(file));
	size = sizeof(file);
	file.h = (struct elf_header){ .magic = ELF_MAGIC, .class = 1, .data = 1, .ident_version = 1, .type = 2, .version = 1,
		.machine = ELF_I386, .entry = UTEXT + 0x10, .segment_offset = offsetof(struct file, s), .header_size = 52,
		.segment_size = 32, .segment_count = 2 };
	file.s[TEXT] = (struct elf_segment){ .type = SEGMENT_LOAD, .offset = 0x1000, .vaddr = UTEXT, .file_size = 0x800,
		.memory_size = 0x800, .flags = SEGMENT_R | SEGMENT_X, .align = 0x1000 };
	file.s[DATA] = (struct elf_segment){ .type = SEGMENT_LOAD, .offset = 0x2010, .vaddr = UTEXT + 0x1010,
		.file_size = 0x100, .memory_size = 0x5000, .flags = SEGMENT_R | SEGMENT_W, .align = 0x1000 };
}

/* In a block of exactly its size, so that a read past the end is found by the sanitizer. */
static const char *check_exact(uint16_t machine)
{
	uint8_t *copy = malloc(size ? size : 1);
	memcpy(copy, &file, size);
	const char *wrong = elf_check(copy, size, machine);
	free(copy);
	return wrong;
}

#define SENTENCES 64
static const char *sentences[SENTENCES];
static unsigned sentence_count;

static void fail(const char *name, const char *is, const char *should)
{
	printf("FAIL elf %s: it says \"%s\", expected \"%s\"\n", name, is ? is : "(fine)", should ? should : "(fine)");
	failures++;
}

static void broken(const char *name, const char *sentence)
{
	const char *wrong = check_exact(ELF_I386);
	if (!wrong || strcmp(wrong, sentence) != 0) {
		fail(name, wrong, sentence);
	} else {
		printf("PASS elf %s\n", name);
		sentences[sentence_count++ % SENTENCES] = wrong;
	}
	make_good_file();
}

static void fine(const char *name)
{
	const char *wrong = check_exact(file.h.machine);
	if (wrong)
		fail(name, wrong, NULL);
	else
		printf("PASS elf %s\n", name);
	make_good_file();
}

static void check_headers(void)
{
	size = 0;
	broken("empty", "an empty file");
	size = 51;
	broken("one byte short", "too short for an ELF header");
	file.h.magic ^= 0x20;
	broken("magic", "not an ELF file (its first four bytes are not \\177ELF)");
	file.h.class = 2;
	broken("64-bit", "not a 32-bit ELF file");
	file.h.data = 2;
	broken("big-endian", "not a little-endian ELF file");
	file.h.ident_version = 0;
	broken("ident version", "unknown ELF version in its first 16 bytes");
	file.h.version = 2;
	broken("version", "unknown ELF version in its header");
	file.h.type = 1;
	broken("object file", "not an executable (an object file, a shared library or a core dump)");
	file.h.machine = ELF_MIPS;
	broken("other machine", "a program for another machine");
	file.h.header_size = 64;
	broken("header size", "its header has an unknown size");
}

static void check_tables(void)
{
	file.h.segment_count = 0;
	broken("no segments", "it has no segments");
	file.h.segment_count = 17;
	broken("17 segments", "it has more than 16 segments");
	file.h.segment_count = 65535;
	broken("65535 segments", "it has more than 16 segments");
	file.h.segment_size = 56;
	broken("segment header size", "its segment headers have an unknown size");
	file.h.segment_offset += 2;
	broken("table misaligned", "its segment table is misaligned");
	file.h.segment_offset = 48;
	broken("table in the header", "its segment table overlaps its header");
	file.h.segment_offset = size - 60;
	broken("table cut off", "its segment table is past the end of the file");
	file.h.segment_offset = 0xFFFFFFF0;
	broken("table far away", "its segment table is past the end of the file");
	file.s[DATA].type = SEGMENT_INTERPRETER;
	broken("interpreter", "a dynamically linked program: it needs an interpreter");
	file.s[DATA].type = SEGMENT_DYNAMIC;
	broken("dynamic", "a dynamically linked program: link it with -static");
}

static void check_segments(void)
{
	file.s[DATA].file_size = 0x5001;
	broken("file size", "a segment is larger in the file than in memory");
	file.s[DATA].memory_size = 0;
	broken("in the file only", "a segment is larger in the file than in memory");
	file.s[TEXT].offset = 0xFFFFF000;
	broken("segment offset", "a segment begins past the end of the file");
	file.s[DATA].file_size = 0x1000;
	broken("segment end", "a segment ends past the end of the file");
	file.s[DATA].file_size = file.s[DATA].memory_size = 0xFFFFFFFF;
	broken("segment end wraps", "a segment ends past the end of the file");
	file.s[DATA].align = 0x3000;
	broken("alignment", "a segment's alignment is no power of two");
	file.s[DATA].offset += 4;
	broken("page offset", "a segment's address and file offset differ within the page");
	file.s[DATA].flags = 0;
	broken("no access", "a segment that may not be read, written or executed");
	file.s[DATA].vaddr = 0x10;
	broken("page 0", "a segment in page 0, which is never mapped");
	file.s[DATA].memory_size = 0xFFFFFFFF;
	broken("wraps", "a segment wraps around the end of the address space");
	file.s[DATA].vaddr = 0x80001010;
	broken("kernel", "a segment in the kernel's half");
	file.s[DATA].vaddr = PT_base + 0x10;
	broken("kernel window", "a segment in the kernel's half");
	file.s[DATA].vaddr = UPT_base + 0x10;
	broken("user window", "a segment reaches into the page-table window or the kernel's half");
	file.s[DATA].memory_size = UTOP - file.s[DATA].vaddr + 1;
	broken("reaches the window", "a segment reaches into the page-table window or the kernel's half");
	file.s[DATA].memory_size = STACK_BOTTOM - file.s[DATA].vaddr + 1;
	broken("stack", "a segment overlaps the stack");
	file.s[DATA].vaddr = UTEXT + 0x010;
	broken("overlap", "two segments share a page");
	file.s[TEXT].memory_size = 0x1001;
	broken("overlap by a byte", "two segments share a page");
}

static void check_entries(void)
{
	file.h.entry = UTEXT - 1;
	broken("entry before", "its entry point is in no executable segment");
	file.h.entry = UTEXT + 0x800;
	broken("entry behind", "its entry point is in no executable segment");
	file.h.entry = file.s[DATA].vaddr;
	broken("entry in data", "its entry point is in no executable segment");
	file.s[TEXT].flags = SEGMENT_R;
	broken("nothing executable", "its entry point is in no executable segment");
	file.s[TEXT].type = file.s[DATA].type = 4;
	broken("only notes", "it has nothing to load");
	file.s[TEXT].memory_size = file.s[DATA].memory_size = 0;
	broken("only empty segments with bytes in the file", "a segment is larger in the file than in memory");
	file.s[TEXT].memory_size = file.s[DATA].memory_size = 0;
	file.s[TEXT].file_size = file.s[DATA].file_size = 0;
	broken("only empty segments", "it has nothing to load");
}

static void check_mips_entry(void)
{
	file.h.machine = ELF_MIPS;
	file.h.entry += 2;
	const char *wrong = check_exact(ELF_MIPS);
	const char *sentence = "its entry point is not aligned to an instruction";
	if (!wrong || strcmp(wrong, sentence) != 0)
		fail("mips entry", wrong, sentence);
	else
		printf("PASS elf mips entry\n");
	sentences[sentence_count++ % SENTENCES] = sentence;
	make_good_file();
}

/* Legal, if unusual: must not be refused. */
static void check_good(void)
{
	fine("good file");
	file.h.machine = ELF_MIPS;
	fine("good mips file");
	file.h.segment_count = 16;
	fine("16 segments, most empty");
	file.s[DATA].memory_size = STACK_BOTTOM - file.s[DATA].vaddr;
	fine("up to the stack");
	file.s[DATA].file_size = 0x3000 - 0x2010;
	fine("up to the file's end");
	file.s[DATA].file_size = 0;
	fine("only bss");
	file.s[DATA].align = 0;
	fine("no alignment given");
	file.h.entry = UTEXT + 0x7FF;
	fine("entry at the last byte");
	file.s[TEXT].memory_size = 0x1000;
	fine("segments that touch");
}

static void check_distinct(void)
{
	unsigned distinct = 0;
	for (unsigned i = 0; i < sentence_count; i++) {
		unsigned j = 0;
		while (j < i && strcmp(sentences[i], sentences[j]) != 0)
			j++;
		distinct += j == i;
	}
	if (distinct >= 25) {
		printf("PASS elf has %u different sentences\n", distinct);
	} else {
		printf("FAIL elf: only %u different sentences\n", distinct);
		failures++;
	}
}

/* What load.c relies on, written down once more in 64 bits. */
static const char *unsafe(const struct file *f)
{
	const struct elf_segment *s = (const struct elf_segment *)((const char *)f + f->h.segment_offset);
	for (unsigned i = 0; i < f->h.segment_count; i++) {
		uint64_t start = s[i].vaddr, end = start + s[i].memory_size;
		if (s[i].type != SEGMENT_LOAD || s[i].memory_size == 0)
			continue;
		if ((uint64_t)s[i].offset + s[i].file_size > size)
			return "bytes past the end of the file";
		if (s[i].file_size > s[i].memory_size)
			return "more bytes than memory";
		if (start < PAGE_SIZE || end > UTOP - USTACK_PAGES * (uint64_t)PAGE_SIZE)
			return "a place that is not the program's";
		for (unsigned j = 0; j < i; j++)
			if (s[j].type == SEGMENT_LOAD && s[j].memory_size && s[j].vaddr / PAGE_SIZE <= (end - 1) / PAGE_SIZE &&
			    start / PAGE_SIZE <= ((uint64_t)s[j].vaddr + s[j].memory_size - 1) / PAGE_SIZE)
				return "two segments in one page";
	}
	return NULL;
}

static void damage(void)
{
	static const uint32_t words[] = { 0, 1, 4, 0xFFF, 0x1000, 0x7FBF8000, 0x7FC00000, 0x80000000, 0xFFFFF000,
		0xFFFFFFFF };
	uint32_t *at = (uint32_t *)&file + rand() % ((sizeof(struct elf_header) + 2 * sizeof(struct elf_segment)) / 4);
	switch (rand() % 4) {
	case 0: *at ^= 1u << rand() % 32; break;
	case 1: *at = words[rand() % (sizeof(words) / sizeof(words[0]))]; break;
	case 2: *at += rand() % 0x4000 - 0x2000; break;
	default: size = rand() % 4 ? size : rand() % sizeof(file); break;
	}
}

/* Damaged files, under the sanitizers: whatever is accepted must be safe to load. */
static void check_damaged(void)
{
	unsigned accepted = 0;
	const char *why = NULL;
	srand(20260101);
	for (unsigned i = 0; i < 50000 && !why; i++) {
		make_good_file();
		for (int n = 1 + rand() % 3; n > 0; n--)
			damage();
		if (check_exact(ELF_I386))
			continue;
		accepted++;
		why = unsafe(&file);
	}
	if (!why && accepted < 1000)
		why = "hardly any file was accepted: the test does not reach what it should";
	if (why) {
		printf("FAIL elf damaged files: %s\n", why);
		failures++;
	} else {
		printf("PASS elf damaged files (%u of 50000 accepted)\n", accepted);
	}
}

int main(void)
{
	make_good_file();
	check_good();
	check_headers();
	check_tables();
	check_segments();
	check_entries();
	check_mips_entry();
	check_distinct();
	check_damaged();
	return failures != 0;
}
