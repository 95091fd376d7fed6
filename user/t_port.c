/* user/t_port.c: tests ports: calls and answers, badges, order, notifications, deadlines, put-off answers. (lab 6) */
#include "port_test.h"

/* Answers with each word's complement and the badge, until the first word is 0. */
static void serve(void)
{
	struct message m;
	int kind = port_receive(port, &m, 0);

	while (kind == PORT_CALLED && m.word[0]) {
		m = words(~m.word[0], ~m.word[1], m.badge);
		kind = port_reply_receive(port, &m);
	}
	CHECK_IS(kind, PORT_CALLED);
	CHECK_IS(port_reply(0, &m), 0);
}

static void check_calls(void)
{
	pid_t server = child(serve);
	int other = port_right(port, 0xfffffff0);
	struct message m;

	for (uint32_t i = 1; i < 1000; i++) {
		m = words(i, i * 0x10001, 3);
		CHECK_IS(port_call(i % 3 ? right : other, &m), 0);
		check_words(&m, ~i, ~(i * 0x10001), i % 3 ? 42 : 0xfffffff0);
	}
	m = words(0, 8, 9);
	CHECK_IS(port_call(right, &m), 0);
	check_words(&m, 0, 8, 9);
	join(server);
}

static void send_three(void)
{
	for (uint32_t i = 1; i <= 3; i++) {
		struct message m = words(i, getpid(), 0);

		CHECK_IS(port_send(right, &m), 0);
	}
}

/* Nobody receives yet: senders wait in line, and are served first come, first served. */
static void check_order(void)
{
	pid_t pid[4];
	struct message m;

	for (int i = 0; i < 4; i++) {
		pid[i] = child(send_three);
		for (int n = 0; n < 3; n++)
			yield();
	}
	for (uint32_t i = 0; i < 12; i++) {
		CHECK_IS(port_receive(port, &m, 0), 0);
		CHECK_IS(m.badge, 42);
		check_words(&m, i / 4 + 1, pid[i % 4], 0);
		yield(); /* it has its next one ready */
	}
	for (int i = 0; i < 4; i++)
		join(pid[i]);
}

static void notify_later(void)
{
	yield();
	CHECK_IS(port_notify(right, 0x80), 0);
}

static void check_notifications(void)
{
	struct message m;

	CHECK_IS(port_notify(right, 1), 0);
	CHECK_IS(port_notify(right, 0x80000000), 0);
	CHECK_IS(port_notify(port, 1), 0);
	CHECK_IS(port_receive(port, &m, 0), PORT_NOTIFIED);
	check_words(&m, 0x80000001, 0, 0);
	CHECK_ERROR(port_receive(port, &m, 1), ETIMEDOUT); /* they are reported once */
	CHECK_IS(port_notify(right, 0), 0);
	CHECK_ERROR(port_receive(port, &m, 1), ETIMEDOUT);
	pid_t pid = child(notify_later);
	CHECK_IS(port_receive(port, &m, 0), PORT_NOTIFIED); /* it waits for them */
	check_words(&m, 0x80, 0, 0);
	join(pid);
}

/* Word 0: how to disappoint the caller. */
static void disappoint(void)
{
	struct message m;

	CHECK_IS(port_receive(port, &m, 0), PORT_CALLED);
	usleep(50000);
	CHECK_ERROR(port_reply(0, &m), ESRCH); /* it has given up */
	CHECK_IS(port_receive(port, &m, 0), PORT_CALLED);
	CHECK_IS(port_receive(port, &m, 0), PORT_CALLED); /* without an answer */
	exit(test_failures);                              /* and again */
}

static void check_partners(void)
{
	struct message m = words(1, 2, 3);
	pid_t pid;

	CHECK_ERROR(port_reply(0, &m), ESRCH);
	CHECK_ERROR(port_reply_receive(port, &m), ESRCH);
	CHECK_ERROR(port_call(right, &m), EDEADLK);
	CHECK_ERROR(port_send(right, &m), EDEADLK);
	pid = child(disappoint);
	CHECK_IS(port_window(NULL, 0, 1), 0);
	CHECK_ERROR(port_call(right | PORT_TIMED, &m), ETIMEDOUT);
	check_words(&m, 1, 2, 3);
	CHECK_ERROR(port_call(right, &m), EPIPE);
	CHECK_ERROR(port_call(right, &m), EPIPE);
	join(pid);
	CHECK_ERROR(port_call(right, &m), EDEADLK);
}

/* Answers come in another order than calls. */
static void put_off(void)
{
	struct message m;
	int first, second;

	CHECK_ERROR(port_answer(), ESRCH);
	CHECK_IS(port_receive(port, &m, 0), PORT_CALLED);
	CHECK((first = port_answer()) >= 0);
	CHECK_IS(port_receive(port, &m, 0), PORT_CALLED);
	CHECK((second = port_answer()) >= 0);
	CHECK_ERROR(port_reply(0, &m), ESRCH);
	CHECK_ERROR(port_call(first, &m), EBADF);
	m = words(22, 0, 0);
	CHECK_IS(port_send(second, &m), 0);
	CHECK_ERROR(port_send(second, &m), EBADF); /* once */
	m = words(11, 0, 0);
	CHECK_IS(port_send(first, &m), 0);
	CHECK_IS(port_receive(port, &m, 0), PORT_CALLED);
	CHECK(port_answer() >= 0); /* and never used */
}

static void call_second(void)
{
	struct message m = words(2, 0, 0);

	CHECK_IS(port_call(right, &m), 0);
	CHECK_IS(m.word[0], 22);
}

static void check_put_off(void)
{
	pid_t server = child(put_off), second;
	struct message m = words(1, 0, 0);

	yield();
	second = child(call_second);
	CHECK_IS(port_call(right, &m), 0);
	CHECK_IS(m.word[0], 11);
	CHECK_ERROR(port_call(right, &m), EPIPE);
	join(second);
	join(server);
}

int main(void)
{
	make_port();
	check_calls();
	check_order();
	check_notifications();
	check_partners();
	check_put_off();
	return test_end("ports");
}
