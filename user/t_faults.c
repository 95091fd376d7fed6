/* user/t_faults.c: tests that every bad_* program ends as it should, and that the system goes on. (lab 3) */
#include "test.h"
#include <probe.h>
#include <signal.h>

/* These break no rule, or none of this machine's: they say how it went. */
static bool lives(const char *name)
{
	static const char *const names[] = { "bad_calls", "bad_ends", "bad_number", "bad_pointers", "bad_registers" };

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return strcmp(name, "bad_misaligned") == 0 && !probe_misaligned_dies();
}

static bool is_fault(int status)
{
	return status == SIGILL || status == SIGTRAP || status == SIGBUS || status == SIGFPE || status == SIGSEGV;
}

static void check_ends(const char *name, const char *argument, bool lives)
{
	int status = test_run(name, argument, NULL);

	if (lives ? status == 0 : is_fault(status))
		return;
	printf("FAIL: %s %s ended with status 0x%x\n", name, argument ? argument : "", status);
	test_failures++;
}

int main(void)
{
	char name[32], number[12];
	int tried = 0;

	for (unsigned i = 0; program_name(i, name, sizeof(name)) >= 0; i++) {
		if (strncmp(name, "bad_", 4) != 0)
			continue;
		check_ends(name, NULL, lives(name));
		tried++;
	}
	for (unsigned i = 0; i < probe_privileged_count; i++, tried++) {
		snprintf(number, sizeof(number), "%u", i);
		check_ends("bad_privileged", number, false);
	}
	CHECK(tried > 30);
	CHECK_IS(test_run("true", NULL, NULL), 0);
	printf("%d bad programs\n", tried);
	return test_end("faults");
}
