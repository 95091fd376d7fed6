/* user/t_pthread.c: tests threads as POSIX has them: create, join, detach, once, keys, limits; malloc and stdio among them. (lab 3) */
#include "test.h"
#include <probe.h>
#include <pthread.h>
#include <sys/mman.h>

#define MANY 10

static volatile uint32_t count;

static void *twice(void *n) { return (void *)((uint32_t)n * 2); }

static void *use_errno(void *n)
{
	errno = (int)n;
	yield();
	CHECK_IS(write(99, "", 1), -1);
	CHECK_IS(errno, EBADF);
	errno = (int)n;
	usleep(10000);
	return (void *)errno;
}

static void check_join(void)
{
	pthread_t threads[MANY], t;
	void *result;

	for (int i = 0; i < MANY; i++)
		CHECK_IS(pthread_create(&threads[i], NULL, use_errno, (void *)(i + 100)), 0);
	errno = 5;
	for (int i = 0; i < MANY; i++) {
		CHECK_IS(pthread_join(threads[i], &result), 0);
		CHECK_IS(result, i + 100);
	}
	CHECK_IS(errno, 5);
	CHECK_IS(pthread_join(pthread_self(), NULL), EDEADLK);
	CHECK(pthread_equal(pthread_self(), pthread_self()));
	CHECK_IS(pthread_create(&t, NULL, twice, (void *)21), 0);
	CHECK(!pthread_equal(t, pthread_self()));
	usleep(20000); /* it has long ended when it is joined */
	CHECK_IS(pthread_join(t, &result), 0);
	CHECK_IS(result, 42);
	CHECK_IS(pthread_join(t, NULL), EINVAL);
	CHECK_IS(pthread_detach(t), EINVAL);
}

static void *touch_much(void *n)
{
	volatile char room[40000];

	for (unsigned i = 0; i < sizeof(room); i += 1000)
		room[i] = 1;
	return (void *)(room[39000] + (uint32_t)n);
}

/* In turn: stacks are used again, so it is about time, not memory. */
static void check_in_turn(void)
{
	void *result, *first = NULL;
	pthread_t t;

	for (int i = 0; i < 1000; i++) {
		CHECK_IS(pthread_create(&t, NULL, i % 100 ? twice : touch_much, (void *)i), 0);
		CHECK_IS(pthread_join(t, &result), 0);
		CHECK_IS(result, i % 100 ? i * 2 : i + 1);
		first = first ? first : t;
		CHECK(t == first);
	}
}

static void *count_up(void *unused)
{
	__sync_fetch_and_add(&count, 1);
	return NULL;
}

static void *detach_self(void *unused)
{
	CHECK_IS(pthread_detach(pthread_self()), 0);
	__sync_fetch_and_add(&count, 1);
	pthread_exit(NULL);
}

static void check_detach(void)
{
	pthread_attr_t attr;
	pthread_t t, seen[4] = { NULL };
	unsigned different = 0, n;

	count = 0;
	CHECK_IS(pthread_attr_init(&attr), 0);
	CHECK_IS(pthread_attr_setdetachstate(&attr, 9), EINVAL);
	CHECK_IS(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED), 0);
	CHECK_IS(pthread_attr_setstacksize(&attr, 100), EINVAL);
	CHECK_IS(pthread_attr_setstacksize(&attr, 20000), 0);
	for (int i = 0; i < 100; i++) {
		CHECK_IS(pthread_create(&t, &attr, count_up, NULL), 0);
		yield();
		yield();
		for (n = 0; n < different && seen[n] != t; n++)
			;
		if (n == different && different < 4)
			seen[different++] = t;
	}
	CHECK(different < 4);
	for (int i = 0; i < 10; i++) {
		CHECK_IS(pthread_create(&t, NULL, detach_self, NULL), 0);
		CHECK_IS(pthread_create(&t, NULL, count_up, NULL), 0);
		CHECK_IS(pthread_detach(t), 0);
	}
	usleep(50000);
	CHECK_IS(count, 120);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void slowly(void)
{
	usleep(30000);
	count++;
}

static void *do_once(void *unused)
{
	pthread_once(&once, slowly);
	return (void *)count;
}

static void run_all(void *(*function)(void *), unsigned n, uint32_t want)
{
	pthread_t threads[MANY];
	void *result;

	for (unsigned i = 0; i < n; i++)
		CHECK_IS(pthread_create(&threads[i], NULL, function, (void *)i), 0);
	for (unsigned i = 0; i < n; i++) {
		CHECK_IS(pthread_join(threads[i], &result), 0);
		CHECK_IS(result, want);
	}
}

static pthread_key_t key, other;

static void add(void *value) { __sync_fetch_and_add(&count, (uint32_t)value); }

/* Sets another value when it ends: that is destroyed, too, in a second round. */
static void add_and_set(void *value)
{
	add(value);
	if ((uint32_t)value < 1000)
		pthread_setspecific(other, (void *)1000);
}

static void *use_keys(void *n)
{
	CHECK(pthread_getspecific(key) == NULL);
	CHECK_IS(pthread_setspecific(key, (void *)((uint32_t)n + 1)), 0);
	yield();
	usleep(10000);
	CHECK_IS(pthread_getspecific(key), (uint32_t)n + 1);
	return NULL;
}

static void check_keys(void)
{
	pthread_key_t all[PTHREAD_KEYS_MAX + 1];
	unsigned n = 0;

	count = 0;
	CHECK_IS(pthread_setspecific(5, NULL), EINVAL);
	CHECK_IS(pthread_key_create(&other, add), 0);
	CHECK_IS(pthread_key_create(&key, add_and_set), 0);
	run_all(use_keys, 4, 0);
	CHECK_IS(count, 1 + 2 + 3 + 4 + 4 * 1000);
	CHECK(pthread_getspecific(key) == NULL);
	CHECK_IS(pthread_setspecific(key, "x"), 0);
	CHECK_IS(pthread_key_delete(key), 0);
	CHECK_IS(pthread_key_delete(key), EINVAL);
	CHECK(pthread_getspecific(key) == NULL);
	while (n < PTHREAD_KEYS_MAX + 1 && pthread_key_create(&all[n], NULL) == 0) {
		CHECK(pthread_getspecific(all[n]) == NULL); /* also the one that is used again */
		n++;
	}
	CHECK_IS(n, PTHREAD_KEYS_MAX - 1);
}

/* Blocks of all sizes, each full of its owner's number. */
static void *use_heap(void *n)
{
	uint8_t *blocks[20] = { NULL };
	unsigned sizes[20] = { 0 }, seed = (uint32_t)n + 1, wrong = 0;

	for (int i = 0; i < 400; i++) {
		unsigned k = (seed = seed * 1103515245 + 12345) / 65536 % 20;

		for (unsigned b = 0; b < sizes[k]; b++)
			wrong += blocks[k][b] != (uint8_t)((uint32_t)n + k);
		free(blocks[k]);
		sizes[k] = seed / 7 % 300;
		blocks[k] = malloc(sizes[k]);
		memset(blocks[k], (uint32_t)n + k, sizes[k]);
		if (i % 16 == 0)
			yield();
	}
	for (int k = 0; k < 20; k++)
		free(blocks[k]);
	return (void *)wrong;
}

static volatile bool enough;

/* More urgent than the others: at every tick it breaks in, wherever they are, and leaves the heap another. */
static void *use_heap_now_and_then(void *unused)
{
	uint8_t *kept[8] = { NULL };
	unsigned wrong = 0;

	for (unsigned i = 0; !enough; i++) {
		for (unsigned k = 0; k < 8; k++) {
			wrong += kept[k] && (kept[k][0] != k || kept[k][19] != k);
			free(kept[k]);
			kept[k] = malloc(20 + (i * 7 + k * 13) % 200);
			memset(kept[k], k, 20);
		}
		usleep(1000);
	}
	return (void *)wrong;
}

static void check_heap(void)
{
	pthread_t t;
	void *result;

	enough = false;
	CHECK_IS(pthread_create(&t, NULL, use_heap_now_and_then, NULL), 0);
	CHECK_IS(set_priority(0, 5, 0), 0);
	for (uint32_t until = uptime() + 300; (int32_t)(until - uptime()) > 0;)
		run_all(use_heap, 3, 0);
	enough = true;
	CHECK_IS(set_priority(0, 4, 0), 0);
	CHECK_IS(pthread_join(t, &result), 0);
	CHECK_IS(result, 0);
}

/* Lines of several threads stay whole, though each is printed in pieces and the buffer fills in between. */
static void *print_lines(void *n)
{
	for (int i = 0; i < 100; i++) {
		printf("line %d of %u: %0100d%0100d.\n", i, (unsigned)n, 1, 2);
		if (i % 32 == 0) /* more than the pipe holds is printed in between */
			yield();
	}
	return NULL;
}

/* "line N of T: " and two numbers of a hundred digits, 1 and 2, and a full stop. */
static bool is_whole(const char *line)
{
	char want[256], *end;
	long n = strtol(line + 5, &end, 10), thread = strtol(end + 4, NULL, 10);

	snprintf(want, sizeof(want), "line %ld of %ld: %0100d%0100d.", n, thread, 1, 2);
	return strlen(line) > 200 && strcmp(line, want) == 0;
}

/* Into a pipe, which is full most of the time: then one waits in the middle of its output, and the others come. */
static void check_lines(void)
{
	int fds[2], status = -1, lines = 0, wrong = 0;
	unsigned used = 0;
	char line[512];
	pid_t pid;

	CHECK_IS(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		run_all(print_lines, 4, 0);
		exit(test_failures);
	}
	close(fds[1]);
	while (read(fds[0], line + used, 1) == 1) {
		if (line[used] != '\n' && ++used < sizeof(line) - 1)
			continue;
		line[used] = '\0';
		wrong += !is_whole(line);
		lines++;
		used = 0;
	}
	close(fds[0]);
	CHECK_IS(waitpid(pid, &status, 0), pid);
	CHECK_IS(status, 0);
	CHECK_IS(lines, 400);
	CHECK_IS(wrong, 0);
}

static void *create_more(void *n)
{
	for (int i = 0; i < 10; i++) {
		pthread_t t;
		void *result;

		CHECK_IS(pthread_create(&t, NULL, twice, n), 0);
		CHECK_IS(pthread_join(t, &result), 0);
		CHECK_IS(result, (uint32_t)n * 2);
	}
	return NULL;
}

static void *sleep_long(void *unused)
{
	sleep(1000);
	return NULL;
}

static void *join_it(void *t)
{
	pthread_join(t, NULL);
	return NULL;
}

/* Every thread that can be had; then EAGAIN, again and again; and the program ends them all by exit. */
static int take_all_threads(void)
{
	pthread_attr_t attr;
	pthread_t t;
	int n = 0, error;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN);
	while ((error = pthread_create(&t, &attr, sleep_long, NULL)) == 0)
		n++;
	for (int i = 0; i < 3; i++)
		if (pthread_create(&t, &attr, sleep_long, NULL) != EAGAIN)
			return 2;
	return error == EAGAIN && n > 300 ? 42 : 1;
}

/* Ends while one waits for another. */
static int exit_while_joining(void)
{
	pthread_t sleeper, joiner;

	pthread_create(&sleeper, NULL, sleep_long, NULL);
	pthread_create(&joiner, NULL, join_it, sleeper);
	usleep(20000);
	return 42;
}

static int fault_while_joining(void)
{
	exit_while_joining();
	*(volatile uint32_t *)OPAQUE(4) = 1;
	return 1;
}

static pthread_t first;

static void *join_first(void *unused)
{
	void *result = NULL;

	pthread_join(first, &result);
	exit(result == &count ? 42 : 1);
}

static int first_ends_first(void)
{
	pthread_t t;

	first = pthread_self();
	pthread_create(&t, NULL, join_first, NULL);
	pthread_exit((void *)&count);
}

static void say_bye(void)
{
	printf("bye\n");
}

/* The last thread's end is the program's, as by exit(0). */
static int all_end(void)
{
	pthread_t t;

	atexit(say_bye);
	pthread_create(&t, NULL, twice, NULL);
	pthread_exit(NULL);
}

static void *below_the_stack(void *unused)
{
	char here;

	for (uint32_t va = OPAQUE((uint32_t)&here), end = va - 70000; va > end; va -= 512)
		*(volatile char *)va = 1;
	return NULL;
}

static int overflow_stack(void)
{
	pthread_t t;

	pthread_create(&t, NULL, below_the_stack, NULL);
	pthread_join(t, NULL);
	return 1;
}

static void *become_another(void *unused)
{
	execv("t_args", (char *[]){ "t_args", "exit", "5", NULL });
	return NULL;
}

static void *spin(void *unused)
{
	for (volatile unsigned i = 0;; i++)
		if (i == 0xffffffff)
			return NULL;
}

/* A thread that is not the first makes the process another program: the others are gone. */
static int exec_among_threads(void)
{
	pthread_t t;

	pthread_create(&t, NULL, sleep_long, NULL);
	pthread_create(&t, NULL, spin, NULL);
	pthread_create(&t, NULL, become_another, NULL);
	pthread_join(t, NULL);
	return 1;
}

static void *print_a_little(void *unused)
{
	for (int i = 0; i < 10; i++) {
		printf("a thread's %d\n", i);
		yield();
	}
	return NULL;
}

/* While others use the heap and stdout, a child of fork uses them, too. */
static int fork_among_threads(void)
{
	pthread_t threads[3];
	int status = 0, bad = 0;

	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, i ? use_heap : print_a_little, (void *)i);
	for (int i = 0; i < 10; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			void *result;

			free(malloc(100));
			if (pthread_create(&threads[0], NULL, twice, (void *)i) || pthread_join(threads[0], &result))
				_exit(1);
			_exit((int)result);
		}
		waitpid(pid, &status, 0);
		bad += status != STATUS_EXIT(i * 2);
	}
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	return bad ? 1 : 42;
}

static void check_process(int (*function)(void), int want)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		exit(function());
	CHECK_IS(waitpid(pid, &status, 0), pid);
	CHECK_IS(status, want);
}

int main(void)
{
	check_join();
	check_in_turn();
	check_detach();
	count = 0;
	run_all(do_once, MANY, 1);
	check_keys();
	check_heap();
	check_lines();
	run_all(create_more, 5, 0);
	check_process(take_all_threads, STATUS_EXIT(42));
	check_process(exit_while_joining, STATUS_EXIT(42));
	check_process(fault_while_joining, STATUS_KILLED);
	check_process(first_ends_first, STATUS_EXIT(42));
	check_process(all_end, 0);
	check_process(overflow_stack, STATUS_KILLED);
	check_process(fork_among_threads, STATUS_EXIT(42));
	check_process(exec_among_threads, STATUS_EXIT(5));
	return test_end("pthread");
}
