/* lib/rwlock.h: locks of lib/pthread_rwlock.c with a deadline. (lab 3) */
#ifndef LIB_RWLOCK_H
#define LIB_RWLOCK_H

#include <pthread.h>

int __read_lock(pthread_rwlock_t *rw, uint32_t deadline);
int __write_lock(pthread_rwlock_t *rw, uint32_t deadline);

#endif
