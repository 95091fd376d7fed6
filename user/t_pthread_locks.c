/* user/t_pthread_locks.c: tests what threads meet at: mutexes, conditions, semaphores, barriers, locks for readers and writers. (lab 3) */
#include "test.h"
#include <pthread.h>
#include <semaphore.h>

#define MANY 10
#define RMUTEX PTHREAD_RECURSIVE_MUTEX_INITIALIZER
#define EMUTEX PTHREAD_ERRORCHECK_MUTEX_INITIALIZER

static pthread_t threads[MANY];
static volatile unsigned count, wrong;

static void start_all(unsigned n, void *(*function)(void *))
{
	count = wrong = 0;
	for (unsigned i = 0; i < n; i++)
		CHECK_IS(pthread_create(&threads[i], NULL, function, (void *)i), 0);
}

static void join_all(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		CHECK_IS(pthread_join(threads[i], NULL), 0);
	CHECK_IS(wrong, 0);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* Without the lock, a thread that is interrupted in here spoils the sum. */
static void *count_up(void *n)
{
	for (int i = 0; i < 1000; i++) {
		pthread_mutex_lock(&mutex);
		unsigned was = count;
		if (i % 128 == (int)n)
			yield();
		wrong += count != was;
		count = was + 1;
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static void check_cycles(int type, int protocol)
{
	pthread_mutexattr_t attr;

	CHECK_IS(pthread_mutexattr_init(&attr), 0);
	CHECK_IS(pthread_mutexattr_settype(&attr, 7), EINVAL);
	CHECK_IS(pthread_mutexattr_settype(&attr, type), 0);
	CHECK_IS(pthread_mutexattr_setprotocol(&attr, 7), EINVAL);
	CHECK_IS(pthread_mutexattr_setprotocol(&attr, protocol), 0);
	CHECK_IS(pthread_mutex_init(&mutex, &attr), 0);
	start_all(MANY, count_up);
	join_all(MANY);
	CHECK_IS(count, MANY * 1000);
	CHECK_IS(pthread_mutex_lock(&mutex), 0);
	CHECK_IS(pthread_mutex_destroy(&mutex), EBUSY);
	CHECK_IS(pthread_mutex_unlock(&mutex), 0);
	CHECK_IS(mutex.word, 0);
	CHECK_IS(pthread_mutex_destroy(&mutex), 0);
}

static pthread_mutex_t recursive = RMUTEX, checked = EMUTEX;

static void *try_them(void *unused)
{
	CHECK_IS(pthread_mutex_trylock(&recursive), EBUSY);
	CHECK_IS(pthread_mutex_unlock(&recursive), EPERM);
	CHECK_IS(pthread_mutex_trylock(&checked), EBUSY);
	CHECK_IS(pthread_mutex_unlock(&checked), EPERM);
	return NULL;
}

static void check_types(void)
{
	CHECK_IS(pthread_mutex_lock(&recursive), 0);
	CHECK_IS(pthread_mutex_lock(&recursive), 0);
	CHECK_IS(pthread_mutex_trylock(&recursive), 0);
	CHECK_IS(pthread_mutex_lock(&checked), 0);
	CHECK_IS(pthread_mutex_lock(&checked), EDEADLK);
	CHECK_IS(pthread_mutex_trylock(&checked), EBUSY);
	CHECK_IS(pthread_mutex_unlock(&recursive), 0);
	start_all(1, try_them);
	join_all(1);
	CHECK_IS(pthread_mutex_unlock(&recursive), 0);
	CHECK_IS(pthread_mutex_unlock(&recursive), 0);
	CHECK_IS(pthread_mutex_unlock(&recursive), EPERM);
	CHECK_IS(pthread_mutex_unlock(&checked), 0);
	CHECK_IS(pthread_mutex_unlock(&checked), EPERM);
	CHECK_IS(recursive.word, 0);
}

static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static volatile unsigned turn;

/* Two threads, one condition each time: a lost signal would stop them for good. */
static void *ping_pong(void *n)
{
	for (unsigned i = 0; i < 500; i++) {
		pthread_mutex_lock(&mutex);
		while (turn % 2 != (unsigned)n)
			pthread_cond_wait(&condition, &mutex);
		turn++;
		pthread_cond_signal(&condition);
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static void *wait_for_turn(void *unused)
{
	pthread_mutex_lock(&mutex);
	count++;
	while (turn == 0)
		pthread_cond_wait(&condition, &mutex);
	count--;
	pthread_mutex_unlock(&mutex);
	return NULL;
}

/* Broadcast with the mutex and without it; recursive mutexes are let go of whole. */
static void check_broadcast(bool hold)
{
	turn = 0;
	start_all(MANY, wait_for_turn);
	while (count < MANY)
		usleep(10000);
	pthread_mutex_lock(&mutex);
	turn = 1;
	if (!hold)
		pthread_mutex_unlock(&mutex);
	pthread_cond_broadcast(&condition);
	if (hold) {
		yield();
		CHECK_IS(count, MANY);
		pthread_mutex_unlock(&mutex);
	}
	join_all(MANY);
	CHECK_IS(count, 0);
	CHECK_IS(pthread_cond_signal(&condition), 0);
	CHECK_IS(pthread_cond_broadcast(&condition), 0);
}

static void check_conditions(int type, int protocol)
{
	mutex = (pthread_mutex_t){ .type = type, .inherit = protocol };
	turn = 0;
	start_all(2, ping_pong);
	join_all(2);
	CHECK_IS(turn, 1000);
	check_broadcast(true);
	check_broadcast(false);
}

/* A ring of four places between three producers and three consumers. */
static sem_t places, things;
static unsigned ring[4], in, out;
static volatile unsigned sum;

static void *produce(unsigned n)
{
	for (unsigned i = 1; i <= 300; i++) {
		CHECK_IS(sem_wait(&places), 0);
		pthread_mutex_lock(&mutex);
		ring[in++ % 4] = n * 1000 + i;
		pthread_mutex_unlock(&mutex);
		CHECK_IS(sem_post(&things), 0);
	}
	return NULL;
}

static void *consume(void)
{
	for (unsigned i = 1; i <= 300; i++) {
		CHECK_IS(sem_wait(&things), 0);
		pthread_mutex_lock(&mutex);
		sum += ring[out++ % 4];
		wrong += in - out > 4;
		pthread_mutex_unlock(&mutex);
		CHECK_IS(sem_post(&places), 0);
	}
	return NULL;
}

static void *produce_or_consume(void *n)
{
	return (unsigned)n < 3 ? produce((unsigned)n) : consume();
}

static void check_semaphores(void)
{
	int value;

	CHECK_ERROR(sem_init(&places, 0, SEM_VALUE_MAX + 1u), EINVAL);
	CHECK_IS(sem_init(&places, 0, SEM_VALUE_MAX), 0);
	CHECK_ERROR(sem_post(&places), EOVERFLOW);
	CHECK_IS(sem_init(&things, 0, 0), 0);
	CHECK_IS(sem_init(&places, 0, 4), 0);
	CHECK_ERROR(sem_trywait(&things), EAGAIN);
	CHECK_IS(sem_trywait(&places), 0);
	CHECK_IS(sem_getvalue(&places, &value), 0);
	CHECK_IS(value, 3);
	CHECK_IS(sem_post(&places), 0);
	mutex = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
	start_all(6, produce_or_consume);
	join_all(6);
	CHECK_IS(sum, 3 * 300 * 301 / 2 + 300 * (1000 + 2000));
	CHECK_IS(sem_getvalue(&things, &value), 0);
	CHECK_IS(value, 0);
	CHECK_IS(sem_getvalue(&places, &value), 0);
	CHECK_IS(value, 4);
	CHECK_IS(sem_destroy(&places), 0);
}

static pthread_barrier_t barrier;
static volatile unsigned serial;

/* Nobody is in another round than the others. */
static void *go_round(void *unused)
{
	for (unsigned round = 0; round < 50; round++) {
		__sync_fetch_and_add(&count, 1);
		if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
			serial++;
		if (count != (round + 1) * 4)
			wrong++;
		pthread_barrier_wait(&barrier);
	}
	return NULL;
}

static void check_barrier(void)
{
	CHECK_IS(pthread_barrier_init(&barrier, NULL, 0), EINVAL);
	CHECK_IS(pthread_barrier_init(&barrier, NULL, 4), 0);
	start_all(4, go_round);
	join_all(4);
	CHECK_IS(serial, 50);
	CHECK_IS(pthread_barrier_destroy(&barrier), 0);
}

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static volatile unsigned readers, writers, most_readers;

static void pause_now_and_then(unsigned i)
{
	if (i % 8 == 0)
		yield();
	else if (i % 30 == 1)
		usleep(1000);
}

static void *read_and_write(void *n)
{
	for (unsigned i = 0; i < 60; i++) {
		if ((i + (unsigned)n) % 4 == 0) {
			CHECK_IS(pthread_rwlock_wrlock(&rwlock), 0);
			writers++;
			pause_now_and_then(i);
			wrong += writers != 1 || readers != 0;
			writers--;
			count++;
		} else {
			CHECK_IS(pthread_rwlock_rdlock(&rwlock), 0);
			unsigned now = __sync_add_and_fetch(&readers, 1);
			most_readers = now > most_readers ? now : most_readers;
			pause_now_and_then(i);
			wrong += writers != 0;
			__sync_fetch_and_sub(&readers, 1);
		}
		CHECK_IS(pthread_rwlock_unlock(&rwlock), 0);
	}
	return NULL;
}

/* Readers that follow each other without a gap: a writer gets in nevertheless. */
static volatile bool enough;

static void *read_all_the_time(void *unused)
{
	while (!enough) {
		pthread_rwlock_rdlock(&rwlock);
		yield();
		pthread_rwlock_unlock(&rwlock);
	}
	return NULL;
}

static void *write_all_the_time(void *unused)
{
	while (!enough) {
		pthread_rwlock_wrlock(&rwlock);
		yield();
		pthread_rwlock_unlock(&rwlock);
	}
	return NULL;
}

static void check_no_starving(void *(*others)(void *), int (*lock_it)(pthread_rwlock_t *))
{
	enough = false;
	start_all(4, others);
	usleep(20000);
	for (int i = 0; i < 20; i++) {
		CHECK_IS(lock_it(&rwlock), 0);
		CHECK_IS(pthread_rwlock_unlock(&rwlock), 0);
	}
	enough = true;
	join_all(4);
}

static void check_rwlock(void)
{
	CHECK_IS(pthread_rwlock_rdlock(&rwlock), 0);
	CHECK_IS(pthread_rwlock_tryrdlock(&rwlock), 0);
	CHECK_IS(pthread_rwlock_trywrlock(&rwlock), EBUSY);
	CHECK_IS(pthread_rwlock_destroy(&rwlock), EBUSY);
	CHECK_IS(pthread_rwlock_unlock(&rwlock), 0);
	CHECK_IS(pthread_rwlock_unlock(&rwlock), 0);
	CHECK_IS(pthread_rwlock_trywrlock(&rwlock), 0);
	CHECK_IS(pthread_rwlock_tryrdlock(&rwlock), EBUSY);
	CHECK_IS(pthread_rwlock_unlock(&rwlock), 0);
	start_all(8, read_and_write);
	join_all(8);
	CHECK_IS(count, 8 * 15);
	CHECK(most_readers > 1);
	check_no_starving(read_all_the_time, pthread_rwlock_wrlock);
	check_no_starving(write_all_the_time, pthread_rwlock_rdlock);
	CHECK_IS(pthread_rwlock_destroy(&rwlock), 0);
}

int main(void)
{
	for (int type = PTHREAD_MUTEX_NORMAL; type <= PTHREAD_MUTEX_ERRORCHECK; type++)
		for (int protocol = PTHREAD_PRIO_NONE; protocol <= PTHREAD_PRIO_INHERIT; protocol++) {
			check_cycles(type, protocol);
			check_conditions(type, protocol);
		}
	check_types();
	check_semaphores();
	check_barrier();
	check_rwlock();
	return test_end("pthread_locks");
}
