/* kern/core/ktest_run.c: runs the tests that stand beside the code they test. (lab 1) */
#include <arch/port.h>
#include <core/core.h>
#include <dev/dev.h>
#include <string.h>

#define FAILURES_SHOWN 5 /* of one test */

extern const struct ktest ktests_start[], ktests_end[];

void (*ktest_probe)(const char *where);

static const struct ktest *running;
static unsigned failures; /* of the running test */

void ktest_check(bool ok, const char *what, const char *file, int line)
{
	if (ok || ++failures > FAILURES_SHOWN)
		return;
	printf(failures == 1 ? "FAIL %s: %s (%s:%d)\n" : "  and %s: %s (%s:%d)\n", running->name, what, file, line);
}

static bool run_one(const struct ktest *test)
{
	running = test;
	failures = 0;
	test->run();
	if (!failures)
		printf("PASS %s\n", test->name);
	return !failures;
}

void ktest_run(const char *prefix)
{
	unsigned passed = 0, failed = 0;

	for (const struct ktest *t = ktests_start; t < ktests_end; t++) {
		if (strncmp(t->name, prefix, strlen(prefix)) != 0)
			continue;
		if (run_one(t))
			passed++;
		else
			failed++;
	}
	if (!passed && !failed) {
		printf("FAIL %s: no test's name starts so\n", prefix);
		failed = 1;
	}
	printf("tests: %u passed, %u failed\n", passed, failed);
	uart_drain();
	machine_poweroff(failed ? 1 : 0);
}
