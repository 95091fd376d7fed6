/* lib/mutex.h: what condition variables and locks with a deadline need of mutexes. (lab 3) */
#ifndef LIB_MUTEX_H
#define LIB_MUTEX_H

#include <pthread.h>
#include <stdint.h>

int __mutex_lock(pthread_mutex_t *m, uint32_t deadline);
/* Let go of it for a while, however often the caller has locked it: how often. And take it back. */
uint32_t __mutex_release(pthread_mutex_t *m);
int __mutex_retake(pthread_mutex_t *m, uint32_t depth);
int __cond_wait(pthread_cond_t *c, pthread_mutex_t *m, uint32_t deadline);

#endif
