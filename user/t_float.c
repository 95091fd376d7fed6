/* user/t_float.c: tests of floating point: many processes compute at once, each for itself; nobody sees another's. (lab 3) */
#include "test.h"
#include <fenv.h>
#include <math.h>
#include <probe.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <ucontext.h>

#define CHILDREN 6
static const int modes[] = { FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO };

static uint64_t bits_of(double d)
{
	uint64_t bits;

	memcpy(&bits, &d, sizeof(bits));
	return bits;
}

/* Leibniz' series, a division and an addition a turn; now and then the others get their turn in the middle of it. */
static double series(unsigned terms, bool yields)
{
	double sum = 0, sign = 4;

	for (unsigned i = 0; i < terms; i++, sign = -sign) {
		sum += sign / (2 * i + 1);
		if (yields && i % 512 == 0)
			yield();
	}
	return sum;
}

/* Of 12 x 12 numbers: the square of a matrix of eighths, of thirds, by its trace. */
static double trace(unsigned seed, bool yields)
{
	enum { N = 12 };
	double a[N][N]; /* its own in each thread */
	double sum = 0;

	for (int i = 0; i < N; i++)
		for (int j = 0; j < N; j++)
			a[i][j] = (double)((i * N + j) * seed % 97) / 3;
	for (int i = 0; i < N; i++) {
		for (int j = 0; j < N; j++)
			sum += a[i][j] * a[j][i];
		if (yields)
			yield();
	}
	return sum;
}

/* What IEEE 754 says of them, in each rounding mode; computed on another machine. */
static const struct {
	uint64_t series, trace;
} exact[] = {
	{ 0x4009214c91065f22, 0x40e16d38e38e38e3 },
	{ 0x4009214c91065934, 0x40e16d38e38e38c4 },
	{ 0x4009214c910664eb, 0x40e16d38e38e3902 },
	{ 0x4009214c91065934, 0x40e16d38e38e38c4 },
};

static void check_alone(void)
{
	for (unsigned m = 0; m < 4; m++) {
		CHECK_IS(fesetround(modes[m]), 0);
		CHECK_IS(fegetround(), modes[m]);
		CHECK(bits_of(series(3000, false)) == exact[m].series);
		CHECK(bits_of(trace(5, false)) == exact[m].trace);
	}
	CHECK_IS(fesetround(FE_TONEAREST), 0);
	CHECK(fesetround(0x12345) != 0);
}

static int compute(unsigned m)
{
	int wrong = 0;

	fesetround(modes[m]);
	for (int i = 0; i < 4; i++) {
		wrong += bits_of(series(3000, true)) != exact[m].series;
		wrong += bits_of(trace(5, true)) != exact[m].trace;
	}
	return wrong;
}

static void check_many(void)
{
	pid_t pids[CHILDREN];
	int status;

	for (int i = 0; i < CHILDREN; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(compute(i % 4));
	}
	CHECK_IS(compute(1), 0);
	for (int i = 0; i < CHILDREN; i++) {
		CHECK_IS(waitpid(pids[i], &status, 0), pids[i]);
		CHECK_IS(status, 0);
	}
	CHECK_IS(fegetround(), modes[1]);
	fesetround(FE_TONEAREST);
}

/* A child has its parent's registers, and what it does to them its parent does not see. */
static void check_fork(void)
{
	struct probe_float planted, seen;
	int status;
	pid_t pid;

	probe_float_plant(&planted, 7);
	pid = fork();
	if (pid == 0) {
		probe_float_read(&seen);
		bool same = probe_float_same(&planted, &seen);
		probe_float_plant(&seen, 8);
		yield();
		_exit(same ? 0 : 1);
	}
	yield();
	yield();
	CHECK_IS(waitpid(pid, &status, 0), pid);
	CHECK_IS(status, 0);
	probe_float_read(&seen);
	CHECK(probe_float_same(&planted, &seen));
}

/* Started while another's pattern is in the unit: it must see a fresh one. */
static int fresh(void)
{
	struct probe_float seen;

	probe_float_read(&seen);
	return probe_float_fresh(&seen) ? 0 : 1;
}

static void check_spawned(const char *self)
{
	struct probe_float planted, seen;

	for (unsigned i = 1; i < 4; i++) {
		probe_float_plant(&planted, i);
		CHECK_IS(test_run(self, "fresh", NULL), 0);
		probe_float_read(&seen);
		CHECK(probe_float_same(&planted, &seen));
	}
}

/* Ends while it owns the unit: the next one must not inherit it. */
static void check_ended(const char *self)
{
	struct probe_float planted;
	pid_t pid = fork();

	if (pid == 0) {
		probe_float_plant(&planted, 99);
		_exit(0);
	}
	CHECK_IS(waitpid(pid, NULL, 0), pid);
	CHECK_IS(test_run(self, "fresh", NULL), 0);
}

/* A program that replaces this one finds nothing of it. */
static void check_exec(const char *self)
{
	struct probe_float planted;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		probe_float_plant(&planted, 77);
		execl(self, self, "fresh", NULL);
		_exit(2);
	}
	CHECK_IS(waitpid(pid, &status, 0), pid);
	CHECK_IS(status, 0);
}

static void *compute_in_thread(void *mode)
{
	return (void *)(long)compute((unsigned)(long)mode);
}

static void check_threads(void)
{
	pthread_t threads[4];
	void *wrong;

	fesetround(FE_TONEAREST);
	for (long i = 0; i < 4; i++)
		CHECK_IS(pthread_create(&threads[i], NULL, compute_in_thread, (void *)i), 0);
	for (int i = 0; i < 4; i++) {
		CHECK_IS(pthread_join(threads[i], &wrong), 0);
		CHECK_IS((long)wrong, 0);
	}
	CHECK_IS(fegetround(), FE_TONEAREST);
}

static struct probe_float in_handler;
static volatile double handled;

/* It finds fresh registers, whatever the program was in the middle of, and leaves none of its own. */
static void handler(int signal)
{
	struct probe_float mess;

	probe_float_read(&in_handler);
	fesetround(FE_UPWARD);
	handled += 1.0 / 3 + sin(handled);
	probe_float_plant(&mess, 1234);
}

static void check_handler(void)
{
	struct probe_float planted, seen;

	signal(SIGUSR1, handler);
	for (int i = 1; i < 4; i++) {
		probe_float_plant(&planted, i);
		raise(SIGUSR1);
		probe_float_read(&seen);
		CHECK(probe_float_same(&planted, &seen));
		CHECK(probe_float_fresh(&in_handler));
	}
	/* A child that has not used the unit before its handler does. */
	int status;
	pid_t pid = fork();
	if (pid == 0)
		execl("t_float", "t_float", "handler", NULL);
	CHECK_IS(waitpid(pid, &status, 0), pid);
	CHECK_IS(status, 0);
}

static int first_use_in_handler(void)
{
	struct probe_float seen;

	signal(SIGUSR1, handler);
	raise(SIGUSR1);
	probe_float_read(&seen);
	return probe_float_fresh(&seen) ? 0 : 1;
}

/* Contexts with floating-point registers of the program's own making. */
static struct context context;
static jmp_buf back;

static void landed(void)
{
	probe_float_read(&in_handler);
	longjmp(back, 1);
}

static bool land(uint32_t fpu)
{
	static uint32_t stack[1024] __attribute__((aligned(16)));

	memset(&context, 0, sizeof(context));
	registers_set_pc(&context.registers, (uint32_t)landed);
	registers_set_sp(&context.registers, (uint32_t)&stack[1000]);
	context.fpu = fpu;
	if (setjmp(back))
		return true;
	context_return(&context);
	return false;
}

static void check_contexts(void)
{
	struct probe_float planted, bad;

	probe_float_plant(&planted, 5);
	CHECK(land((uint32_t)&planted));
	CHECK(probe_float_same(&in_handler, &planted) || !probe_float_is_context());
	CHECK(land(0) && probe_float_fresh(&in_handler));
	CHECK(!land(KERNEL_BASE) && !land(4));
	memset(&bad, 0xff, sizeof(bad)); /* everything that can be asked for: traps and all */
	pid_t pid = fork();
	if (pid == 0)
		_exit(!land((uint32_t)&bad)); /* it may well be ended by it */
	CHECK_IS(waitpid(pid, NULL, 0), pid);
	fedisableexcept(FE_ALL_EXCEPT);
	feclearexcept(FE_ALL_EXCEPT);
	fesetround(FE_TONEAREST);
}

/* What a function must keep, longjmp brings back. */
static __attribute__((noinline)) void spoil(void)
{
	struct probe_float mess;

	probe_float_plant(&mess, 4321);
	longjmp(back, 1);
}

static void check_longjmp(void)
{
	double a = OPAQUE(1) / 3.0, b = OPAQUE(2) / 7.0, c = OPAQUE(5) / 9.0, sum = a + b + c;

	if (setjmp(back) == 0)
		spoil();
	fesetround(FE_TONEAREST);
	CHECK(a + b + c == sum);
}

static void check_exceptions(void)
{
	volatile double zero = 0, one = 1, three = 3;

	feclearexcept(FE_ALL_EXCEPT);
	CHECK_IS(fetestexcept(FE_ALL_EXCEPT), 0);
	CHECK(bits_of(one / zero) == 0x7ff0000000000000);
	CHECK_IS(fetestexcept(FE_ALL_EXCEPT), FE_DIVBYZERO);
	CHECK(one / three != 0);
	CHECK_IS(fetestexcept(FE_ALL_EXCEPT), FE_DIVBYZERO | FE_INEXACT);
	feclearexcept(FE_DIVBYZERO);
	CHECK_IS(fetestexcept(FE_ALL_EXCEPT), FE_INEXACT);
	feclearexcept(FE_ALL_EXCEPT);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return strcmp(argv[1], "handler") == 0 ? first_use_in_handler() : fresh();
	CHECK_IS(fresh(), 0);
	check_alone();
	check_many();
	check_fork();
	check_spawned(argv[0]);
	check_ended(argv[0]);
	check_exec(argv[0]);
	check_threads();
	check_handler();
	check_contexts();
	check_longjmp();
	check_exceptions();
	return test_end("floating point");
}
