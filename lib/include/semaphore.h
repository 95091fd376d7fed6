/* lib/include/semaphore.h: counting semaphores. (lab 3)
 * Each function returns -1 and sets errno when it fails.
 */
#ifndef LIB_SEMAPHORE_H
#define LIB_SEMAPHORE_H

#include <clock.h>
#include <stdint.h>

#define SEM_VALUE_MAX 0x7fffffff

typedef struct {
	volatile uint32_t word; /* the value, and SEM_VALUE_MAX + 1 when somebody may be waiting */
} sem_t;

int sem_init(sem_t *sem, int shared, unsigned value); /* every semaphore can be shared */
int sem_destroy(sem_t *sem);
int sem_wait(sem_t *sem);    /* EINTR: a signal came first */
int sem_timedwait(sem_t *sem, const struct timespec *until); /* by CLOCK_REALTIME; ETIMEDOUT */
int sem_trywait(sem_t *sem); /* EAGAIN: it is 0 */
int sem_post(sem_t *sem);
int sem_getvalue(sem_t *sem, int *value);

#endif
