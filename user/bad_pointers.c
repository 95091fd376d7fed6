/* user/bad_pointers.c: bad pointers to every call that takes one: EFAULT each time, and nothing is lost. (lab 3) */
#include "bad.h"
#include <errno.h>
#include <ouros.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int failures;

static void check(const char *call, const char *which, long result, long want)
{
	bool ok = result == want;

	printf("%s %-28s %-20s %ld\n", ok ? "PASS" : "FAIL:", call, which, result);
	failures += !ok;
}

/* Made by hand, for the library might look at what it passes on. */
#define CALL3(name, a, b, c) probe_call(SYS_##name, (uint32_t)(a), (uint32_t)(b), (uint32_t)(c))

static const struct place {
	const char *name;
	uint32_t va;
	bool readable;
} places[] = {
	{ "null", 0, false },
	{ "page 0", 0xffc, false },
	{ "nothing there", 0x30000000, false },
	{ "kernel", KERNEL_BASE + 0x100000, false },
	{ "PT_base", PT_base, false },
	{ "PD_base", PD_base, false },
	{ "APT_base", APT_base, false },
	{ "the end", 0xfffffffc, false },
	{ "hole in the window", SELFMAP_PTE_OF(UPT_base, 0x30000000), false },
	{ "kernel, in the window", SELFMAP_PTE_OF(UPT_base, KSLOT_base), false },
	{ "own text", UTEXT, true },
	{ "own directory", UPD_base, true },
};

static pid_t start(void)
{
	char *argv[] = { "true", NULL };

	return spawn("true", argv);
}

/* The child's status goes to a bad place: an error, and the child can still be waited for. */
static void wait_at(const struct place *p)
{
	pid_t pid = start();
	int status = -1;

	check("wait(pid, bad, 0)", p->name, CALL3(wait, pid, p->va, 0), -EFAULT);
	check("wait(pid, good, 0)", p->name, CALL3(wait, pid, &status, 0), pid);
	check("its status", p->name, status, 0);
}

static void spawn_at(const struct place *p)
{
	char *bad_string[] = { "true", (char *)p->va, NULL };

	if (p->readable) {
		check("spawn(not a name, 0)", p->name, CALL3(spawn, p->va, 0, 0), -ENOENT);
		return;
	}
	check("spawn(bad, 0)", p->name, CALL3(spawn, p->va, 0, 0), -EFAULT);
	if (p->va == 0)
		return; /* as an argument or as argv, null is the end and not bad */
	check("spawn(true, bad)", p->name, CALL3(spawn, "true", p->va, 0), -EFAULT);
	check("spawn(true, {true, bad, 0})", p->name, CALL3(spawn, "true", bad_string, 0), -EFAULT);
}

/* Strings and buffers whose beginning is good and whose end is not. */
static void check_edges(char *page)
{
	char *end = page + PAGE_SIZE;
	char *argv[] = { "true", end - 4, NULL };

	memset(page, 'x', PAGE_SIZE);
	check("write(1, ...)", "runs off its page", CALL3(write, 1, end - 4, 8), -EFAULT);
	check("spawn(runs off)", "runs off its page", CALL3(spawn, end - 4, 0, 0), -EFAULT);
	check("spawn(true, {true, runs off})", "runs off its page", CALL3(spawn, "true", argv, 0), -EFAULT);
	check("program(0, ..., 32)", "runs off its page", CALL3(program, 0, end - 1, 32), -EFAULT);
	check("the byte before", "runs off its page", end[-1], 'x');
	((char **)end)[-1] = "true";
	check("spawn(true, {true, off", "runs off its page", CALL3(spawn, "true", end - 4, 0), -EFAULT);
	check("write(1, x, 2^32 - 1)", "wraps around", CALL3(write, 1, end, 0xffffffff), -EFAULT);
	check("read(0, x, 2^32 - 1)", "wraps around", CALL3(read, 0, end, 0xffffffff), -EFAULT);
}

int main(void)
{
	char *page = (char *)0x20000000;

	for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const struct place *p = &places[i];

		if (!p->readable)
			check("write(1, bad, 4)", p->name, CALL3(write, 1, p->va, 4), -EFAULT);
		check("read(0, bad, 4)", p->name, CALL3(read, 0, p->va, 4), -EFAULT);
		check("program(0, bad, 32)", p->name, CALL3(program, 0, p->va, 32), -EFAULT);
		if (p->va)
			wait_at(p);
		spawn_at(p);
	}
	if (page_map(page, PAGE_SIZE, PROT_READ | PROT_WRITE) == 0)
		check_edges(page);
	printf("%s: bad pointers\n", failures ? "FAIL" : "PASS");
	return failures != 0;
}
