/* user/t_thread.c: tests threads as the kernel knows them: birth, end, errno, fork, exit and faults among them. (lab 3) */
#include "test.h"
#include <probe.h>

#define STACK 4096

struct thread {
	char stack[STACK];
	union {
		uint32_t words[THREAD_BLOCK / 4];
		struct { void *self; };
	} block;
	volatile uint32_t alive, go;
};

static struct thread threads[8];
static volatile uint32_t ready, sum;

static int start(struct thread *t, void (*entry)(uint32_t))
{
	memset(&t->block, 0, sizeof(t->block));
	t->block.self = &t->block;
	t->alive = 1;
	t->go = 0;
	return thread_create(entry, t->stack + STACK, t - threads, &t->block);
}

static void wait_for_end(struct thread *t)
{
	while (t->alive)
		futex(&t->alive, FUTEX_WAIT, 1, 0);
}

static void end(uint32_t n)
{
	thread_exit((uint32_t *)&threads[n].alive);
	CHECK(!"thread_exit came back");
}

static void nap(void)
{
	usleep(30000);
}

/* Each sees its own errno, however they take turns. */
static void use_errno(uint32_t n)
{
	errno = 100 + n;
	for (int i = 0; i < 5; i++) {
		yield();
		if (i == 2)
			nap();
		__sync_fetch_and_add(&sum, errno);
	}
	end(n);
}

static void check_errno(void)
{
	int tids[4];

	sum = 0;
	errno = 7;
	for (int i = 0; i < 4; i++) {
		tids[i] = start(&threads[i], use_errno);
		CHECK(tids[i] > 0 && tids[i] != gettid());
		CHECK(i == 0 || tids[i] != tids[i - 1]);
	}
	for (int i = 0; i < 4; i++)
		wait_for_end(&threads[i]);
	CHECK_IS(errno, 7);
	CHECK_IS(sum, 5 * (100 + 101 + 102 + 103));
	CHECK_IS(gettid(), getpid());
}

/* The thread register is another after thread_register, and stays over calls and waits. */
static void check_register(void)
{
	static uint32_t other[THREAD_BLOCK / 4];
	int *(*volatile where)(void) = __errno; /* the compiler knows that it is always the same: hide it */
	int *mine = where(), *its;

	other[0] = (uint32_t)other;
	CHECK_IS(thread_register(other), 0);
	nap();
	its = where();
	CHECK(its >= (int *)other && its < (int *)other + THREAD_BLOCK / 4);
	CHECK_IS(thread_register((void *)(UTOP - THREAD_BLOCK)), 0);
	CHECK(mine >= (int *)(UTOP - THREAD_BLOCK) && mine < (int *)UTOP);
}

static void wait_for_go(uint32_t n)
{
	__sync_fetch_and_add(&ready, 1);
	while (!threads[n].go)
		futex(&threads[n].go, FUTEX_WAIT, 0, 0);
	end(n);
}

static volatile uint32_t word, second;

static void wait_for_word(uint32_t n)
{
	__sync_fetch_and_add(&ready, 1);
	CHECK_IS(futex(&word, FUTEX_WAIT, 5, 0), 0);
	__sync_fetch_and_add(&sum, 1);
	end(n);
}

/* Four wait; one at a time, then all, then over to another word. */
static void check_wake(void)
{
	word = 5;
	ready = sum = 0;
	for (int i = 0; i < 4; i++)
		CHECK(start(&threads[i], wait_for_word) > 0);
	nap();
	CHECK_IS(ready, 4);
	CHECK_IS(futex(&second, FUTEX_WAKE, 100, 0), 0);
	CHECK_IS(futex(&word, FUTEX_WAKE, 0, 0), 0);
	CHECK_IS(futex(&word, FUTEX_WAKE, 1, 0), 1);
	nap();
	CHECK_IS(sum, 1);
	CHECK_IS(futex(&word, FUTEX_REQUEUE, 0, (uint32_t)&second), 3);
	nap();
	CHECK_IS(sum, 2);
	CHECK_IS(futex(&word, FUTEX_WAKE, 100, 0), 0);
	CHECK_IS(futex(&second, FUTEX_WAKE, 100, 0), 2);
	for (int i = 0; i < 4; i++)
		wait_for_end(&threads[i]);
	CHECK_IS(sum, 4);
}

static void check_errors(void)
{
	uint32_t fresh, now;

	word = 5;
	CHECK_ERROR(futex(&word, FUTEX_WAIT, 4, 0), EAGAIN);
	CHECK_ERROR(futex(&word, 77, 4, 0), EINVAL);
	CHECK_ERROR(futex(&word, FUTEX_REQUEUE, 0, (uint32_t)&word), EINVAL);
	CHECK_ERROR(futex(&word, FUTEX_REQUEUE, 0, 0), EFAULT);
	for (int op = FUTEX_WAIT; op <= FUTEX_REQUEUE; op++) {
		CHECK_ERROR(futex((uint32_t *)0, op, 0, (uint32_t)&word), EFAULT);
		CHECK_ERROR(futex((uint32_t *)KERNEL_BASE, op, 0, (uint32_t)&word), EFAULT);
		CHECK_ERROR(futex((uint32_t *)((char *)&word + 2), op, 0, (uint32_t)&second), EINVAL);
		CHECK_ERROR(futex((uint32_t *)-4, op, 0, (uint32_t)&word), EFAULT);
	}
	CHECK_IS(page_map((void *)0x30000000, PAGE_SIZE, PROT_READ | PROT_WRITE), 0);
	CHECK_ERROR(futex((uint32_t *)0x30000ffc, FUTEX_WAIT, 1, 0), EAGAIN);
	CHECK_IS(page_unmap((void *)0x30000000, PAGE_SIZE), 0);
	CHECK_ERROR(thread_exit((uint32_t *)KERNEL_BASE), EFAULT);
	CHECK_ERROR(thread_exit((uint32_t *)3), EINVAL);
	/* A deadline long past, and one to come: between, there is nobody to wake us. */
	CHECK_ERROR(futex(&word, FUTEX_WAIT, 5, 1), ETIMEDOUT);
	for (now = 1, fresh = 0; fresh < 3; now += 20, fresh++)
		CHECK_ERROR(futex(&word, FUTEX_WAIT, 5, now), ETIMEDOUT);
}

/* The child has one thread: the one that called fork. */
static void check_fork(void)
{
	int status = -1;
	pid_t pid;

	ready = 0;
	CHECK(start(&threads[0], wait_for_go) > 0);
	nap();
	CHECK_IS(ready, 1);
	pid = fork();
	if (pid == 0) {
		threads[0].go = 1;
		bool none = futex(&threads[0].go, FUTEX_WAKE, 1, 0) == 0 && threads[0].alive && gettid() == getpid();
		_exit(none ? 42 : 1);
	}
	CHECK_IS(waitpid(pid, &status, 0), pid);
	CHECK_IS(status, STATUS_EXIT(42));
	CHECK_IS(threads[0].go, 0);
	threads[0].go = 1;
	CHECK_IS(futex(&threads[0].go, FUTEX_WAKE, 1, 0), 1);
	wait_for_end(&threads[0]);
}

static void exit_7(uint32_t n) { _exit(7); }
static void fault(uint32_t n) { *(volatile uint32_t *)OPAQUE(4) = n; }
static void spin(uint32_t n) { for (;;) ; }
static void only_end(uint32_t n) { nap(); end(n); }

static void exits_last(uint32_t n)
{
	nap();
	_exit(9);
}

/* A process with threads in all states, one of which runs last(): its status. */
static int run_process(void (*last)(uint32_t), bool main_ends)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		if (!main_ends) {
			start(&threads[1], wait_for_go);
			start(&threads[2], wait_for_go);
			start(&threads[3], spin);
			nap();
		}
		start(&threads[0], last);
		if (main_ends)
			thread_exit(NULL);
		for (;;)
			futex(&second, FUTEX_WAIT, 0, 0);
	}
	CHECK_IS(waitpid(pid, &status, 0), pid);
	return status;
}

static void wait_for_ever(uint32_t n)
{
	for (;;)
		futex(&second, FUTEX_WAIT, 0, 0);
}

/* As many as there may be; then one more can't be, and all can be had again. */
static void check_limit(void)
{
	static char stacks[600][256];
	int status = -1, n = 0;
	pid_t pid = fork();

	if (pid == 0) {
		while (thread_create(wait_for_ever, stacks[n] + sizeof(stacks[n]), 0, &threads[0].block) > 0)
			n++;
		_exit(errno == EAGAIN && n > 300 && n < 600 ? 42 : 1);
	}
	CHECK_IS(waitpid(pid, &status, 0), pid);
	CHECK_IS(status, STATUS_EXIT(42));
}

int main(void)
{
	check_errno();
	check_register();
	check_wake();
	check_errors();
	check_fork();
	CHECK_IS(run_process(exit_7, false), STATUS_EXIT(7));
	CHECK_IS(run_process(fault, false), STATUS_KILLED);
	CHECK_IS(run_process(exits_last, true), STATUS_EXIT(9));
	CHECK_IS(run_process(only_end, true), 0);
	check_limit();
	check_limit();
	return test_end("thread");
}
