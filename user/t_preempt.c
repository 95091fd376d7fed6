/* user/t_preempt.c: tests that programs which never give way do not stop the others. (lab 3) */
#include "test.h"
#include <probe.h>

#define SPINNERS 2

/* Without a single call, for at least a second and a half of the machine's time: known from how long a sleep takes. */
static int spin(const char *duration)
{
	uint32_t start = cycles(), length = strtoul(duration, NULL, 10);

	while (cycles() - start < length)
		probe_loop(1000);
	return 0;
}

int main(int argc, char **argv)
{
	char duration[16];
	pid_t spinners[SPINNERS];
	int status;

	if (argc > 1)
		return spin(argv[1]);
	uint32_t start = cycles();
	usleep(490000);
	snprintf(duration, sizeof(duration), "%u", (cycles() - start) * 3);
	for (int i = 0; i < SPINNERS; i++)
		spinners[i] = test_start("t_preempt", duration, NULL);
	usleep(10000); /* they run now */
	for (int i = 0; i < 3; i++)
		CHECK_IS(test_run("true", NULL, NULL), 0);
	usleep(50000);
	for (int i = 0; i < SPINNERS; i++) /* and still do: what came before was faster */
		CHECK_IS(waitpid(spinners[i], &status, WNOHANG), 0);
	/* Both take turns with a third program, whose registers must survive that. */
	CHECK_IS(probe_registers_spin(20 * 1000 * 1000), 0);
	for (int i = 0; i < SPINNERS; i++)
		CHECK_IS(waitpid(spinners[i], &status, 0), spinners[i]);
	return test_end("preempt");
}
