/* user/t_port_order.c: tests who comes when at a port: 20 clients, deadlines, notifications, several receivers, rings. (lab 6) */
#include "port_test.h"
#include <pthread.h>

#define CLIENTS 20
#define ROUNDS 10
#define RECEIVERS 5

static int back, back_right; /* a second port */

static void call_in_rounds(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		struct message m = words(getpid(), i, 0);

		CHECK_IS(port_call(right, &m), 0);
		CHECK_IS(m.word[2], (uint32_t)getpid() ^ i);
	}
}

/* All wait in line; whoever is served goes to its end: nobody is served twice before each other one was. */
static void check_fairness(void)
{
	pid_t client[CLIENTS], served[CLIENTS * ROUNDS];

	for (int i = 0; i < CLIENTS; i++)
		client[i] = child(call_in_rounds);
	usleep(50000);
	for (int i = 0; i < CLIENTS * ROUNDS; i++) {
		struct message m;

		CHECK_IS(port_receive(port, &m, 0), PORT_CALLED);
		served[i] = m.word[0];
		CHECK_IS(m.word[1], i / CLIENTS);
		m.word[2] = m.word[0] ^ m.word[1];
		CHECK_IS(port_reply(0, &m), 0);
		yield(); /* it stands in line again */
		if (i >= CLIENTS)
			CHECK_IS(served[i], served[i - CLIENTS]);
	}
	for (int i = 0; i < CLIENTS; i++)
		join(client[i]);
}

/* The time has come, and not long ago. Clock ticks are 10 ms apart; others may run, too. */
static void check_time(uint32_t deadline)
{
	CHECK((int32_t)(uptime() - deadline) >= 0);
	CHECK((int32_t)(uptime() - deadline) < 200);
}

static void *receive_late(void *unused)
{
	struct message m;

	usleep(60000);
	CHECK_IS(port_receive(port, &m, 0), PORT_CALLED);
	usleep(80000);
	CHECK_ERROR(port_reply(0, &m), ESRCH);
	return NULL;
}

/* Absolute times: to receive, in line, and for the answer: it is received after 60 ms, and answered after 140. */
static void check_deadlines(void)
{
	struct message m = words(1, 2, 3);
	pthread_t server;
	uint32_t at;

	for (uint32_t after = 5; after < 50; after += 15) {
		at = uptime() + after;
		CHECK_ERROR(port_receive(port, &m, at), ETIMEDOUT);
		check_time(at);
		CHECK_ERROR(port_receive(port, &m, at), ETIMEDOUT); /* at once */
		CHECK_ERROR(port_receive(port, &m, at - 1000000), ETIMEDOUT);
	}
	CHECK_IS(pthread_create(&server, NULL, receive_late, NULL), 0); /* without it nobody else could receive */
	for (uint32_t after = 20; after <= 100; after += 80) {
		at = uptime() + after;
		CHECK_IS(port_window(NULL, 0, at), 0);
		CHECK_ERROR(port_call(right | PORT_TIMED, &m), ETIMEDOUT);
		check_time(at);
		check_words(&m, 1, 2, 3);
	}
	CHECK_IS(pthread_join(server, NULL), 0);
}

static void *call_once(void *unused)
{
	struct message m = words(5, 0, 0);

	CHECK_IS(port_window(NULL, 0, uptime() + 3000), 0);
	CHECK_IS(port_call(right | PORT_TIMED, &m), 0);
	CHECK_IS(m.word[0], 6);
	usleep(50000); /* no timer is left that could end anything */
	CHECK_IS(port_receive(port, &m, 0), PORT_NOTIFIED);
	return NULL;
}

/* A message that is there is taken, however late; the answer counts, even if then no message comes in time. */
static void check_late(void)
{
	struct message m;
	pthread_t caller;

	CHECK_IS(pthread_create(&caller, NULL, call_once, NULL), 0);
	usleep(20000);
	CHECK_IS(port_receive(port, &m, 1), PORT_CALLED);
	CHECK_IS(port_window(NULL, 0, uptime() + 20), 0);
	m.word[0]++;
	CHECK_ERROR(port_reply_receive(port | PORT_TIMED, &m), ETIMEDOUT);
	CHECK_IS(port_notify(right, 1), 0);
	CHECK_IS(pthread_join(caller, NULL), 0);
}

static void *send_once(void *unused)
{
	struct message m = words(9, 0, 0);

	CHECK_IS(port_send(right, &m), 0);
	return NULL;
}

/* They go before messages, gather while nobody receives, and end a wait that has a deadline. */
static void check_notifications(void)
{
	struct message m;
	pthread_t sender;

	CHECK_IS(pthread_create(&sender, NULL, send_once, NULL), 0);
	usleep(20000);
	for (int bit = 0; bit < 32; bit += 3)
		CHECK_IS(port_notify(right, 1u << bit), 0);
	CHECK_IS(port_receive(port, &m, 0), PORT_NOTIFIED);
	check_words(&m, 0x49249249, 0, 0);
	CHECK_IS(m.badge, 0);
	CHECK_IS(port_receive(port, &m, 0), 0);
	CHECK_IS(m.word[0], 9);
	CHECK_IS(pthread_join(sender, NULL), 0);
	CHECK_ERROR(port_receive(port, &m, uptime() + 10), ETIMEDOUT);
}

static volatile int arrived, closed;

/* Each has one caller at the same time; they answer in the order in which the words say. */
static void *receive_one(void *number)
{
	struct message m;
	int kind = port_receive(port, &m, (int)number % 2 ? uptime() + 5000 : 0);

	CHECK_IS(kind, PORT_CALLED);
	CHECK_IS(m.word[1], (uint32_t)number); /* whoever waits longest is the first to receive */
	arrived++;
	while (arrived < RECEIVERS + (int)m.word[0])
		usleep(10000);
	arrived++;
	m.word[2] = (uint32_t)number;
	CHECK_IS(port_reply(0, &m), 0);
	CHECK_ERROR(port_receive(port, &m, 0), EBADF);
	closed++;
	return NULL;
}

static void *call_one(void *number)
{
	struct message m = words(RECEIVERS - 1 - (int)number, (uint32_t)number, 0);

	CHECK_IS(port_call(right, &m), 0);
	CHECK_IS(m.word[2], (uint32_t)number);
	return NULL;
}

static void check_receivers(void)
{
	pthread_t receiver[RECEIVERS], caller[RECEIVERS];

	for (int i = 0; i < RECEIVERS; i++) {
		CHECK_IS(pthread_create(&receiver[i], NULL, receive_one, (void *)i), 0);
		usleep(10000);
	}
	for (int i = 0; i < RECEIVERS; i++) {
		CHECK_IS(pthread_create(&caller[i], NULL, call_one, (void *)i), 0);
		usleep(10000);
	}
	for (int i = 0; i < RECEIVERS; i++)
		CHECK_IS(pthread_join(caller[i], NULL), 0);
	usleep(30000);
	CHECK_IS(closed, 0);
	CHECK_IS(close(port), 0);
	for (int i = 0; i < RECEIVERS; i++)
		CHECK_IS(pthread_join(receiver[i], NULL), 0);
	CHECK_IS(closed, RECEIVERS);
	close(right);
	make_port();
}

/* Asks back whoever asks it: that one can't receive, and nobody else could. */
static void ask_back(void)
{
	struct message m, question = words(1, 2, 3);

	close(back);
	CHECK_IS(port_receive(port, &m, 0), PORT_CALLED);
	CHECK_ERROR(port_call(back_right, &question), EDEADLK);
	CHECK_ERROR(port_send(back_right, &question), EDEADLK);
	CHECK_IS(port_reply(0, &m), 0);
}

static void check_ring(void)
{
	struct message m = words(1, 2, 3);
	pid_t pid = child(ask_back);

	close(port);
	CHECK_IS(port_call(right, &m), 0);
	join(pid);
	CHECK_ERROR(port_call(back_right, &m), EDEADLK); /* itself */
}

int main(void)
{
	make_port();
	CHECK((back = port_create(0)) >= 0 && (back_right = port_right(back, 7)) >= 0);
	check_fairness();
	check_deadlines();
	check_late();
	check_notifications();
	check_receivers();
	check_ring();
	return test_end("order at ports");
}
