/* boot/i386/test_info.c: host unit test: from a Multiboot description to struct bootinfo. (lab 1) */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The machine: 1 MB of "low memory" at an address that fits 32 bits, as the kernel's own do. */
#define KERN_ARCH_PORT_H
#define KERN_DEV_DEV_H
#include <types.h>
#include <memlayout.h>
#include <bootinfo.h>
#undef KERNEL_BASE
#define KERNEL_BASE 0x10000000u
#define LOW_BYTES 0x100000u
__asm__(".globl kernel_start, kernel_end\n.set kernel_start, 0x10100000\n.set kernel_end, 0x10180000");

static jmp_buf off;
static int off_status;
static char said[4096];

#define uart_init() ((void)0)
#define machine_poweroff(status) (off_status = (status), longjmp(off, 1))
#define printf kernel_printf
int kernel_printf(const char *fmt, ...) __attribute__((format(__printf__, 1, 2)));
#define strlcpy test_strlcpy
static size_t test_strlcpy(char *to, const char *from, size_t size)
{
	snprintf(to, size, "%s", from);
	return strlen(from);
}
#include "info.c"
#undef printf

int kernel_printf(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(said + strlen(said), sizeof(said) - strlen(said), fmt, ap);
	va_end(ap);
	return 0;
}

static unsigned failures;
static const char *running;
static bool failed;

#define EXPECT(cond)                                                                    \
	do {                                                                            \
		if (!(cond) && !failed) {                                               \
			printf("FAIL %s: %s (%s:%d)\n", running, #cond, __FILE__, __LINE__); \
			failed = true;                                                  \
			failures++;                                                     \
		}                                                                       \
	} while (0)

#define INFO 0x9000u
#define MAP 0x9100u
#define TEXT 0xA000u
static struct multiboot_info *info;
static uint32_t map_end;

static void begin(const char *name)
{
	running = name;
	failed = false;
	memset((void *)(uintptr_t)KERNEL_BASE, 0, LOW_BYTES);
	bootinfo = (struct bootinfo){ .direct_map = KERNEL_BASE };
	said[0] = 0;
	off_status = -1;
	info = (struct multiboot_info *)(uintptr_t)(KERNEL_BASE + INFO);
	map_end = MAP;
}

static void end(void)
{
	if (!failed)
		printf("PASS %s\n", running);
}

/* One record of the map, with some bytes more than the specification knows of. */
static void record(uint64_t start, uint64_t length, uint32_t kind, uint32_t more)
{
	struct multiboot_range *r = (struct multiboot_range *)(uintptr_t)(KERNEL_BASE + map_end);

	*r = (struct multiboot_range){ sizeof(*r) - 4 + more, start, length, kind };
	map_end += sizeof(*r) + more;
	info->flags |= MULTIBOOT_MMAP;
	info->map = MAP;
	info->map_bytes = map_end - MAP;
}

/* A usual PC with 32 MB. */
static void usual(uint32_t more)
{
	record(0, 0x9FC00, 1, more);
	record(0x9FC00, 0x400, 2, more);
	record(0xF0000, 0x10000, 2, more);
	record(0x100000, 0x1F00000, 1, more);
	record(0xFFFC0000, 0x40000, 2, more);
}

/* Parse it; true when the kernel may go on. */
static bool parse(uint32_t magic)
{
	if (setjmp(off))
		return false;
	boot_info(magic, INFO);
	return true;
}

/* The i-th range of this kind; an empty one when there is none. */
static struct boot_range range(uint32_t kind, unsigned i)
{
	for (uint32_t n = 0; n < bootinfo.range_count; n++)
		if (bootinfo.ranges[n].kind == kind && i-- == 0)
			return bootinfo.ranges[n];
	return (struct boot_range){ 0, 0, 99 };
}
#define IS(r, a, b) ((r).start == (a) && (r).end == (b))

static void test_usual(const char *name, uint32_t more)
{
	begin(name);
	usual(more);
	EXPECT(parse(MULTIBOOT_LOADED));
	EXPECT(IS(range(BOOT_USABLE, 0), 0, 0x9FC00) && IS(range(BOOT_USABLE, 1), 0x100000, 0x2000000));
	EXPECT(IS(range(BOOT_RESERVED, 0), 0x9FC00, 0xA0000) && IS(range(BOOT_RESERVED, 1), 0xF0000, 0x100000));
	EXPECT(IS(range(BOOT_RESERVED, 2), 0xFFFC0000, 0x100000000));
	EXPECT(IS(range(BOOT_KERNEL, 0), 0x100000, 0x180000));
	EXPECT(IS(range(BOOT_DATA, 0), INFO, INFO + sizeof(*info)) && IS(range(BOOT_DATA, 1), MAP, map_end));
	EXPECT(bootinfo.range_count == 8 && bootinfo.cmdline[0] == 0);
	end();
}

static void test_pieces(void)
{
	begin("info pieces are joined");
	usual(0);
	for (uint64_t at = 0x100000000; at < 0x100000000 + 60 * 0x10000; at += 0x10000)
		record(at, 0x10000, 1, 0);
	EXPECT(parse(MULTIBOOT_LOADED));
	EXPECT(IS(range(BOOT_USABLE, 2), 0x100000000, 0x1003C0000) && bootinfo.range_count == 9);
	end();
	begin("info too many pieces");
	usual(0);
	for (uint64_t at = 0x100000000; at < 0x100000000 + 60 * 0x10000; at += 0x10000)
		record(at, 0x8000, 1, 0);
	EXPECT(!parse(MULTIBOOT_LOADED) && off_status == 255 && strstr(said, "too many pieces"));
	EXPECT(bootinfo.range_count <= BOOT_RANGES_MAX);
	end();
}

static void test_odd_records(void)
{
	begin("info odd records");
	usual(0);
	record(0x300000000, 0, 1, 0);
	record(0xFFFFFFFFFFFFF000, 0x2000, 1, 0); /* wraps around */
	record(0x400000000, 0x1000, 77, 0);       /* a kind that nobody knows is not to be touched */
	info->map_bytes += 12;                    /* half a record */
	EXPECT(parse(MULTIBOOT_LOADED));
	EXPECT(range(BOOT_USABLE, 2).kind == 99 && IS(range(BOOT_RESERVED, 3), 0x400000000, 0x400001000));
	end();
	static const uint32_t sizes[] = { 0, 19, 0x1000, 0xFFFFFFFC };
	begin("info records of impossible size");
	for (unsigned i = 0; i < ARRAY_LEN(sizes); i++) {
		begin(running);
		usual(0);
		*(uint32_t *)(uintptr_t)(KERNEL_BASE + MAP) = sizes[i];
		EXPECT(!parse(MULTIBOOT_LOADED) && off_status == 255 && strstr(said, "impossible size"));
	}
	end();
}

static void test_sizes(void)
{
	begin("info sizes without a map");
	info->flags = MULTIBOOT_MEMORY;
	info->memory_lower = 639;
	info->memory_upper = 31 * 1024;
	EXPECT(parse(MULTIBOOT_LOADED));
	EXPECT(IS(range(BOOT_USABLE, 0), 0, 0x9FC00) && IS(range(BOOT_USABLE, 1), 0x100000, 0x2000000));
	EXPECT(bootinfo.range_count == 4);
	end();
	begin("info map preferred to sizes");
	usual(0);
	info->flags |= MULTIBOOT_MEMORY;
	info->memory_upper = 1;
	EXPECT(parse(MULTIBOOT_LOADED) && IS(range(BOOT_USABLE, 1), 0x100000, 0x2000000));
	end();
}

static void test_command_line(void)
{
	char *text = (char *)(uintptr_t)(KERNEL_BASE + TEXT);

	begin("info command line");
	usual(0);
	info->flags |= MULTIBOOT_CMDLINE;
	info->command_line = TEXT;
	strcpy(text, "kernel panic=off run=\"echo a\"");
	EXPECT(parse(MULTIBOOT_LOADED) && strcmp(bootinfo.cmdline, text) == 0);
	end();
	begin("info long command line");
	usual(0);
	info->flags |= MULTIBOOT_CMDLINE;
	info->command_line = TEXT;
	memset(text, 'x', 5000);
	EXPECT(parse(MULTIBOOT_LOADED) && strlen(bootinfo.cmdline) == BOOT_CMDLINE_MAX - 1);
	EXPECT(bootinfo.direct_map == KERNEL_BASE); /* what stands behind the array */
	end();
}

static void refused(const char *name, uint32_t magic, const char *text)
{
	running = name;
	EXPECT(!parse(magic) && off_status == 255 && strstr(said, text));
	end();
}

static void test_refusals(void)
{
	begin("");
	usual(0);
	refused("info wrong magic", 0x2BADB003, "Multiboot");
	begin("");
	refused("info nothing told", MULTIBOOT_LOADED, "told nothing about memory");
	begin("");
	record(0, 0x9FC00, 1, 0);
	record(0x100000, 0x80000 + MEMORY_MIN - 0x1000, 1, 0);
	refused("info too little memory", MULTIBOOT_LOADED, "needs 4 MB");
	begin("");
	record(0, 0x9FC00, 1, 0);
	record(0x100000, 0x2000000, 2, 0);
	refused("info nothing usable above", MULTIBOOT_LOADED, "MB of memory");
}

int main(void)
{
	void *low = mmap((void *)(uintptr_t)KERNEL_BASE, LOW_BYTES, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (low != (void *)(uintptr_t)KERNEL_BASE) {
		printf("SKIP info: the host has no memory at 0x%x to spare\n", KERNEL_BASE);
		return 0;
	}
	test_usual("info usual PC", 0);
	test_usual("info longer records", 4);
	test_pieces();
	test_odd_records();
	test_sizes();
	test_command_line();
	test_refusals();
	return failures != 0;
}
