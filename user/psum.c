/* user/psum.c: adds up the numbers of its input with several threads: psum [-t threads]. (lab 3) */
#include <err.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define THREADS 16
#define BATCH 64 /* numbers that a thread takes at once */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static long long batch[BATCH], total;
static int filled, at_end; /* filled: numbers in batch; nobody has taken them yet */
static unsigned long numbers;

/* Takes batches until there are no more. */
static void *add(void *argument)
{
	(void)argument;
	pthread_mutex_lock(&mutex);
	for (;;) {
		long long mine[BATCH], sum = 0;
		int n;

		while (!filled && !at_end)
			pthread_cond_wait(&changed, &mutex);
		if (!filled)
			break;
		n = filled;
		memcpy(mine, batch, sizeof(mine));
		filled = 0;
		pthread_cond_broadcast(&changed);
		pthread_mutex_unlock(&mutex);
		for (int i = 0; i < n; i++)
			sum += mine[i];
		pthread_mutex_lock(&mutex);
		total += sum;
		numbers += n;
	}
	pthread_mutex_unlock(&mutex);
	return NULL;
}

static void hand_over(const long long *from, int n)
{
	pthread_mutex_lock(&mutex);
	while (filled)
		pthread_cond_wait(&changed, &mutex);
	memcpy(batch, from, n * sizeof(*from));
	filled = n;
	at_end = n < BATCH;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&mutex);
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];
	long long next[BATCH];
	int count = 4, c, n, got;

	while ((c = getopt(argc, argv, "t:")) != -1) {
		if (c != 't')
			errx(2, "usage: psum [-t threads]");
		count = atoi(optarg);
	}
	if (count < 1 || count > THREADS)
		errx(2, "-t takes a number from 1 to %d", THREADS);
	for (int i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, add, NULL) != 0)
			errx(1, "no more than %d threads can be started", i);
	do {
		for (n = 0; n < BATCH && (got = scanf("%lld", &next[n])) == 1; n++)
			;
		hand_over(next, n);
	} while (n == BATCH);
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	printf("%lu numbers, sum %lld\n", numbers, total);
	if (got == 0)
		errx(1, "what follows is not a number");
	return 0;
}
