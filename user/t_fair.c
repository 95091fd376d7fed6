/* user/t_fair.c: tests, with figures, that threads of one priority share the CPU by their weights, that who sleeps much is
 * served soon, and that nobody starves. (lab 3)
 */
#include "test.h"
#include <probe.h>
#include <stdbool.h>
#include <sys/times.h>

#define MOST 50

static pid_t pids[MOST];
static unsigned ticks_of[MOST];
static uint32_t start, end; /* of the race: milliseconds since boot */

static bool racing(void)
{
	return (int32_t)(uptime() - end) < 0;
}

static void wait_until(uint32_t when)
{
	int32_t left = when - uptime();

	if (left > 0)
		usleep(left * 1000);
}

static void spin(void)
{
	while (racing())
		probe_loop(5000);
}

/* Works a little and sleeps until the clock's next tick, so that the clock seldom finds it running. */
static void cheat(void)
{
	while (racing()) {
		uint32_t until = uptime() + 6;

		while ((int32_t)(uptime() - until) < 0)
			probe_loop(1000);
		usleep(1000);
	}
}

/* Sleeps eight times as long as it works: twenty of these ask for more than there is. */
static void doze(void)
{
	while (racing()) {
		uint32_t until = uptime() + 10;

		while ((int32_t)(uptime() - until) < 0)
			probe_loop(1000);
		usleep(80000);
	}
}

/* All begin at once, a moment from now. */
static void prepare(unsigned milliseconds)
{
	start = uptime() + 200;
	end = start + milliseconds;
}

static void enter(unsigned i, void (*run)(void), int weight)
{
	pids[i] = fork();
	if (pids[i] == 0) {
		set_priority(0, 4, weight);
		wait_until(start);
		run();
		_exit(0);
	}
	CHECK(pids[i] > 0);
}

/* Waits for the first n; what each has used goes to ticks_of. */
static void finish(unsigned n)
{
	struct tms before, after;

	for (unsigned i = 0; i < n; i++) {
		times(&before);
		CHECK_IS(waitpid(pids[i], NULL, 0), pids[i]);
		times(&after);
		ticks_of[i] = after.tms_cutime + after.tms_cstime - before.tms_cutime - before.tms_cstime;
	}
}

/* n spinners; every second one has other times the weight of the rest. Each gets its share to within 10 % and two ticks. */
static void check_shares(unsigned n, int weight, int other, unsigned milliseconds)
{
	unsigned least = ~0u, most = 0;
	unsigned weights = (n + 1) / 2 * weight + n / 2 * weight * other, total = milliseconds / 10;

	prepare(milliseconds);
	for (unsigned i = 0; i < n; i++)
		enter(i, spin, i % 2 ? weight * other : weight);
	finish(n);
	for (unsigned i = 0; i < n; i++) {
		unsigned share = total * (i % 2 ? weight * other : weight) / weights, percent = ticks_of[i] * 100 / share;

		CHECK(ticks_of[i] + 2 >= share * 9 / 10 && ticks_of[i] <= share * 11 / 10 + 2);
		least = percent < least ? percent : least;
		most = percent > most ? percent : most;
	}
	printf("%u spinners, weights 1:%d: %u to %u %% of their shares\n", n, other, least, most);
}

/* Beside 50 spinners, whose turns take two seconds and a half together, every one of its sleeps ends at the next tick. */
static void check_latency(void)
{
	const unsigned sleep_ms = 160;
	unsigned worst = 0;

	prepare(2000);
	for (unsigned i = 0; i < MOST; i++)
		enter(i, spin, 5);
	wait_until(start + 100);
	while (racing()) {
		uint32_t before = uptime();

		usleep(sleep_ms * 1000);
		uint32_t late = uptime() - before - sleep_ms;
		worst = late > worst ? late : worst;
	}
	CHECK(worst <= 30);
	finish(MOST);
	printf("a sleeper beside %d spinners is %u ms late at most\n", MOST, worst);
}

/* One that is asleep whenever the clock looks gets no more than a spinner does. */
static void check_cheat(void)
{
	prepare(1500);
	enter(0, spin, 5);
	enter(1, cheat, 5);
	finish(2);
	printf("a spinner beside one that avoids the clock: %u %%\n", ticks_of[0] * 100 / 150);
	CHECK(ticks_of[0] >= 65);
}

/* More sleepers than the CPU has time for: the spinner still has its turns. */
static void check_no_starvation(void)
{
	const unsigned n = 21;

	prepare(2000);
	enter(0, spin, 5);
	for (unsigned i = 1; i < n; i++)
		enter(i, doze, 5);
	finish(n);
	printf("a spinner beside 20 that sleep much: %u %%\n", ticks_of[0] * 100 / 200);
	CHECK(ticks_of[0] >= 20);
}

int main(void)
{
	check_shares(2, 5, 1, 1000);
	check_shares(2, 5, 3, 1200);
	check_shares(10, 1, 1, 1000);
	check_shares(10, 1, 3, 1200);
	check_latency();
	check_cheat();
	check_no_starvation();
	return test_end("fair");
}
