/* user/t_futex_lock.c: tests locks that give their owner its waiters' priority: how long urgent threads wait, and what goes wrong. (lab 3) */
#include "test.h"
#include <pthread.h>

#define RAISED PTHREAD_PRIO_INHERIT

enum { HIGH = 4, MEDIUM, LOW }; /* whoever runs the tests has 4 */

static pthread_mutex_t first, second;
static volatile uint32_t working, spinning, done, enough;


static void set_own_priority(int priority)
{
	CHECK_IS(set_priority(0, priority, 0), 0);
}

static pthread_t start(void *(*function)(void *), void *argument)
{
	pthread_t t;

	CHECK_IS(pthread_create(&t, NULL, function, argument), 0);
	return t;
}

static void work(unsigned loops)
{
	for (volatile unsigned i = 0; i < loops; i++)
		;
}

static void wait_until(volatile uint32_t *flag, uint32_t value)
{
	while (*flag != value)
		usleep(10000);
}

/* Lowest: has the lock, and some work to do with it. */
static void *hold(void *m)
{
	set_own_priority(LOW);
	pthread_mutex_lock(m);
	working = 1;
	wait_until(&spinning, 1); /* from here on it runs only if somebody gives it a higher priority */
	work(20000);
	pthread_mutex_unlock(m);
	done = 1;
	return NULL;
}

/* In between: needs no lock, only the CPU, all of it. */
static void *spin(void *unused)
{
	set_own_priority(MEDIUM);
	spinning = 1;
	while (!enough)
		;
	return NULL;
}

/* Waits for the lowest, by way of the one that it has itself. */
static void *hold_and_want(void *unused)
{
	set_own_priority(LOW);
	pthread_mutex_lock(&second);
	working = 2;
	pthread_mutex_lock(&first);
	pthread_mutex_unlock(&first);
	pthread_mutex_unlock(&second);
	return NULL;
}

/* The main thread is the most urgent: it gets the mutex although the spinning one never stops by itself. */
static void check_inversion(bool chain)
{
	pthread_t a, b = NULL, c;

	first = second = (pthread_mutex_t){ .inherit = RAISED };
	working = spinning = done = enough = 0;
	a = start(hold, &first);
	wait_until(&working, 1);
	if (chain) {
		b = start(hold_and_want, NULL);
		wait_until(&working, 2);
	}
	c = start(spin, NULL);
	wait_until(&spinning, 1);
	CHECK_IS(pthread_mutex_lock(chain ? &second : &first), 0);
	CHECK_IS(enough, 0);
	CHECK_IS(done, 0); /* and it went on with its own priority after that */
	CHECK_IS(pthread_mutex_unlock(chain ? &second : &first), 0);
	usleep(20000);
	CHECK_IS(done, 0);
	enough = 1;
	pthread_join(a, NULL);
	if (chain)
		pthread_join(b, NULL);
	pthread_join(c, NULL);
	CHECK_IS(first.word, 0);
	CHECK_IS(second.word, 0);
}

static void *take_and_count(void *priority)
{
	set_own_priority((int)priority);
	CHECK_IS(pthread_mutex_lock(&first), 0);
	CHECK_IS(working, (uint32_t)priority);
	working++;
	CHECK_IS(pthread_mutex_unlock(&first), 0);
	return NULL;
}

/* The most urgent one is next, whoever came first. */
static void check_order(void)
{
	pthread_t t[3];

	first = (pthread_mutex_t){ .inherit = RAISED };
	CHECK_IS(pthread_mutex_lock(&first), 0);
	for (int p = LOW; p >= HIGH; p--) {
		t[p - HIGH] = start(take_and_count, (void *)p);
		usleep(20000);
	}
	working = HIGH;
	CHECK_IS(pthread_mutex_unlock(&first), 0);
	for (int i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	CHECK_IS(working, LOW + 1);
	CHECK_IS(first.word, 0);
}

static void *lock_and_end(void *m)
{
	CHECK_IS(pthread_mutex_lock(m), 0);
	usleep(30000);
	return NULL;
}

static void *lock_and_unlock(void *m)
{
	int error = pthread_mutex_lock(m);

	CHECK_IS(pthread_mutex_unlock(m), 0);
	return (void *)error;
}

/* The owner ends with the lock, waited for by nobody, by one, by several: one of them is told. */
static void check_dead_owner(void)
{
	pthread_t t[3];
	void *result;
	unsigned told = 0;

	first = (pthread_mutex_t){ .inherit = RAISED };
	pthread_join(start(lock_and_end, &first), NULL);
	CHECK_IS(pthread_mutex_lock(&first), EOWNERDEAD);
	CHECK_IS(pthread_mutex_unlock(&first), 0);
	t[0] = start(lock_and_end, &first);
	usleep(10000);
	CHECK_IS(pthread_mutex_lock(&first), EOWNERDEAD);
	pthread_join(t[0], NULL);
	CHECK_IS(pthread_mutex_unlock(&first), 0);
	pthread_t owner = start(lock_and_end, &first);
	usleep(10000);
	for (int i = 0; i < 3; i++)
		t[i] = start(lock_and_unlock, &first);
	for (int i = 0; i < 3; i++) {
		pthread_join(t[i], &result);
		CHECK((int)result == 0 || (int)result == EOWNERDEAD);
		told += (int)result == EOWNERDEAD;
	}
	CHECK_IS(told, 1);
	pthread_join(owner, NULL);
	CHECK_IS(first.word, 0);
}

static void *lock_second_then_first(void *unused)
{
	CHECK_IS(pthread_mutex_lock(&second), 0);
	working = 1;
	CHECK_IS(pthread_mutex_lock(&first), 0);
	CHECK_IS(pthread_mutex_unlock(&first), 0);
	CHECK_IS(pthread_mutex_unlock(&second), 0);
	return NULL;
}

static void check_deadlock(void)
{
	pthread_t t;

	first = second = (pthread_mutex_t){ .inherit = RAISED };
	working = 0;
	CHECK_IS(pthread_mutex_lock(&first), 0);
	CHECK_IS(pthread_mutex_lock(&first), EDEADLK);
	t = start(lock_second_then_first, NULL);
	wait_until(&working, 1);
	usleep(20000);
	CHECK_IS(pthread_mutex_lock(&second), EDEADLK);
	CHECK_IS(pthread_mutex_unlock(&first), 0);
	pthread_join(t, NULL);
	CHECK_IS(pthread_mutex_lock(&second), 0);
	CHECK_IS(pthread_mutex_unlock(&second), 0);
}

/* The words themselves, right and wrong. */
static void check_words(void)
{
	volatile uint32_t word = 0;
	uint32_t me = gettid();

	CHECK_ERROR(futex(&word, FUTEX_UNLOCK, 0, 0), EPERM);
	CHECK_IS(futex(&word, FUTEX_LOCK, 0, 0), 0);
	CHECK_IS(word, me);
	CHECK_ERROR(futex(&word, FUTEX_LOCK, 0, 0), EDEADLK);
	CHECK_IS(futex(&word, FUTEX_UNLOCK, 0, 0), 0);
	CHECK_IS(word, 0);
	word = 0x3fffffff; /* nobody */
	CHECK_ERROR(futex(&word, FUTEX_LOCK, 0, 0), EOWNERDEAD);
	CHECK_IS(word, me);
	word = me | FUTEX_WAITERS;
	CHECK_IS(futex(&word, FUTEX_UNLOCK, 0, 0), 0);
	CHECK_IS(word, 0);
	word = 1; /* the first process' thread, or our own: then it is locked already */
	CHECK_ERROR(futex(&word, FUTEX_LOCK, 0, 1), me == 1 ? EDEADLK : EOWNERDEAD);
	for (int op = FUTEX_LOCK; op <= FUTEX_UNLOCK; op++) {
		CHECK_ERROR(futex((uint32_t *)0, op, 0, 0), EFAULT);
		CHECK_ERROR(futex((uint32_t *)UTEXT, op, 0, 0), EFAULT); /* the program's text: it can't be written */
		CHECK_ERROR(futex((uint32_t *)UPT_base, op, 0, 0), EFAULT);
		CHECK_ERROR(futex((uint32_t *)KERNEL_BASE, op, 0, 0), EFAULT);
		CHECK_ERROR(futex((uint32_t *)((char *)&word + 1), op, 0, 0), EINVAL);
	}
}

static void *wait_for_ever(void *m)
{
	pthread_mutex_lock(m);
	return NULL;
}

/* Ended while threads wait for locks, in a row, and the urgent ones have given their priority. */
static void check_exit(void)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		first = second = (pthread_mutex_t){ .inherit = RAISED };
		pthread_mutex_lock(&first);
		set_own_priority(LOW);
		for (int i = 0; i < 3; i++)
			start(wait_for_ever, &first);
		start(lock_second_then_first, NULL);
		usleep(20000);
		start(wait_for_ever, &second);
		usleep(20000);
		exit(42);
	}
	CHECK_IS(waitpid(pid, &status, 0), pid);
	CHECK_IS(status, STATUS_EXIT(42));
}

int main(void)
{
	set_own_priority(HIGH);
	check_words();
	check_inversion(false);
	check_inversion(true);
	check_order();
	check_dead_owner();
	check_deadlock();
	check_exit();
	return test_end("futex_lock");
}
