/* lib/include/pthread.h: threads, and what they meet at. (lab 3)
 * The part of POSIX that programs use most. Functions return 0 or an error number; errno is left alone. What is free is
 * taken without a system call; who must wait sleeps in the kernel. Everything but threads themselves may stand in shared
 * memory. There is no cancellation. A lock by PTHREAD_PRIO_INHERIT whose owner has ended goes to the next one with EOWNERDEAD.
 */
#ifndef LIB_PTHREAD_H
#define LIB_PTHREAD_H

#include <stddef.h>
#include <stdint.h>
#include <clock.h>
#include <sys/types.h>

typedef struct __pthread *pthread_t;
typedef struct {
	size_t stack_bytes; /* 0: the default */
	int detached;
} pthread_attr_t;

#define PTHREAD_STACK_MIN 8192
#define PTHREAD_STACK_DEFAULT 65536 /* it takes memory only where it is touched */
#define PTHREAD_CREATE_JOINABLE 0
#define PTHREAD_CREATE_DETACHED 1

int pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *), void *argument); /* EAGAIN: no more */
int pthread_join(pthread_t thread, void **result);
int pthread_detach(pthread_t thread);
pthread_t pthread_self(void);
int pthread_equal(pthread_t a, pthread_t b);
void pthread_exit(void *result) __attribute__((noreturn)); /* the last thread: exit(0) */

int pthread_attr_init(pthread_attr_t *attr);
int pthread_attr_destroy(pthread_attr_t *attr);
int pthread_attr_setdetachstate(pthread_attr_t *attr, int state);
int pthread_attr_getdetachstate(const pthread_attr_t *attr, int *state);
int pthread_attr_setstacksize(pthread_attr_t *attr, size_t bytes); /* rounded up to pages; there is a guard page below */
int pthread_attr_getstacksize(const pthread_attr_t *attr, size_t *bytes);

typedef struct {
	volatile uint32_t state;
} pthread_once_t;
#define PTHREAD_ONCE_INIT { 0 }
int pthread_once(pthread_once_t *once, void (*init)(void));

typedef unsigned pthread_key_t;
#define PTHREAD_KEYS_MAX 128
#define PTHREAD_DESTRUCTOR_ITERATIONS 4
int pthread_key_create(pthread_key_t *key, void (*destructor)(void *));
int pthread_key_delete(pthread_key_t key);
void *pthread_getspecific(pthread_key_t key);
int pthread_setspecific(pthread_key_t key, const void *value);

typedef struct {
	uint8_t type, inherit;
} pthread_mutexattr_t;
typedef struct {
	volatile uint32_t word;
	uint8_t type, inherit;
	uint32_t depth;
	volatile uint32_t owner; /* thread id; not kept for a normal one */
} pthread_mutex_t;
#define PTHREAD_MUTEX_NORMAL 0
#define PTHREAD_MUTEX_RECURSIVE 1
#define PTHREAD_MUTEX_ERRORCHECK 2
#define PTHREAD_MUTEX_DEFAULT PTHREAD_MUTEX_NORMAL
#define PTHREAD_PRIO_NONE 0
#define PTHREAD_PRIO_INHERIT 1
#define PTHREAD_PROCESS_PRIVATE 0
#define PTHREAD_PROCESS_SHARED 1
#define PTHREAD_MUTEX_INITIALIZER { 0 }
#define PTHREAD_RECURSIVE_MUTEX_INITIALIZER { .type = PTHREAD_MUTEX_RECURSIVE }
#define PTHREAD_ERRORCHECK_MUTEX_INITIALIZER { .type = PTHREAD_MUTEX_ERRORCHECK }

int pthread_mutexattr_init(pthread_mutexattr_t *attr);
int pthread_mutexattr_destroy(pthread_mutexattr_t *attr);
int pthread_mutexattr_settype(pthread_mutexattr_t *attr, int type);
int pthread_mutexattr_gettype(const pthread_mutexattr_t *attr, int *type);
int pthread_mutexattr_setprotocol(pthread_mutexattr_t *attr, int protocol);
int pthread_mutexattr_getprotocol(const pthread_mutexattr_t *attr, int *protocol);
int pthread_mutexattr_setpshared(pthread_mutexattr_t *attr, int shared); /* every mutex can be shared */
int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attr);
int pthread_mutex_destroy(pthread_mutex_t *mutex); /* EBUSY: it is held */
int pthread_mutex_lock(pthread_mutex_t *mutex);
int pthread_mutex_trylock(pthread_mutex_t *mutex);
int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *until); /* by CLOCK_REALTIME; ETIMEDOUT */
int pthread_mutex_unlock(pthread_mutex_t *mutex);

typedef struct {
	int shared;
	clockid_t clock;
} pthread_condattr_t;
typedef struct {
	volatile uint32_t turn, waited; /* waited: somebody has, since the last broadcast */
	pthread_mutex_t *mutex; /* of the last one who waited; NULL: for several processes */
	int shared;
	clockid_t clock;
} pthread_cond_t;
#define PTHREAD_COND_INITIALIZER { 0 }

int pthread_condattr_init(pthread_condattr_t *attr);
int pthread_condattr_destroy(pthread_condattr_t *attr);
int pthread_condattr_setpshared(pthread_condattr_t *attr, int shared);
int pthread_condattr_setclock(pthread_condattr_t *attr, clockid_t clock);
int pthread_cond_init(pthread_cond_t *cond, const pthread_condattr_t *attr);
int pthread_cond_destroy(pthread_cond_t *cond);
int pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex);
int pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *until);
int pthread_cond_signal(pthread_cond_t *cond);
int pthread_cond_broadcast(pthread_cond_t *cond);

/* Writers go before readers who come later, and readers who waited before the next writer: nobody is starved. */
typedef struct {
	volatile uint32_t guard;  /* for the fields below */
	volatile uint32_t readers_turn, writers_turn;
	uint32_t readers, readers_waiting, writers_waiting;
	uint32_t writing, granted;
} pthread_rwlock_t;
typedef struct {
	int shared;
} pthread_rwlockattr_t;
#define PTHREAD_RWLOCK_INITIALIZER { 0 }

int pthread_rwlock_init(pthread_rwlock_t *rw, const pthread_rwlockattr_t *attr);
int pthread_rwlock_destroy(pthread_rwlock_t *rw);
int pthread_rwlock_rdlock(pthread_rwlock_t *rw);
int pthread_rwlock_tryrdlock(pthread_rwlock_t *rw);
int pthread_rwlock_timedrdlock(pthread_rwlock_t *rw, const struct timespec *until);
int pthread_rwlock_wrlock(pthread_rwlock_t *rw);
int pthread_rwlock_trywrlock(pthread_rwlock_t *rw);
int pthread_rwlock_timedwrlock(pthread_rwlock_t *rw, const struct timespec *until);
int pthread_rwlock_unlock(pthread_rwlock_t *rw);

typedef struct {
	int shared;
} pthread_barrierattr_t;
typedef struct {
	volatile uint32_t guard, turn;
	unsigned count, arrived;
} pthread_barrier_t;
#define PTHREAD_BARRIER_SERIAL_THREAD (-1) /* what one of them gets */

int pthread_barrier_init(pthread_barrier_t *barrier, const pthread_barrierattr_t *attr, unsigned count);
int pthread_barrier_destroy(pthread_barrier_t *barrier);
int pthread_barrier_wait(pthread_barrier_t *barrier);

#endif
