/* user/t_port_many.c: tests ports under load, between threads, and when partners go in the middle of it. (lab 6) */
#include "port_test.h"
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>

#define CLIENTS 20
#define CALLS 500

/* Answers a * 3 + badge; asks the one before first, if there is one. */
static void serve_until_told(void)
{
	struct message m;
	int kind = port_receive(port, &m, 0);

	while (kind == PORT_CALLED && m.word[0] != ~0u) {
		m = words(m.word[0] * 3 + m.badge, m.word[1], m.word[2] ^ m.word[1]);
		kind = port_reply_receive(port, &m);
	}
	CHECK_IS(kind, PORT_CALLED);
	CHECK_IS(port_reply(0, &m), 0);
}

static void call_often(void)
{
	for (uint32_t i = 0; i < CALLS; i++) {
		struct message m = words(i, getpid(), i << 16);

		CHECK_IS(port_call(right, &m), 0);
		check_words(&m, i * 3 + 42, getpid(), i << 16 ^ getpid());
		if (i % 97 == 0)
			yield();
	}
}

static void check_clients(void)
{
	pid_t server = child(serve_until_told), clients[CLIENTS];
	struct message m = words(~0u, 0, 0);

	for (int i = 0; i < CLIENTS; i++)
		clients[i] = child(call_often);
	for (int i = 0; i < CLIENTS; i++)
		join(clients[i]);
	CHECK_IS(port_call(right, &m), 0);
	join(server);
}

static void *thread_serves(void *unused)
{
	serve_until_told();
	return NULL;
}

static void *thread_calls(void *unused)
{
	call_often();
	return NULL;
}

/* In one process, both ways: each port's server is the other's client. */
static void check_threads(void)
{
	pthread_t server, client[3];
	struct message m = words(~0u, 0, 0);

	CHECK_IS(pthread_create(&server, NULL, thread_serves, NULL), 0);
	for (int i = 0; i < 3; i++)
		CHECK_IS(pthread_create(&client[i], NULL, thread_calls, NULL), 0);
	for (int i = 0; i < 3; i++)
		CHECK_IS(pthread_join(client[i], NULL), 0);
	CHECK_IS(port_call(right, &m), 0);
	CHECK_IS(pthread_join(server, NULL), 0);
}

static void wait_for_message(void)
{
	struct message m;

	port_receive(port, &m, 0);
	pause();
}

static void wait_for_answer(void)
{
	struct message m = words(1, 2, 3);

	port_call(right, &m);
	pause();
}

/* A server is killed while it serves; then clients, while they wait in line or for the answer. */
static void check_killed(void)
{
	struct message m = words(1, 2, 3);
	pid_t pid = child(wait_for_message);
	int status;

	for (int i = 0; i < 3; i++)
		yield();
	pid_t killer = fork();
	if (killer == 0) {
		usleep(20000);
		kill(pid, SIGKILL);
		_exit(0);
	}
	CHECK_ERROR(port_call(right, &m), EPIPE);
	CHECK_IS(waitpid(pid, &status, 0), pid);
	join(killer);
	for (int received = 0; received < 2; received++) {
		pid = child(wait_for_answer);
		usleep(20000);
		if (received)
			CHECK_IS(port_receive(port, &m, 0), PORT_CALLED);
		kill(pid, SIGKILL);
		CHECK_IS(waitpid(pid, &status, 0), pid);
		CHECK_ERROR(port_reply(0, &m), ESRCH);
		CHECK_ERROR(port_receive(port, &m, 1), ETIMEDOUT);
	}
}

static void no_more(int signal)
{
}

static void be_interrupted(void)
{
	struct message m;

	struct sigaction action = { .sa_handler = no_more, .sa_flags = SA_RESTART };

	CHECK_IS(sigaction(SIGUSR1, &action, NULL), 0);
	CHECK_ERROR(port_receive(port, &m, 0), EINTR);
	m = words(7, 8, 9);
	CHECK_ERROR(port_call(right, &m), EINTR); /* in line */
	check_words(&m, 7, 8, 9);
	CHECK_ERROR(port_call(right, &m), EINTR); /* received, not answered: never sent twice */
	CHECK_IS(port_call(right, &m), 0);
	check_words(&m, 70, 8, 9);
}

static void check_signals(void)
{
	struct message m;
	pid_t pid = child(be_interrupted);

	for (int i = 0; i < 2; i++) {
		usleep(20000);
		kill(pid, SIGUSR1);
	}
	usleep(20000);
	CHECK_IS(port_receive(port, &m, 0), PORT_CALLED);
	kill(pid, SIGUSR1);
	usleep(20000);
	CHECK_ERROR(port_reply(0, &m), ESRCH);
	CHECK_IS(port_receive(port, &m, 0), PORT_CALLED);
	m.word[0] *= 10;
	CHECK_IS(port_reply(0, &m), 0);
	join(pid);
}

static void *close_port(void *unused)
{
	usleep(20000);
	CHECK_IS(close(port), 0);
	return NULL;
}

static void *close_right(void *unused)
{
	usleep(20000);
	CHECK_IS(close(right), 0);
	return NULL;
}

/* The receiver's right is closed under it; the last right to send goes; the port goes under those who wait to send. */
static void check_closed(void)
{
	struct message m = words(0, 0, 0);
	pthread_t other;

	CHECK_IS(pthread_create(&other, NULL, close_right, NULL), 0);
	CHECK_ERROR(port_receive(port, &m, 0), EPIPE);
	CHECK_ERROR(port_receive(port, &m, 0), EPIPE);
	CHECK_IS(pthread_join(other, NULL), 0);
	CHECK((right = port_right(port, 42)) >= 0);
	CHECK_IS(pthread_create(&other, NULL, close_port, NULL), 0);
	CHECK_ERROR(port_receive(port, &m, 0), EBADF);
	CHECK_IS(pthread_join(other, NULL), 0);
	CHECK_ERROR(port_send(right, &m), EPIPE);
	CHECK_ERROR(port_notify(right, 1), EPIPE);
	close(right);
	make_port();
	CHECK_IS(pthread_create(&other, NULL, close_port, NULL), 0);
	CHECK_ERROR(port_call(right, &m), EPIPE); /* in line */
	CHECK_IS(pthread_join(other, NULL), 0);
	close(right);
}

int main(void)
{
	make_port();
	check_clients();
	check_threads();
	check_killed();
	check_signals();
	check_closed();
	return test_end("ports under load and when partners go");
}
