/* user/t_futex_hostile.c: locks in a shared page whose words say anything: owners of other processes, ended ones, waiters; with
 * calls to ports between the same threads, changing priorities, and processes killed at any time. Who lends to whom
 * must never become a circle, and all must come to an end. (lab 6)
 */
#include "test.h"
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

#define PROCESSES 6
#define WORDS 4
#define TURNS 400

static struct board {
	volatile uint32_t word[WORDS];
	volatile int tid[2 * PROCESSES];
} *board;
static int port, right;

static uint32_t below(uint32_t *state, uint32_t n)
{
	*state = *state * 1664525 + 1013904223;
	return (*state >> 16) % n;
}

static uint32_t some_tid(uint32_t *state)
{
	return below(state, 5) ? (uint32_t)board->tid[below(state, 2 * PROCESSES)] : below(state, 3) ? 0 : 0x3fffffff;
}

static uint32_t soon(uint32_t *state)
{
	return (uptime() + below(state, 30)) | 1;
}

static void send_or_receive(uint32_t *state)
{
	struct message m = { .word = { 1, 2, 3 } };

	port_window((void *)0x30000000, 1, soon(state));
	switch (below(state, 5)) {
	case 0: port_call(right | PORT_TIMED, &m); break;
	case 1: port_send(right | PORT_TIMED, &m); break;
	case 2: port_receive(port, &m, soon(state)); break;
	case 3: port_reply_receive(port | PORT_TIMED, &m); break;
	case 4: close(port_answer()); break;
	}
}

static void one_turn(uint32_t *state)
{
	volatile uint32_t *word = &board->word[below(state, WORDS)], *other = &board->word[below(state, WORDS)];

	switch (below(state, 10)) {
	case 0: case 1: case 2: futex(word, FUTEX_LOCK, 0, soon(state)); break;
	case 3: *word = gettid(); /* its own, and it gives it to the next */
		futex(word, FUTEX_UNLOCK, 0, 0);
		break;
	case 4: *word = some_tid(state) | (below(state, 2) ? FUTEX_WAITERS : 0); break;
	case 5: futex(word, FUTEX_WAIT, *word, soon(state)); break;
	case 6: futex(word, FUTEX_REQUEUE, 0, (uint32_t)other); break;
	case 7: futex(word, FUTEX_WAKE, below(state, 3), 0); break;
	case 8: set_priority(some_tid(state), 4 + below(state, 3), 0); break;
	case 9: send_or_receive(state); break;
	}
}

static void play(uint32_t n)
{
	uint32_t state = n * 2654435761u;

	board->tid[n] = gettid();
	for (int i = 0; i < TURNS; i++) {
		one_turn(&state);
		if (below(&state, 8) == 0)
			yield();
	}
}

static void *play_in_thread(void *n)
{
	play((uint32_t)n);
	return NULL;
}

static pid_t start(uint32_t n)
{
	pid_t pid = fork();

	if (pid == 0) {
		pthread_t thread;

		pthread_create(&thread, NULL, play_in_thread, (void *)(n + PROCESSES));
		play(n);
		pthread_join(thread, NULL);
		_exit(0);
	}
	CHECK(pid > 0);
	return pid;
}

int main(void)
{
	pid_t pids[PROCESSES];
	uint32_t state = 1;

	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(board != MAP_FAILED);
	port = port_create(0);
	right = port_right(port, 1);
	set_priority(0, 4, 0);
	for (uint32_t n = 0; n < PROCESSES; n++)
		pids[n] = start(n);
	for (int i = 0; i < 20; i++) {
		uint32_t n = below(&state, PROCESSES);

		usleep(10000);
		kill(pids[n], SIGKILL);
		CHECK_IS(waitpid(pids[n], NULL, 0), pids[n]);
		pids[n] = start(n);
	}
	for (uint32_t n = 0; n < PROCESSES; n++) {
		usleep(20000);
		kill(pids[n], SIGKILL);
		CHECK_IS(waitpid(pids[n], NULL, 0), pids[n]);
	}
	struct thread_info info;
	for (int tid = 0; (tid = thread_info(tid, &info)) > 0;)
		if (info.pid == getpid())
			CHECK(info.priority == info.base_priority); /* what was lent has come back */
	return test_end("hostile locks");
}
