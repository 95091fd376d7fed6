/* lib/pthread_key.c: values that each thread has its own of. (lab 3)
 * A thread's row of values is made when it sets the first one. Keys are used again: a value counts only with the key's
 * present generation.
 */
#include "lock.h"
#include "thread.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

struct __value {
	uint32_t generation;
	void *value;
};

static struct {
	uint32_t generation; /* odd: the key is in use */
	void (*destructor)(void *);
} keys[PTHREAD_KEYS_MAX];

static struct lock keys_lock;

static bool in_use(pthread_key_t key)
{
	return key < PTHREAD_KEYS_MAX && keys[key].generation % 2;
}

int pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
	pthread_key_t n = 0;

	lock(&keys_lock);
	while (n < PTHREAD_KEYS_MAX && in_use(n))
		n++;
	if (n < PTHREAD_KEYS_MAX) {
		keys[n].destructor = destructor;
		keys[n].generation++;
		*key = n;
	}
	unlock(&keys_lock);
	return n < PTHREAD_KEYS_MAX ? 0 : EAGAIN;
}

int pthread_key_delete(pthread_key_t key)
{
	int error = EINVAL;

	lock(&keys_lock);
	if (in_use(key)) {
		keys[key].generation++;
		error = 0;
	}
	unlock(&keys_lock);
	return error;
}

void *pthread_getspecific(pthread_key_t key)
{
	struct __value *row = self()->values;

	return row && in_use(key) && row[key].generation == keys[key].generation ? row[key].value : NULL;
}

int pthread_setspecific(pthread_key_t key, const void *value)
{
	struct __pthread *t = self();

	if (!in_use(key))
		return EINVAL;
	if (!t->values && !(t->values = calloc(PTHREAD_KEYS_MAX, sizeof(struct __value))))
		return ENOMEM;
	t->values[key] = (struct __value){ keys[key].generation, (void *)value };
	return 0;
}

/* Call the destructors of what is not null; they may set other values. Did any? */
static bool destroy_values(void)
{
	bool any = false;

	for (pthread_key_t key = 0; key < PTHREAD_KEYS_MAX; key++) {
		void *value = pthread_getspecific(key);

		if (!value)
			continue;
		pthread_setspecific(key, NULL);
		if (keys[key].destructor) {
			keys[key].destructor(value);
			any = true;
		}
	}
	return any;
}

void __values_end(void)
{
	struct __pthread *t = self();

	for (int i = 0; t->values && i < PTHREAD_DESTRUCTOR_ITERATIONS; i++)
		if (!destroy_values())
			break;
	free(t->values);
	t->values = NULL;
}
