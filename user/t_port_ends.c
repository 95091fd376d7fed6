/* user/t_port_ends.c: tests that whoever meets at a port may end in any state, by exit, exec or a signal: nothing stays. (lab 6) */
#include "port_test.h"
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

#define PAGES ((volatile uint32_t *)0x20000000)
#define WINDOW ((volatile uint32_t *)0x30000000)

enum end { EXITS, EXECS, IS_KILLED, ENDS };

static enum end how;
static int ends[2]; /* a pipe's */
static char *lives_on[] = { "sleep", "20", NULL };

/* What the process does in the middle of the other thread's wait. */
static void *end_soon(void *unused)
{
	usleep(30000);
	if (how == EXITS)
		exit(0);
	if (how == EXECS)
		execv("sleep", lives_on);
	kill(getpid(), SIGKILL);
	return NULL;
}

static void end_meanwhile(void)
{
	pthread_t t;

	CHECK_IS(pthread_create(&t, NULL, end_soon, NULL), 0);
}

static void send_all(bool call)
{
	struct message m = words(1, PORT_ONE_DESCRIPTOR(ends[1]) | PORT_MOVE, (uint32_t)PAGES | 3);

	CHECK_IS(page_map((void *)PAGES, 4 * PAGE_SIZE, PROT_READ | PROT_WRITE), 0);
	PAGES[0] = 5;
	end_meanwhile();
	if (call)
		port_call(right | PORT_PAGES | PORT_DESCRIPTORS, &m);
	else
		port_send(right | PORT_PAGES | PORT_DESCRIPTORS, &m);
	pause();
}

static void wait_to_send(void) { send_all(false); }
static void wait_to_call(void) { send_all(true); }

static void wait_to_receive(void)
{
	struct message m;

	end_meanwhile();
	port_receive(port, &m, 0);
	pause();
}

static void wait_to_receive_in_time(void)
{
	struct message m;

	end_meanwhile();
	port_receive(port, &m, uptime() + 60000);
	pause();
}

/* Has a caller, and does something else. */
static void hold_caller(void)
{
	struct message m;

	CHECK_IS(port_receive(port, &m, 0), PORT_CALLED);
	end_meanwhile();
	pause();
}

/* Waits for another caller, having one that is to be answered later. */
static void put_off_caller(void)
{
	struct message m;

	CHECK_IS(port_receive(port, &m, 0), PORT_CALLED);
	CHECK(fcntl(port_answer(), F_SETFD, FD_CLOEXEC) >= 0);
	wait_to_receive();
}

/* Itself waits for the answer of one who does not receive. */
static void hold_and_call(void)
{
	struct message m;

	CHECK_IS(port_receive(port, &m, 0), PORT_CALLED);
	wait_to_call();
}

/* It has ended, or has become another program. */
static void see_end(pid_t pid)
{
	int status = -1;

	if (how == EXECS) {
		usleep(20000);
		kill(pid, SIGKILL);
	}
	CHECK_IS(waitpid(pid, &status, 0), pid);
	CHECK_IS(status, how == EXITS ? 0 : SIGKILL);
}

/* Nobody is left at the port, on either side. */
static void check_empty(void)
{
	struct message m = words(1, 2, 3);
	char byte;

	CHECK_ERROR(port_receive(port, &m, 1), ETIMEDOUT);
	CHECK_ERROR(port_send(right, &m), EDEADLK);
	CHECK_ERROR(port_reply(0, &m), ESRCH);
	CHECK_IS(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	CHECK_ERROR(read(ends[0], &byte, 1), EAGAIN); /* the one here is open still */
}

static void check_waiting(void (*body)(void))
{
	see_end(child(body));
	check_empty();
}

/* The partner learns at once that there will be no answer. */
static void check_server(void (*body)(void))
{
	struct message m = words(1, 2, 3);
	pid_t pid = child(body);
	uint32_t before = uptime();

	usleep(10000);
	CHECK_ERROR(port_call(right, &m), EPIPE);
	CHECK(uptime() - before < 5000);
	check_words(&m, 1, 2, 3);
	see_end(pid);
	check_empty();
}

/* It is received, and has gone when it is to be answered. */
static void check_client(bool later)
{
	struct message m;
	pid_t pid = child(wait_to_call);
	int answer = -1;

	CHECK_IS(port_window((void *)WINDOW, 4, 0), 0);
	CHECK_IS(port_receive(port, &m, 0), PORT_CALLED | PORT_PAGES | PORT_DESCRIPTORS);
	CHECK_IS(WINDOW[0], 5);
	CHECK_IS(close(PORT_DESCRIPTOR(m.word[1], 0)), 0);
	if (later)
		CHECK((answer = port_answer()) >= 0);
	usleep(50000);
	if (later)
		CHECK_ERROR(port_send(answer, &m), ESRCH);
	else
		CHECK_ERROR(port_reply(0, &m), ESRCH);
	see_end(pid);
	close(answer);
	check_empty();
}

/* A page would be put into a program that does not expect it: the window went with the old one. */
static void become_receiver(void)
{
	char number[12];

	CHECK_IS(port_window((void *)WINDOW, 4, 0), 0);
	CHECK_IS(fcntl(port, F_SETFD, 0), 0);
	snprintf(number, sizeof(number), "%d", port);
	execl("t_port_ends", "t_port_ends", number, NULL);
}

static int be_receiver(int from)
{
	struct message m;

	CHECK_IS(port_receive(from, &m, 0), PORT_CALLED);
	CHECK_IS(port_reply(0, &m), 0);
	return test_failures;
}

static void check_window(void)
{
	struct message m = words(1, 2, (uint32_t)PAGES);

	CHECK_IS(page_map((void *)PAGES, PAGE_SIZE, PROT_READ | PROT_WRITE), 0);
	PAGES[0] = 5;
	pid_t pid = child(become_receiver);
	usleep(50000);
	CHECK_ERROR(port_call(right | PORT_PAGES, &m), ENOSPC);
	CHECK_IS(PAGES[0], 5);
	CHECK_IS(port_call(right, &m), 0);
	join(pid);
	CHECK_IS(page_unmap((void *)PAGES, PAGE_SIZE), 0);
}

static void *receive_and_end(void *unused)
{
	struct message m;

	CHECK_IS(port_receive(port, &m, 0), PORT_CALLED);
	return NULL;
}

/* Only the thread ends; the next one serves. */
static void check_thread(void)
{
	struct message m = words(1, 2, 3);

	for (int i = 0; i < 3; i++) {
		pthread_t t;

		CHECK_IS(pthread_create(&t, NULL, receive_and_end, NULL), 0);
		CHECK_ERROR(port_call(right, &m), EPIPE);
		CHECK_IS(pthread_join(t, NULL), 0);
	}
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return be_receiver(atoi(argv[1]));
	make_port();
	CHECK_IS(pipe(ends), 0);
	for (how = EXITS; how < ENDS; how++) {
		check_waiting(wait_to_send);
		check_waiting(wait_to_call);
		check_waiting(wait_to_receive);
		check_waiting(wait_to_receive_in_time);
		check_server(hold_caller);
		check_server(put_off_caller);
		check_server(hold_and_call);
		check_client(false);
		check_client(true);
	}
	check_window();
	check_thread();
	return test_end("partners that end in the middle of a message");
}
