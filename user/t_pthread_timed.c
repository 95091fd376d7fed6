/* user/t_pthread_timed.c: tests waiting until some time at most: not shorter, not much longer, and who comes late gets nothing. (lab 3) */
#include "test.h"
#include <pthread.h>
#include <semaphore.h>
#include <time.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER, inherit = { .inherit = PTHREAD_PRIO_INHERIT };
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER, by_uptime;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static sem_t sem;

static struct timespec in(clockid_t clock, int milliseconds)
{
	struct timespec t;

	clock_gettime(clock, &t);
	t.tv_nsec += milliseconds % 1000 * 1000000;
	t.tv_sec += milliseconds / 1000;
	if (t.tv_nsec >= 1000000000)
		t.tv_nsec -= 1000000000, t.tv_sec++;
	if (t.tv_nsec < 0)
		t.tv_nsec += 1000000000, t.tv_sec--;
	return t;
}

static int wait_sem(const struct timespec *until)
{
	return sem_timedwait(&sem, until) < 0 ? errno : 0;
}

static int wait_cond(const struct timespec *until)
{
	int error;

	CHECK_IS(pthread_mutex_lock(&mutex), 0);
	error = pthread_cond_timedwait(&condition, &mutex, until);
	CHECK_IS(pthread_mutex_trylock(&mutex), EBUSY);
	CHECK_IS(pthread_mutex_unlock(&mutex), 0);
	return error;
}

static int wait_mutex(const struct timespec *until) { return pthread_mutex_timedlock(&inherit, until); }
static int wait_read(const struct timespec *until) { return pthread_rwlock_timedrdlock(&rwlock, until); }
static int wait_write(const struct timespec *until) { return pthread_rwlock_timedwrlock(&rwlock, until); }

static void check_one(int (*wait)(const struct timespec *))
{
	struct timespec t = in(CLOCK_REALTIME, 50);
	uint32_t before = uptime(), took;

	CHECK_IS(wait(&t), ETIMEDOUT);
	took = uptime() - before;
	CHECK(took >= 49 && took < 150);
	t = in(CLOCK_REALTIME, -1000);
	CHECK_IS(wait(&t), ETIMEDOUT);
	t = (struct timespec){ 0, 0 };
	CHECK_IS(wait(&t), ETIMEDOUT);
	CHECK(uptime() - before - took < 60);
	t.tv_nsec = 1000000000;
	CHECK_IS(wait(&t), EINVAL);
}

/* Everything is held while a thread tries. */
static void *try_all(void *unused)
{
	struct timespec t = in(CLOCK_REALTIME, 50);

	check_one(wait_mutex);
	check_one(wait_read);
	check_one(wait_write);
	CHECK_IS(pthread_mutex_timedlock(&mutex, &t), ETIMEDOUT);
	return NULL;
}

static void *get_all(void *unused)
{
	struct timespec t = in(CLOCK_REALTIME, 100000000), past = { 0, 0 };

	CHECK_IS(wait_mutex(&t), 0);
	CHECK_IS(pthread_mutex_unlock(&inherit), 0);
	CHECK_IS(wait_mutex(&past), 0); /* it is free: the time does not matter */
	CHECK_IS(pthread_mutex_unlock(&inherit), 0);
	CHECK_IS(wait_read(&t), 0);
	CHECK_IS(pthread_rwlock_unlock(&rwlock), 0);
	CHECK_IS(wait_sem(&t), 0);
	CHECK_IS(pthread_mutex_lock(&mutex), 0);
	CHECK_IS(pthread_cond_timedwait(&condition, &mutex, &t), 0);
	CHECK_IS(pthread_mutex_unlock(&mutex), 0);
	return NULL;
}

/* A writer that gives up lets in the readers who stood behind it. */
static void *read_once(void *unused)
{
	CHECK_IS(pthread_rwlock_rdlock(&rwlock), 0);
	CHECK_IS(pthread_rwlock_unlock(&rwlock), 0);
	return NULL;
}

static void *give_up_writing(void *unused)
{
	struct timespec t = in(CLOCK_REALTIME, 60);

	CHECK_IS(wait_write(&t), ETIMEDOUT);
	return NULL;
}

static void check_giving_up(void)
{
	pthread_t writer, reader;

	CHECK_IS(pthread_rwlock_rdlock(&rwlock), 0);
	pthread_create(&writer, NULL, give_up_writing, NULL);
	usleep(20000);
	CHECK_IS(pthread_rwlock_tryrdlock(&rwlock), EBUSY);
	pthread_create(&reader, NULL, read_once, NULL);
	pthread_join(writer, NULL);
	pthread_join(reader, NULL); /* we still read */
	CHECK_IS(pthread_rwlock_unlock(&rwlock), 0);
	CHECK_IS(pthread_rwlock_trywrlock(&rwlock), 0);
	CHECK_IS(pthread_rwlock_unlock(&rwlock), 0);
}

static void check_uptime_clock(void)
{
	pthread_condattr_t attr;
	struct timespec t;

	pthread_condattr_init(&attr);
	CHECK_IS(pthread_condattr_setclock(&attr, 5), EINVAL);
	CHECK_IS(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC), 0);
	CHECK_IS(pthread_cond_init(&by_uptime, &attr), 0);
	t = in(CLOCK_MONOTONIC, 30);
	pthread_mutex_lock(&mutex);
	CHECK_IS(pthread_cond_timedwait(&by_uptime, &mutex, &t), ETIMEDOUT);
	pthread_mutex_unlock(&mutex);
}

int main(void)
{
	pthread_t t;

	sem_init(&sem, 0, 0);
	check_one(wait_sem);
	check_one(wait_cond);
	check_uptime_clock();
	pthread_mutex_lock(&mutex);
	pthread_mutex_lock(&inherit);
	pthread_rwlock_wrlock(&rwlock);
	pthread_create(&t, NULL, try_all, NULL);
	pthread_join(t, NULL);
	pthread_mutex_unlock(&mutex);
	pthread_create(&t, NULL, get_all, NULL);
	usleep(20000);
	pthread_mutex_unlock(&inherit);
	usleep(20000);
	pthread_rwlock_unlock(&rwlock);
	sem_post(&sem);
	usleep(20000);
	pthread_mutex_lock(&mutex);
	pthread_cond_signal(&condition);
	pthread_mutex_unlock(&mutex);
	pthread_join(t, NULL);
	check_giving_up();
	return test_end("pthread_timed");
}
