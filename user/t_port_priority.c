/* user/t_port_priority.c: tests that a server runs with the priority of its most urgent caller until it answers. (lab 6) */
#include "port_test.h"
#include <pthread.h>

enum { HIGH = 4, MEDIUM, LOW }; /* whoever runs the tests has 4 */

static volatile uint32_t tids[3], spinning, enough, busy;
static int far_port, far_right;
static pthread_mutex_t lock = { .inherit = PTHREAD_PRIO_INHERIT };

static pthread_t start(void *(*function)(void *), void *argument)
{
	pthread_t t;

	CHECK_IS(pthread_create(&t, NULL, function, argument), 0);
	return t;
}

static void set_own_priority(int priority)
{
	CHECK_IS(set_priority(0, priority, 0), 0);
}

static int priority_of(int tid)
{
	struct thread_info info = { 0 };

	thread_info(tid - 1, &info); /* the next slot's, so its own */
	return info.tid == tid ? info.priority : -1;
}

static void work(void)
{
	for (volatile unsigned i = 0; i < 20000; i++)
		;
}

/* Would this thread run only with its own priority, it would never: then the deadline of the calls passes. */
static void *spin(void *unused)
{
	set_own_priority(MEDIUM);
	spinning = 1;
	while (!enough)
		;
	return NULL;
}

/* Word 0: 0: end; 1: work; 2: the same, when the others are ready; 3: ask the far server; 4: put it off, answer later. */
static void *serve(void *number)
{
	int from = number ? far_port : port, kind, answer;
	struct message m, asked;

	tids[(int)number] = gettid();
	set_own_priority(LOW);
	kind = port_receive(from, &m, 0);
	while (kind == PORT_CALLED && m.word[0]) {
		busy = 1;
		while (m.word[0] == 2 && !spinning)
			yield();
		work();
		if (m.word[0] == 3) {
			asked = words(2, 0, 0);
			CHECK_IS(port_call(far_right, &asked), 0);
		}
		m.word[1] = priority_of(gettid());
		if (m.word[0] == 4) {
			CHECK((answer = port_answer()) >= 0);
			m.word[2] = priority_of(gettid());
			CHECK_IS(port_send(answer, &m), 0);
			kind = port_receive(from, &m, 0);
		} else {
			kind = port_reply_receive(from, &m);
		}
	}
	CHECK_IS(kind, PORT_CALLED);
	CHECK_IS(port_reply(0, &m), 0);
	return NULL;
}

/* A caller of the lowest priority; has the lock meanwhile. */
static void *call_low(void *what)
{
	struct message m = words((uint32_t)what, 0, 0);

	tids[2] = gettid();
	set_own_priority(LOW);
	CHECK_IS(pthread_mutex_lock(&lock), 0);
	CHECK_IS(port_call(right, &m), 0);
	CHECK_IS(pthread_mutex_unlock(&lock), 0);
	return NULL;
}

static struct message call_in_time(uint32_t what)
{
	struct message m = words(what, 0, 0);

	CHECK_IS(port_window(NULL, 0, uptime() + 3000), 0);
	CHECK_IS(port_call(right | PORT_TIMED, &m), 0);
	return m;
}

static pthread_t spinner(void)
{
	spinning = enough = 0;
	pthread_t t = start(spin, NULL);
	while (!spinning)
		usleep(10000);
	return t;
}

static void stop(pthread_t t)
{
	enough = 1;
	CHECK_IS(pthread_join(t, NULL), 0);
}

static void servers_are_low(void)
{
	CHECK_IS(priority_of(tids[0]), LOW);
	CHECK_IS(priority_of(tids[1]), LOW);
}

/* It waits for messages; it is called by way of another; the answer is put off, and then nobody lends. */
static void check_direct(void)
{
	pthread_t other = spinner();

	for (uint32_t what = 1; what <= 3; what++) {
		CHECK_IS(call_in_time(what).word[1], HIGH);
		servers_are_low();
	}
	stop(other);
	struct message m = call_in_time(4);
	CHECK_IS(m.word[1], HIGH);
	CHECK_IS(m.word[2], LOW);
}

/* It serves one of its own priority, itself or by way of another: who stands in line lends, too. */
static void check_in_line(uint32_t what)
{
	busy = spinning = 0;
	pthread_t low = start(call_low, (void *)what);
	while (!busy)
		usleep(10000);
	pthread_t other = spinner();
	CHECK_IS(call_in_time(1).word[1], HIGH);
	servers_are_low();
	stop(other);
	CHECK_IS(pthread_join(low, NULL), 0);
}

/* Its caller has a lock that the most urgent one wants. */
static void check_lock(void)
{
	busy = spinning = 0;
	pthread_t low = start(call_low, (void *)2);
	while (!busy)
		usleep(10000);
	pthread_t other = spinner();
	CHECK_IS(pthread_mutex_lock(&lock), 0);
	servers_are_low();
	CHECK_IS(priority_of(tids[2]), LOW);
	CHECK_IS(pthread_mutex_unlock(&lock), 0);
	stop(other);
	CHECK_IS(pthread_join(low, NULL), 0);
}

static void *call_and_be_late(void *unused)
{
	struct message m = words(1, 0, 0);

	set_own_priority(HIGH);
	CHECK_IS(port_window(NULL, 0, uptime() + 50), 0);
	CHECK_ERROR(port_call(right | PORT_TIMED, &m), ETIMEDOUT);
	return NULL;
}

/* The caller gives up, in line or waiting for the answer: the server goes on with its own priority. */
static void check_given_up(bool received)
{
	struct message m;

	make_port();
	set_own_priority(LOW);
	CHECK_ERROR(port_receive(port, &m, 1), ETIMEDOUT); /* it is this thread that receives there */
	pthread_t caller = start(call_and_be_late, NULL);
	usleep(10000);
	if (received)
		CHECK_IS(port_receive(port, &m, 0), PORT_CALLED);
	CHECK_IS(priority_of(gettid()), HIGH);
	CHECK_IS(pthread_join(caller, NULL), 0);
	CHECK_IS(priority_of(gettid()), LOW);
	if (received)
		CHECK_ERROR(port_reply(0, &m), ESRCH);
	close(right);
	close(port);
	set_own_priority(HIGH);
}

static void *want_lock(void *unused)
{
	set_own_priority(LOW);
	tids[2] = gettid();
	struct message m;
	CHECK_ERROR(port_receive(port, &m, 1), ETIMEDOUT);
	usleep(30000);
	CHECK_IS(pthread_mutex_lock(&lock), 0); /* of one that lends to this thread, in line: no deadlock, others may receive */
	CHECK_IS(pthread_mutex_unlock(&lock), 0);
	CHECK_IS(priority_of(tids[2]), LOW);
	return NULL;
}

static void *receive_for_it(void *unused)
{
	struct message m;

	usleep(60000);
	CHECK_IS(port_receive(port, &m, 0), PORT_CALLED);
	CHECK_IS(port_reply(0, &m), 0);
	return NULL;
}

/* What is lent in line is a guess: it must make no circle, and no error. */
static void check_circle(void)
{
	make_port();
	CHECK_IS(pthread_mutex_lock(&lock), 0);
	pthread_t wants = start(want_lock, NULL), receives = start(receive_for_it, NULL);
	usleep(20000);
	call_in_time(1);
	CHECK_IS(pthread_mutex_unlock(&lock), 0);
	CHECK_IS(pthread_join(wants, NULL), 0);
	CHECK_IS(pthread_join(receives, NULL), 0);
}

int main(void)
{
	struct message m = words(0, 0, 0);
	pthread_t server, far;

	make_port();
	CHECK((far_port = port_create(0)) >= 0);
	CHECK((far_right = port_right(far_port, 0)) >= 0);
	server = start(serve, NULL);
	far = start(serve, (void *)1);
	usleep(20000);
	check_direct();
	check_in_line(2);
	check_in_line(3);
	check_lock();
	CHECK_IS(port_call(right, &m), 0);
	m = words(0, 0, 0);
	CHECK_IS(port_call(far_right, &m), 0);
	CHECK_IS(pthread_join(server, NULL), 0);
	CHECK_IS(pthread_join(far, NULL), 0);
	check_given_up(false);
	check_given_up(true);
	check_circle();
	return test_end("priorities through ports");
}
