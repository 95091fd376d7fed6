/* lib/pthread_once.c: something done once, by the first who comes; the others wait until it is done. (lab 3) */
#include "lock.h"
#include <limits.h>
#include <pthread.h>

enum { NOT_YET, RUNNING, RUNNING_AND_WAITED_FOR, DONE };

int pthread_once(pthread_once_t *once, void (*init)(void))
{
	while (once->state != DONE) {
		if (compare_and_swap(&once->state, NOT_YET, RUNNING)) {
			init();
			if (exchange(&once->state, DONE) == RUNNING_AND_WAITED_FOR)
				__word_wake(&once->state, INT_MAX);
		} else if (compare_and_swap(&once->state, RUNNING, RUNNING_AND_WAITED_FOR) ||
			   once->state == RUNNING_AND_WAITED_FOR) {
			__word_wait(&once->state, RUNNING_AND_WAITED_FOR, 0);
		}
	}
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return 0;
}
