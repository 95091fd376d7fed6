/* user/t_pthread_signal.c: tests signals among threads: whose they are, what they interrupt, and what goes on waiting. (lab 4) */
#include "test.h"
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER, inherit = { .inherit = PTHREAD_PRIO_INHERIT };
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static sem_t sem;
static volatile unsigned handled, done;
static pthread_t volatile handler_ran_in;

static void handle(int signal)
{
	errno = 1; /* the interrupted one's own, which a handler should put back; another thread's is not touched */
	handler_ran_in = pthread_self();
	handled++;
}

static void set_handler(int flags)
{
	struct sigaction action = { .sa_flags = flags };

	action.sa_handler = handle;
	CHECK_IS(sigaction(SIGUSR1, &action, NULL), 0);
}

static void *wait_mutex(void *m)
{
	CHECK_IS(pthread_mutex_lock(m), 0);
	done++;
	CHECK_IS(pthread_mutex_unlock(m), 0);
	return NULL;
}

static void *wait_read(void *unused)
{
	CHECK_IS(pthread_rwlock_rdlock(&rwlock), 0);
	done++;
	CHECK_IS(pthread_rwlock_unlock(&rwlock), 0);
	return NULL;
}

static void *wait_barrier(void *unused)
{
	pthread_barrier_wait(&barrier);
	done++;
	return NULL;
}

static void *wait_sem(void *unused)
{
	int result = sem_wait(&sem), error = errno;

	done++;
	return (void *)(result < 0 ? error : 0);
}

static volatile bool go_on;

static void *wait_cond(void *unused)
{
	pthread_mutex_lock(&mutex);
	while (!go_on)
		CHECK_IS(pthread_cond_wait(&condition, &mutex), 0);
	done++;
	pthread_mutex_unlock(&mutex);
	return NULL;
}

/* Starts it, lets it wait, and interrupts it: the handler runs there, and nothing else has happened. */
static pthread_t interrupt(void *(*function)(void *), void *argument)
{
	pthread_t t;

	handled = done = 0;
	errno = 77;
	CHECK_IS(pthread_create(&t, NULL, function, argument), 0);
	CHECK_IS(pthread_kill(t, 0), 0);
	usleep(20000);
	for (unsigned i = 1; i <= 3; i++) {
		CHECK_IS(pthread_kill(t, SIGUSR1), 0);
		usleep(20000);
		CHECK_IS(handled, i);
		CHECK(handler_ran_in == t);
		CHECK_IS(done, 0);
	}
	CHECK_IS(errno, 77);
	return t;
}

static void finish(pthread_t t)
{
	CHECK_IS(pthread_join(t, NULL), 0);
	CHECK_IS(done, 1);
}

static void check_waits(void)
{
	pthread_t t;

	pthread_mutex_lock(&mutex);
	t = interrupt(wait_mutex, &mutex);
	pthread_mutex_unlock(&mutex);
	finish(t);
	pthread_mutex_lock(&inherit);
	t = interrupt(wait_mutex, &inherit);
	pthread_mutex_unlock(&inherit);
	finish(t);
	pthread_rwlock_wrlock(&rwlock);
	t = interrupt(wait_read, NULL);
	pthread_rwlock_unlock(&rwlock);
	finish(t);
	pthread_barrier_init(&barrier, NULL, 2);
	t = interrupt(wait_barrier, NULL);
	pthread_barrier_wait(&barrier);
	finish(t);
	go_on = false;
	t = interrupt(wait_cond, NULL);
	pthread_mutex_lock(&mutex);
	go_on = true;
	pthread_cond_signal(&condition);
	pthread_mutex_unlock(&mutex);
	finish(t);
}

static void check_sem(void)
{
	pthread_t t;
	void *result;

	sem_init(&sem, 0, 0);
	set_handler(SA_RESTART);
	t = interrupt(wait_sem, NULL);
	sem_post(&sem);
	CHECK_IS(pthread_join(t, &result), 0);
	CHECK_IS(result, 0);
	set_handler(0);
	done = 0;
	CHECK_IS(pthread_create(&t, NULL, wait_sem, NULL), 0);
	usleep(20000);
	CHECK_IS(pthread_kill(t, SIGUSR1), 0);
	CHECK_IS(pthread_join(t, &result), 0);
	CHECK(result == (void *)EINTR || result == (void *)1); /* the handler leaves its mark in that thread's errno */
}

static void *look_at_mask(void *unused)
{
	sigset_t set = 0;

	CHECK_IS(pthread_sigmask(SIG_SETMASK, NULL, &set), 0);
	return (void *)set;
}

/* A mask is inherited, and each one's own; the process' signal goes to a thread that does not block it. */
static void check_masks(void)
{
	sigset_t set = 1u << SIGUSR1;
	void *result;
	pthread_t t;

	pthread_create(&t, NULL, look_at_mask, NULL);
	pthread_join(t, &result);
	CHECK_IS(result, 0);
	go_on = false;
	pthread_create(&t, NULL, wait_cond, NULL); /* without the mask */
	CHECK_IS(pthread_sigmask(SIG_BLOCK, &set, NULL), 0);
	pthread_t other;
	pthread_create(&other, NULL, look_at_mask, NULL);
	pthread_join(other, &result);
	CHECK_IS(result, set);
	handled = 0;
	CHECK_IS(kill(getpid(), SIGUSR1), 0);
	usleep(20000);
	CHECK_IS(handled, 1);
	CHECK(handler_ran_in == t);
	pthread_mutex_lock(&mutex);
	go_on = true;
	pthread_cond_signal(&condition);
	pthread_mutex_unlock(&mutex);
	pthread_join(t, NULL);
	CHECK_IS(kill(getpid(), SIGUSR1), 0); /* now everybody blocks it */
	usleep(10000);
	CHECK_IS(handled, 1);
	CHECK_IS(pthread_sigmask(SIG_UNBLOCK, &set, NULL), 0);
	CHECK_IS(handled, 2);
	CHECK(handler_ran_in == pthread_self());
	CHECK_IS(pthread_kill(pthread_self(), SIGUSR1), 0);
	CHECK_IS(handled, 3);
	CHECK_IS(pthread_kill(pthread_self(), 99), EINVAL);
	CHECK_IS(pthread_sigmask(9, &set, NULL), EINVAL);
}

int main(void)
{
	set_handler(0);
	check_waits();
	check_sem();
	check_masks();
	return test_end("pthread_signal");
}
