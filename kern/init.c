/* kern/init.c: the boot sequence; a reader starts here. The machine's entry code has filled in bootinfo. (lab 1) */
#include <arch/port.h>
#include <core/core.h>
#include <dev/dev.h>
#include <mem/pmap.h>
#include <proc/proc.h>
#include <error.h>
#include <string.h>

void kernel_init(void);

static const char *error_text(int error)
{
	switch (error) {
#define ERROR_CASE(name, number, text) case name: return text;
		ERROR_LIST(ERROR_CASE)
#undef ERROR_CASE
	default: return "unknown error";
	}
}

/* Blanks become the ends of strings: "echo  a b" is three, packed one behind the other. */
static void split_words(char *strings, struct arguments *args)
{
	for (char *from = strings, *to = strings; *from;) {
		while (*from == ' ')
			from++;
		if (!*from)
			break;
		while (*from && *from != ' ')
			*to++ = *from++;
		if (*from)
			from++;
		*to++ = '\0';
		args->bytes = to - strings;
		args->argc++;
	}
}

/* The first program, as the command line has it: run="name argument ..."; without it the shell. */
static void start_first(void)
{
	static char strings[3 * BOOT_CMDLINE_MAX]; /* what was typed, and the environment */
	struct arguments args = { .argc = 0, .strings = strings };
	if (!cmdline_get("run", strings, BOOT_CMDLINE_MAX) || !strings[0])
		strlcpy(strings, "sh", sizeof(strings));
	split_words(strings, &args);
	args.envc = environment_first(strings + args.bytes, sizeof(strings) - args.bytes);
	int pid = proc_spawn(NULL, strings, &args);
	if (pid < 0) {
		printf("can't start \"%s\": %s\n", strings, error_text(-pid));
		frame_report();
		machine_poweroff(127);
	}
	proc_find(pid)->first = true;
}

/*
 * From power-on to here: boot/<machine>/entry.S, which was entered by a boot loader (on the PC ours is in boot/i386/),
 * has given us a stack, and info.c has written down what memory there is. From here to the first program:
 */
void kernel_init(void)
{
	if (cmdline_number("monitor", 0)) /* monitor=1: before all else. What it tells of memory, it can't tell yet */
		monitor(NULL, "nothing is set up yet");

	/* Memory: which frames there are; then the page tables that map themselves; then RAM that only they can show. */
	frame_init(&bootinfo);
	pmap_init();
	frame_init_high(&bootinfo);

	/* Ways into the kernel: traps, devices' interrupts, the clock. Interrupts stay off until a program runs. */
	trap_init();
	machine_init(&bootinfo);
	clock_init(CLOCK_HZ);
	time_init();
	sched_init();
	struct formulas at;
	pmap_formulas(PT_base, 0, &at);
	printf("OurOS on %s: %u MB, %u frames free; page tables at 0x%08x, directory at 0x%08x, its own entry at 0x%08x\n",
	       machine_name, frame_count / 256, frames_free, PT_base, at.directory, at.self);
#ifdef TESTS
	char prefix[32];
	if (cmdline_get("test", prefix, sizeof(prefix)))
		ktest_run(prefix);
#endif
	frame_fail_after = cmdline_number("failframe", 0); /* failframe=N: the N-th allocation fails, to try what then */

	/* The first process; and the way out of the kernel, which comes back here no more: its stack starts anew. */
	start_first();
	schedule();
}
