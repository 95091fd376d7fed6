/* user/t_futex_shared.c: tests locks that processes share in a page: they meet at the page, wherever each has mapped it. (lab 3) */
#include "test.h"
#include <probe.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/mman.h>

#define CHILDREN 4
#define ROUNDS 200

static struct shared {
	pthread_mutex_t mutex, inherit;
	pthread_cond_t condition;
	pthread_barrier_t barrier;
	sem_t sem;
	volatile uint32_t word, count, turn;
} *shared;

static volatile uint32_t private_word;

static void set_up(void)
{
	pthread_condattr_t attr;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(shared != MAP_FAILED);
	pthread_condattr_init(&attr);
	pthread_condattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_cond_init(&shared->condition, &attr);
	shared->inherit.inherit = PTHREAD_PRIO_INHERIT;
	pthread_barrier_init(&shared->barrier, NULL, CHILDREN);
	sem_init(&shared->sem, 1, 0);
}

static void start(pid_t *pids, int (*function)(int))
{
	for (int i = 0; i < CHILDREN; i++)
		if ((pids[i] = fork()) == 0)
			_exit(function(i));
}

static void wait_all(pid_t *pids)
{
	int status;

	for (int i = 0; i < CHILDREN; i++) {
		CHECK_IS(waitpid(pids[i], &status, 0), pids[i]);
		CHECK_IS(status, 0);
	}
}

static int count_up(int n)
{
	pthread_mutex_t *m[] = { &shared->mutex, &shared->inherit };
	unsigned wrong = pthread_barrier_wait(&shared->barrier) > 0;

	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(m[0]);
		pthread_mutex_lock(m[1]);
		uint32_t was = shared->count;
		if (i % 16 == n)
			yield();
		wrong += shared->count != was;
		shared->count = was + 1;
		pthread_mutex_unlock(m[1]);
		pthread_mutex_unlock(m[0]);
	}
	sem_post(&shared->sem);
	return wrong != 0;
}

static int take_turns(int n)
{
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&shared->mutex);
		while (shared->turn % CHILDREN != (uint32_t)n)
			pthread_cond_wait(&shared->condition, &shared->mutex);
		shared->turn++;
		pthread_cond_broadcast(&shared->condition);
		pthread_mutex_unlock(&shared->mutex);
	}
	return 0;
}

/* The page is not there yet in anybody's tables when the first one waits for a word of it. */
static void check_fresh_page(void)
{
	volatile uint32_t *word = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(futex(word, FUTEX_WAIT, 0, 0) == 0 && *word == 7 ? 0 : 1);
	usleep(30000);
	*word = 7;
	CHECK_IS(futex(word, FUTEX_WAKE, 1, 0), 1);
	CHECK_IS(waitpid(pid, &status, 0), pid);
	CHECK_IS(status, 0);
	CHECK_IS(munmap((void *)word, 4096), 0);
}

/* The same address in another process' own memory is another word. */
static void check_private(void)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(futex(&private_word, FUTEX_WAIT, 0, uptime() + 60) < 0 && errno == ETIMEDOUT ? 0 : 1);
	usleep(20000);
	CHECK_IS(futex(&private_word, FUTEX_WAKE, 1, 0), 0);
	CHECK_IS(waitpid(pid, &status, 0), pid);
	CHECK_IS(status, 0);
}

/* A process ends with the lock: who waits gets it and is told; then one that comes later, too. */
static void check_dead_owner(bool waiting)
{
	pid_t pid = fork();

	if (pid == 0) {
		pthread_mutex_lock(&shared->inherit);
		sem_post(&shared->sem);
		usleep(30000);
		*(volatile int *)OPAQUE(0) = 1;
	}
	CHECK_IS(sem_wait(&shared->sem), 0);
	if (!waiting)
		waitpid(pid, NULL, 0);
	CHECK_IS(pthread_mutex_lock(&shared->inherit), EOWNERDEAD);
	CHECK_IS(pthread_mutex_unlock(&shared->inherit), 0);
	if (waiting)
		waitpid(pid, NULL, 0);
}

int main(void)
{
	pid_t pids[CHILDREN];

	set_up();
	start(pids, count_up);
	for (int i = 0; i < CHILDREN; i++)
		CHECK_IS(sem_wait(&shared->sem), 0);
	wait_all(pids);
	CHECK_IS(shared->count, CHILDREN * ROUNDS);
	start(pids, take_turns);
	wait_all(pids);
	CHECK_IS(shared->turn, CHILDREN * ROUNDS);
	check_fresh_page();
	check_private();
	check_dead_owner(true);
	check_dead_owner(false);
	CHECK_IS(shared->inherit.word, 0);
	return test_end("futex_shared");
}
