/* user/t_context.c: tests context_return, with contexts that a program made up: good ones and hostile ones. (lab 4) */
#include "test.h"
#include <probe.h>
#include <setjmp.h>
#include <sys/mman.h>

#define LANDED 7
#define WORDS (sizeof(struct registers) / sizeof(uint32_t))

static uint32_t stack[1024] __attribute__((aligned(16)));
static jmp_buf home;
static volatile unsigned landings;

/* Entered by a context. What it must not have got is asked for here. */
static void landed(void)
{
	_exit(probe_unprivileged() ? LANDED : 1);
}

static void come_home(void)
{
	landings++;
	longjmp(home, 1);
}

static struct context context_to(void (*pc)(void))
{
	struct context c;

	memset(&c, 0, sizeof(c));
	registers_set_pc(&c.registers, (uint32_t)pc);
	registers_set_sp(&c.registers, (uint32_t)&stack[1000]);
	return c;
}

static bool goes_home(struct context *c)
{
	unsigned before = landings;

	if (setjmp(home) == 0)
		context_return(c);
	return landings == before + 1;
}

/* In a child, for it may not live. Its status. */
static int try_context(const struct context *c)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		context_return(c);
		_exit(1);
	}
	CHECK_IS(waitpid(pid, &status, 0), pid);
	return status;
}

/* It goes on where it said, as an ordinary program, or it is ended; the kernel lives. */
static void check_word(unsigned word, uint32_t value, bool may_end)
{
	struct context c = context_to(landed);
	int status;

	((uint32_t *)&c.registers)[word] = value;
	status = try_context(&c);
	if (status != STATUS_EXIT(LANDED) && !(may_end && WIFSIGNALED(status))) {
		printf("FAIL: word %u = 0x%08x: status 0x%x\n", word, value, status);
		test_failures++;
	}
}

static void check_registers(void)
{
	const struct context c = context_to(landed);

	for (unsigned word = 0; word < WORDS; word++) {
		uint32_t good = ((const uint32_t *)&c.registers)[word];

		if (good) /* pc or stack: below */
			continue;
		check_word(word, 0xffffffff, true);
		for (unsigned bit = 0; bit < 32; bit++)
			check_word(word, 1u << bit, probe_flag_ends(word, bit));
	}
}

static void check_pc_and_stack(void)
{
	static const uint32_t bad[] = { 0, 1, 2, 3, 0xffe, 0x10000001, ULIM - 1, ULIM, KERNEL_BASE + 0x100000, KERNEL_BASE + 0x180,
		DEVICE_BASE, PT_base, PD_base, PDE_self, APT_base, UPT_base + 2, UPD_base, KSLOT_base, 0xfffffffc, 0xffffffff };
	struct context c = context_to(landed);

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		registers_set_pc(&c.registers, bad[i]);
		CHECK(WIFSIGNALED(try_context(&c)));
		c = context_to(landed);
		registers_set_sp(&c.registers, bad[i]);
		int status = try_context(&c);
		CHECK(WIFSIGNALED(status) || status == STATUS_EXIT(LANDED));
		c = context_to(landed);
	}
}

/* Misaligned, and on both sides of a page's edge; then with nothing behind the edge. */
static void check_places(void)
{
	struct context c = context_to(come_home);
	char *area = mmap(NULL, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(area != MAP_FAILED);
	for (unsigned back = 1; back < sizeof(c); back += 3) {
		char *at = area + PAGE_SIZE - back;

		memcpy(at, &c, sizeof(c));
		CHECK(goes_home((struct context *)at));
	}
	munmap(area + PAGE_SIZE, PAGE_SIZE);
	for (unsigned back = 0; back < sizeof(c); back += 3)
		CHECK_ERROR(context_return((struct context *)(area + PAGE_SIZE - back)), EFAULT);
	CHECK(goes_home(memcpy(area + PAGE_SIZE - sizeof(c), &c, sizeof(c))));
	page_protect(area, PAGE_SIZE, PROT_NONE);
	CHECK_ERROR(context_return((struct context *)area), EFAULT);
	munmap(area, PAGE_SIZE);
}

static void check_addresses(void)
{
	static const uint32_t bad[] = { 0, 1, 0xffc, 0x10000000, UTOP, ULIM - 4, ULIM, KERNEL_BASE, KERNEL_BASE + 0x100000,
		DEVICE_BASE, PT_base, PD_base, APT_base, KSLOT_base, 0xfffffff0, 0xfffffffc, 0xffffffff };

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_ERROR(context_return((struct context *)bad[i]), EFAULT);
	/* The directory as a context: whatever its words are, they are taken as a program's. */
	CHECK(WIFSIGNALED(try_context((struct context *)UPD_base)));
}

int main(void)
{
	struct context c = context_to(come_home);

	for (int i = 0; i < 1000; i++)
		CHECK(goes_home(&c));
	check_registers();
	check_pc_and_stack();
	check_places();
	check_addresses();
	return test_end("contexts");
}
