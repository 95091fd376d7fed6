/* kern/core/test_cmdline.c: host test of the kernel's command line and of its numbers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <core/core.h>

#define printf kernel_printf /* which the test listens to */
int kernel_printf(const char *fmt, ...);
#include "cmdline.c"
#undef printf

struct bootinfo bootinfo;
static unsigned failures, complaints;

int kernel_printf(const char *fmt, ...)
{
	complaints++;
	return 0;
}

#define CHECK(cond)                                                                     \
	do {                                                                            \
		if (!(cond) && failures++ < 10)                                         \
			printf("FAIL cmdline: %s (line %d)\n", #cond, __LINE__);        \
	} while (0)

static const char *get(const char *name, size_t size)
{
	static char buf[64];

	memset(buf, '#', sizeof(buf));
	return cmdline_get(name, buf, size);
}

static void test_words(void)
{
	strcpy(bootinfo.cmdline, "  test=pmap run=\"echo a  b\" quiet panic=off\ttests=7 empty= run=second last=x");
	CHECK(strcmp(get("test", 64), "pmap") == 0);
	CHECK(strcmp(get("tests", 64), "7") == 0);
	CHECK(strcmp(get("run", 64), "echo a  b") == 0);
	CHECK(strcmp(get("quiet", 64), "") == 0);
	CHECK(strcmp(get("empty", 64), "") == 0);
	CHECK(strcmp(get("panic", 64), "off") == 0);
	CHECK(strcmp(get("last", 64), "x") == 0);
	CHECK(!get("tes", 64) && !get("testss", 64) && !get("off", 64) && !get("b", 64) && !get("b\"", 64));
	CHECK(strcmp(get("run", 4), "ech") == 0);
	CHECK(strcmp(get("run", 1), "") == 0);
	CHECK(get("run", 0)[0] == '#');
	strcpy(bootinfo.cmdline, "\"run=echo a  b\" \"quiet\" \"\" last=x");
	CHECK(strcmp(get("run", 64), "echo a  b") == 0 && strcmp(get("last", 64), "x") == 0 && !get("a", 64));
	CHECK(strcmp(get("run", 4), "ech") == 0 && get("run", 0)[0] == '#');
	strcpy(bootinfo.cmdline, "run=\"open end");
	CHECK(strcmp(get("run", 64), "open end") == 0);
	bootinfo.cmdline[0] = 0;
	CHECK(!get("run", 64));
}

static void test_prefix(void)
{
	char buf[64];
	const char *at = NULL;

	strcpy(bootinfo.cmdline, "env.A=1 run=\"x env.N=2\" env. environment=3 \"env.B=two words\" env.C env.D=\"a b\"");
	CHECK(cmdline_next("env.", &at, buf, 64) && strcmp(buf, "A=1") == 0);
	CHECK(cmdline_next("env.", &at, buf, 64) && strcmp(buf, "B=two words") == 0);
	CHECK(cmdline_next("env.", &at, buf, 64) && strcmp(buf, "C") == 0);
	CHECK(cmdline_next("env.", &at, buf, 64) && strcmp(buf, "D=a b") == 0);
	CHECK(!cmdline_next("env.", &at, buf, 64) && !cmdline_next("env.", &at, buf, 64));
	at = NULL;
	CHECK(cmdline_next("env.", &at, buf, 2) && strcmp(buf, "A") == 0);
}

static void test_numbers(void)
{
	static const struct { const char *text; unsigned base; bool ok; uint32_t value; } cases[] = {
		{ "0", 10, true, 0 }, { "42", 10, true, 42 }, { "4294967295", 10, true, 4294967295u },
		{ "4294967296", 10, false, 0 }, { "99999999999999999999999", 10, false, 0 }, { "", 10, false, 0 },
		{ "0x", 10, false, 0 }, { "0x1F", 10, true, 31 }, { "1f", 10, false, 0 }, { "1f", 16, true, 31 },
		{ "c0300C00", 16, true, 0xc0300c00 }, { "0XffffFFFF", 16, true, 0xffffffff }, { "100000000", 16, false, 0 },
		{ "-1", 10, false, 0 }, { "1 ", 10, false, 0 }, { "g", 16, false, 0 }, { "010", 10, true, 10 },
	};

	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		uint32_t value = 0;

		CHECK(parse_u32(cases[i].text, cases[i].base, &value) == cases[i].ok && value == cases[i].value);
	}
	strcpy(bootinfo.cmdline, "a=12 b=0x10 c=twelve");
	CHECK(cmdline_number("a", 5) == 12 && cmdline_number("b", 5) == 16 && cmdline_number("d", 5) == 5);
	CHECK(complaints == 0);
	CHECK(cmdline_number("c", 5) == 5 && complaints == 1);
}

int main(void)
{
	test_words();
	test_prefix();
	test_numbers();
	if (!failures)
		printf("PASS cmdline\n");
	return failures != 0;
}
