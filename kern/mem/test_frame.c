/* kern/mem/test_frame.c: host unit test of the frame allocator, over an array that plays the RAM. (lab 2) */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The machine, as far as the allocator needs one. Physical address 0 is ram[0]. */
#define KERN_ARCH_PORT_H
#define DEBUG
#include <types.h>
#include <memlayout.h>
#include <bootinfo.h>
typedef uint32_t vaddr_t, paddr_t;
#define RAM_PAGES 1024
static uint8_t ram[RAM_PAGES * PAGE_SIZE] __attribute__((aligned(4096)));
#undef KERNEL_BASE
#define KERNEL_BASE ((uintptr_t)ram)
static unsigned pages_zeroed;
static void page_zero(void *page)
{
	pages_zeroed++;
	memset(page, 0, PAGE_SIZE);
}
#include "frame.c"
#include "ktest_poison.c"
unsigned frame_audit(void) { return 0; }

static unsigned failures;
static const char *running;
static bool failed;

#define EXPECT(cond) expect((cond), #cond, __LINE__)
static void expect(bool ok, const char *what, int line)
{
	if (ok || failed)
		return;
	printf("FAIL %s: %s (%s:%d)\n", running, what, __FILE__, line);
	failed = true;
	failures++;
}

/* A panic that a test expects comes back here; any other ends the program. */
static jmp_buf panicked;
static bool panic_expected;
static char panic_text[200];

void panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(panic_text, sizeof(panic_text), fmt, ap);
	va_end(ap);
	if (panic_expected)
		longjmp(panicked, 1);
	printf("FAIL %s: panic: %s\n", running, panic_text);
	exit(1);
}

/* Runs statement, which must panic with a message that contains text. */
#define PANICS(statement, text)                                      \
	do {                                                         \
		panic_expected = true;                               \
		if (!setjmp(panicked)) {                             \
			statement;                                   \
			panic_expected = false;                      \
			EXPECT(!"no panic: " #statement);            \
		}                                                    \
		panic_expected = false;                              \
		EXPECT(strstr(panic_text, text) || !"panic without: " text); \
	} while (0)

/* A machine with 640 KB, a hole, and memory up to 4 MB, the kernel at 1 MB. */
static struct bootinfo plain_machine(void)
{
	struct bootinfo info = { .range_count = 4 };

	info.ranges[0] = (struct boot_range){ 0, 0x9FC00, BOOT_USABLE };
	info.ranges[1] = (struct boot_range){ 0xF0000, 0x100000, BOOT_RESERVED };
	info.ranges[2] = (struct boot_range){ 0x100000, RAM_PAGES * PAGE_SIZE, BOOT_USABLE };
	info.ranges[3] = (struct boot_range){ 0x100000, 0x180800, BOOT_KERNEL };
	return info;
}

static void start(const struct bootinfo *info)
{
	memset(ram, 0xA5, sizeof(ram));
	frame_fail_after = 0;
	pages_zeroed = 0;
	frame_init(info);
}

static void start_plain(void)
{
	struct bootinfo info = plain_machine();

	start(&info);
}

/* In which range of this kind does the frame lie, wholly or in part? */
static bool in_kind(const struct bootinfo *info, uint32_t n, uint32_t kind)
{
	uint64_t at = (uint64_t)n * PAGE_SIZE;

	for (uint32_t i = 0; i < info->range_count; i++)
		if (info->ranges[i].kind == kind && info->ranges[i].start < at + PAGE_SIZE && at < info->ranges[i].end)
			return true;
	return false;
}

static bool holds_array(uint32_t n)
{
	uint32_t first = frame_addr(frames) / PAGE_SIZE, bytes = frame_count * sizeof(struct frame);

	return n >= first && n < first + (bytes + PAGE_SIZE - 1) / PAGE_SIZE;
}

static uint32_t count_free(void)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < frame_count; i++)
		n += frames[i].kind == FRAME_FREE;
	return n;
}

static void test_init_follows_map(void)
{
	struct bootinfo info = plain_machine();

	start(&info);
	EXPECT(frame_count == RAM_PAGES);
	EXPECT(frames[0].kind == FRAME_RESERVED);
	EXPECT(frames[0x9E].kind == FRAME_FREE);
	EXPECT(frames[0x9F].kind == FRAME_RESERVED); /* only half of it is usable */
	EXPECT(frames[0x180].kind == FRAME_RESERVED); /* the kernel ends within it */
	for (uint32_t n = 1; n < frame_count; n++)
		if (in_kind(&info, n, BOOT_KERNEL) || in_kind(&info, n, BOOT_RESERVED) || holds_array(n) ||
		    !in_kind(&info, n, BOOT_USABLE))
			EXPECT(frames[n].kind == FRAME_RESERVED && frames[n].refs == 1);
	EXPECT(frames_free == count_free() && frames_usable == frames_free);
	EXPECT(frames_free > RAM_PAGES - 0x180 - 16);
}

static void test_array_after_kernel(void)
{
	struct bootinfo info = plain_machine();

	start(&info);
	EXPECT(frame_addr(frames) == 0x181000);
	info.ranges[info.range_count++] = (struct boot_range){ 0x182000, 0x190000, BOOT_DATA };
	start(&info);
	EXPECT(frame_addr(frames) == 0x190000); /* does not fit before what the loader left there */
}

static void test_reserved_wins(void)
{
	struct bootinfo info = plain_machine();

	info.ranges[info.range_count++] = (struct boot_range){ 0x300000, 0x300001, BOOT_RESERVED };
	info.ranges[info.range_count++] = (struct boot_range){ 0x2FF000, 0x380000, BOOT_USABLE };
	start(&info);
	EXPECT(frames[0x300].kind == FRAME_RESERVED);
	EXPECT(frames[0x2FF].kind == FRAME_FREE && frames[0x301].kind == FRAME_FREE);
}

static void test_clips_high_memory(void)
{
	struct bootinfo info = plain_machine();

	info.ranges[info.range_count++] = (struct boot_range){ 0x100000000, 0x200000000, BOOT_USABLE };
	start(&info);
	EXPECT(frame_count == RAM_PAGES);
}

static void test_too_little_memory(void)
{
	struct bootinfo info = plain_machine();

	info.ranges[2].end = 0x181000;
	PANICS(start(&info), "too little memory");
	info.range_count = 0;
	PANICS(start(&info), "too little memory");
}

static void test_alloc_all(void)
{
	static uint8_t seen[RAM_PAGES];
	uint32_t count = 0;
	paddr_t pa;

	start_plain();
	memset(seen, 0, sizeof(seen));
	while ((pa = frame_alloc(FRAME_USER)) != 0 && count <= RAM_PAGES) {
		EXPECT(pa % PAGE_SIZE == 0 && !seen[pa / PAGE_SIZE] && !holds_array(pa / PAGE_SIZE));
		EXPECT(frame_of(pa)->refs == 1 && frame_of(pa)->kind == FRAME_USER);
		seen[pa / PAGE_SIZE] = 1;
		count++;
	}
	EXPECT(count == frames_usable && frames_free == 0);
	EXPECT(frame_alloc_zero(FRAME_TABLE) == 0 && frames_free == 0);
	for (uint32_t n = 0; n < RAM_PAGES; n++)
		if (seen[n])
			frame_unref(n * PAGE_SIZE);
	EXPECT(frames_free == frames_usable && count_free() == frames_usable);
}

static bool all_zero(paddr_t pa)
{
	const uint8_t *p = frame_ptr(pa);

	return p[0] == 0 && memcmp(p, p + 1, PAGE_SIZE - 1) == 0;
}

static void test_zeroed(void)
{
	start_plain();
	paddr_t pa = frame_alloc(FRAME_USER);
	memset(frame_ptr(pa), 0x77, PAGE_SIZE);
	frame_unref(pa);
	paddr_t again = frame_alloc_zero(FRAME_TABLE);
	EXPECT(all_zero(again));
	EXPECT(frame_of(again)->used == 0);
}

/* A frame given back clean serves as the next table without being zeroed again, and looks like any other. */
static void test_clean_frames(void)
{
	start_plain();
	paddr_t pa = frame_alloc_zero(FRAME_TABLE);
	unsigned zeroed = pages_zeroed;

	EXPECT(zeroed == 1);
	frame_free_clean(pa);
	EXPECT(frames_free == frames_usable);
	paddr_t again = frame_alloc_zero(FRAME_TABLE);
	EXPECT(again == pa && pages_zeroed == zeroed && all_zero(again));
	EXPECT(frame_of(again)->mark == 0);
	frame_free_clean(again);
	/* What is clean is kept for tables as long as there is something else. */
	paddr_t page = frame_alloc(FRAME_USER);
	EXPECT(page != pa);
	frame_unref(page);
}

static void test_clean_frame_gets_dirty(void)
{
	start_plain();
	paddr_t pa = frame_alloc_zero(FRAME_TABLE);
	frame_free_clean(pa);
	while ((pa = frame_alloc(FRAME_USER)) != 0 && frames_free)
		;
	memset(frame_ptr(pa), 0x55, PAGE_SIZE); /* the last one: the clean one */
	frame_unref(pa);
	EXPECT(frame_alloc_zero(FRAME_TABLE) == pa && all_zero(pa));
}

static void test_refs(void)
{
	start_plain();
	paddr_t pa = frame_alloc(FRAME_USER);
	frame_ref(pa);
	frame_ref(pa);
	EXPECT(frame_of(pa)->refs == 3);
	uint32_t before = frames_free;
	frame_unref(pa);
	frame_unref(pa);
	EXPECT(frames_free == before && frame_of(pa)->kind == FRAME_USER);
	frame_unref(pa);
	EXPECT(frames_free == before + 1 && frame_of(pa)->kind == FRAME_FREE && frame_of(pa)->refs == 0);
}

static void test_misuse_panics(void)
{
	start_plain();
	paddr_t pa = frame_alloc(FRAME_USER);
	frame_ref(pa);
	PANICS(frame_free_clean(pa), "2");
	frame_unref(pa);
	frame_unref(pa);
	PANICS(frame_unref(pa), "twice");
	PANICS(frame_ref(pa), "0x");
	PANICS(frame_free_clean(pa), "0x");
	PANICS(frame_unref(0x100000), "reserved");
	PANICS(frame_unref(RAM_PAGES * PAGE_SIZE), "not a frame of ours");
	PANICS(frame_of(0xFFFFF000), "not a frame of ours");
	EXPECT(frame_known(RAM_PAGES * PAGE_SIZE - 1) && !frame_known(RAM_PAGES * PAGE_SIZE));
}

static void test_ref_overflow(void)
{
	start_plain();
	paddr_t pa = frame_alloc(FRAME_USER);
	for (unsigned i = 1; i < 65535; i++)
		frame_ref(pa);
	EXPECT(frame_of(pa)->refs == 65535);
	EXPECT(!frame_ref(pa) && frame_of(pa)->refs == 65535);
	frame_unref(pa);
	EXPECT(frame_ref(pa) && !frame_ref(pa));
}

/* Debug builds notice who writes to a frame that is free. */
static void test_write_after_free(void)
{
	start_plain();
	paddr_t pa = frame_alloc(FRAME_USER);
	frame_unref(pa);
	((uint32_t *)frame_ptr(pa))[17] = 1;
	PANICS(frame_alloc(FRAME_USER), "word 17");
	start_plain();
	pa = frame_alloc_zero(FRAME_TABLE);
	((uint32_t *)frame_ptr(pa))[1023] = 1;
	PANICS(frame_free_clean(pa), "word 1023");
}

static void test_failing_allocations(void)
{
	start_plain();
	for (unsigned n = 1; n < 5; n++) {
		uint32_t before = frames_free;
		frame_fail_after = n;
		for (unsigned i = 1; i < n; i++)
			EXPECT(frame_alloc(FRAME_KERNEL) != 0);
		EXPECT(frame_alloc(FRAME_KERNEL) == 0);
		EXPECT(frames_free == before - (n - 1));
		EXPECT(frame_alloc(FRAME_KERNEL) != 0);
	}
}

/* Random allocations and frees against a plain list of who owns what. */
static void test_random(void)
{
	static struct { paddr_t pa; unsigned refs; uint32_t tag; } held[256];
	unsigned used = 0;

	srand(20260101);
	start_plain();
	for (unsigned step = 0; step < 20000 && !failed; step++) {
		unsigned choice = rand() % 4, i = used ? rand() % used : 0;
		if (choice == 0 && used < 256) {
			paddr_t pa = rand() % 2 ? frame_alloc(FRAME_USER) : frame_alloc_zero(FRAME_USER);
			if (!pa)
				continue;
			for (unsigned j = 0; j < used; j++)
				EXPECT(held[j].pa != pa);
			held[used].pa = pa;
			held[used].refs = 1;
			held[used].tag = rand();
			*(uint32_t *)frame_ptr(pa) = held[used++].tag;
		} else if (choice == 1 && used) {
			frame_ref(held[i].pa);
			held[i].refs++;
		} else if (choice >= 2 && used) {
			EXPECT(*(uint32_t *)frame_ptr(held[i].pa) == held[i].tag);
			EXPECT(frame_of(held[i].pa)->refs == held[i].refs);
			frame_unref(held[i].pa);
			if (--held[i].refs == 0)
				held[i] = held[--used];
		}
		EXPECT(frames_free == frames_usable - used);
	}
}

static void run(const char *name, void (*test)(void))
{
	running = name;
	failed = false;
	test();
	if (!failed)
		printf("PASS %s\n", name);
}

int main(void)
{
	run("frame init follows the memory map", test_init_follows_map);
	run("frame array after the kernel", test_array_after_kernel);
	run("frame reserved wins over usable", test_reserved_wins);
	run("frame memory past 4 GB is clipped", test_clips_high_memory);
	run("frame too little memory", test_too_little_memory);
	run("frame all can be had, once", test_alloc_all);
	run("frame zeroed on demand", test_zeroed);
	run("frame clean ones are kept for tables", test_clean_frames);
	run("frame clean one gets dirty", test_clean_frame_gets_dirty);
	run("frame references", test_refs);
	run("frame misuse panics", test_misuse_panics);
	run("frame reference overflow panics", test_ref_overflow);
	run("frame write after free is noticed", test_write_after_free);
	run("frame failing allocations", test_failing_allocations);
	run("frame random use", test_random);
	return failures != 0;
}
