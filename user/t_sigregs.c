/* user/t_sigregs.c: tests that signals leave a computation's registers alone, wherever in it they come. (lab 4) */
#include "test.h"
#include <probe.h>
#include <signal.h>
#include <ucontext.h>

static volatile unsigned count, steps_wanted;

/* Uses many registers, and floating point. */
static void work(int signal)
{
	volatile double x = count + 0.5;
	volatile unsigned sum = 0;

	for (unsigned a = 1, b = 2, c = 3, d = 4, e = 5; a < 40; a++) {
		b += a * c, c ^= b << 3, d += c >> 1, e -= d;
		sum += b ^ c ^ d ^ e;
	}
	x = x * 3 + sum;
	count++;
	if (signal == SIGALRM)
		ualarm(5000, 0);
}

static void step(int signal, siginfo_t *info, void *context)
{
	work(signal);
	if (count >= steps_wanted)
		probe_step(&((ucontext_t *)context)->uc_mcontext, false);
}

static void start_stepping(int signal, siginfo_t *info, void *context)
{
	probe_step(&((ucontext_t *)context)->uc_mcontext, true);
}

/* Alarms come anywhere: in all of them together, some in the middle of the loop. */
static void check_alarms(void)
{
	volatile double before = 1.0 / 3;
	double kept = before;

	signal(SIGALRM, work);
	ualarm(5000, 0);
	while (count < 60)
		CHECK_IS(probe_registers_spin(2000000), 0);
	alarm(0);
	CHECK(kept == before);
}

/* At each single instruction, on a machine that can do that. */
static void check_steps(void)
{
	struct sigaction a = { .sa_sigaction = step, .sa_flags = SA_SIGINFO };
	struct sigaction start = { .sa_sigaction = start_stepping, .sa_flags = SA_SIGINFO };

	sigaction(SIGTRAP, &a, NULL);
	sigaction(SIGUSR1, &start, NULL);
	steps_wanted = 10000;
	count = 0;
	raise(SIGUSR1);
	CHECK_IS(probe_registers_spin(4000), 0);
	CHECK_IS(probe_registers_call(), 0);
	while (PROBE_STEPS && count < steps_wanted)
		CHECK_IS(probe_registers_spin(100), 0);
	CHECK_IS(count, PROBE_STEPS ? steps_wanted : 0);
}

static void check_calls(void)
{
	count = 0;
	signal(SIGUSR2, work);
	for (unsigned i = 0, a = 1, b = 2, c = 3, d = 4; i < 10000; i++) {
		raise(SIGUSR2);
		a += b, b ^= c, c += d, d -= a;
		if (i == 9999)
			CHECK_IS(a ^ b ^ c ^ d, OPAQUE(a) ^ OPAQUE(b) ^ OPAQUE(c) ^ OPAQUE(d));
	}
	CHECK_IS(count, 10000);
}

int main(void)
{
	check_alarms();
	check_steps();
	check_calls();
	return test_end("registers of who gets signals");
}
