/* user/t_hostile.c: a thread that waits, in each of the ways there are, while its process is ended, becomes another program,
 * loses its descriptors or its memory: in each of the ways there are. (lab 6)
 */
#include "test.h"
#include <fcntl.h>
#include <poll.h>
#include <probe.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

#define BUFFER 0x20000000u
#define RW (PROT_READ | PROT_WRITE)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int empty[2], full[2], port, right, silent, to_silent;
static uint32_t *const word = (uint32_t *)(BUFFER + 64);
static char *const buffer = (char *)BUFFER;

/* The waits. Each comes back only if somebody ends it. */
static void read_pipe(void) { read(empty[0], buffer, 100); }
static void write_pipe(void) { write(full[1], buffer, 4096); }
static void write_much(void) { write(full[1], buffer, 8192); }
static void poll_all(void)
{
	struct pollfd *fds = (struct pollfd *)buffer;

	fds[0] = (struct pollfd){ empty[0], POLLIN, 0 };
	fds[1] = (struct pollfd){ full[1], POLLOUT, 0 };
	fds[2] = (struct pollfd){ port, POLLIN, 0 };
	poll(fds, 3, -1);
}
static void receive(void)
{
	struct message m;

	port_window(buffer, 2, 0);
	port_receive(port, &m, 0);
}
static void receive_in_time(void)
{
	struct message m;

	port_receive(port, &m, (uptime() + 100000) | 1);
}
static void stand_in_line(void)
{
	struct message m = { .word = { 1, PORT_ONE_DESCRIPTOR(empty[0]), BUFFER | 1 } };

	port_send(to_silent | PORT_PAGES | PORT_DESCRIPTORS, &m);
}
static void call_in_line(void)
{
	struct message m = { .word = { 1, 2, BUFFER } };

	port_call(to_silent | PORT_PAGES, &m);
}
static void call_and_wait(void)
{
	struct message m = { .word = { 1, 2, 3 } };

	port_call(right, &m); /* see answer_never */
}
static void wait_for_word(void) { futex(word, FUTEX_WAIT, 0, 0); }
static void wait_for_lock(void)
{
	*word = getpid(); /* the first thread's */
	futex(word, FUTEX_LOCK, 0, 0);
}
static void wait_for_child(void)
{
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	waitpid(pid, (int *)buffer, 0);
}
static void sleep_long(void) { sleep(1000); }
static void wait_for_signal(void) { pause(); }

static const struct wait { const char *name; void (*wait)(void); } waits[] = {
	{ "read", read_pipe }, { "write", write_pipe }, { "write much", write_much }, { "poll", poll_all }, { "receive", receive },
	{ "receive in time", receive_in_time }, { "stand in line", stand_in_line }, { "call, in line", call_in_line },
	{ "call", call_and_wait }, { "futex", wait_for_word }, { "lock", wait_for_lock }, { "child", wait_for_child },
	{ "sleep", sleep_long }, { "pause", wait_for_signal },
};

static void *wait_in_thread(void *arg)
{
	((const struct wait *)arg)->wait();
	for (;;)
		pause();
	return NULL;
}

/* Receives one call and answers it never: the thread that has it ends, or its process. */
static void *answer_never(void *unused)
{
	struct message m;

	port_receive(port, &m, 0);
	for (;;)
		pause();
	return NULL;
}

/* The endings: what the first thread does meanwhile. Those that come back leave the end to the parent's SIGKILL. */
static void end(void) { _exit(7); }
static void become(void)
{
	char *argv[] = { "true", NULL };

	execv("true", argv);
}
static void fault(void) { *OPAQUE((volatile char *)8) = 1; }
static void leave_thread(void) { thread_exit(NULL); }
static void close_all(void)
{
	for (int fd = 3; fd < OPEN_MAX; fd++)
		close(fd);
}
static void cover_all(void)
{
	int fds[2];

	pipe(fds);
	for (int fd = 3; fd < 20; fd++)
		if (fd != fds[0] && fd != fds[1])
			dup2(fds[fd % 2], fd);
}
static void unmap(void) { munmap(buffer, 4 * PAGE_SIZE); }
static void hide(void) { mprotect(buffer, 4 * PAGE_SIZE, PROT_NONE); }
static void reserve(void) { mmap(buffer, PDE_SPAN, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0); }
static void feed(void)
{
	struct message m = { .word = { 1, 2, 0x30000000 } };

	unmap();
	write(empty[1], "12345678", 8);
	read(full[0], (char *)0x30000000, 4096);
	port_window((void *)0x30001000, 1, 0);
	m.word[2] = 0x30000000;
	port_notify(port, 5);
	port_receive(silent, &m, (uptime() + 10) | 1);
	futex(word, FUTEX_WAKE, 1, 0);
	*(volatile uint32_t *)0x30000000 = 0;
}
static void forge(void)
{
	*word = 0x3fffffff;
	futex(word, FUTEX_UNLOCK, 0, 0);
	*word = gettid() | FUTEX_WAITERS;
	futex(word, FUTEX_UNLOCK, 0, 0);
	futex(word, FUTEX_REQUEUE, 0, (uint32_t)(word + 1));
}
static void fork_there(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
}
static void stop(void) { raise(SIGSTOP); }

static const struct ending { const char *name; void (*make)(void); int status; } endings[] = {
	{ "exit", end, STATUS_EXIT(7) }, { "exec", become, 0 }, { "fault", fault, SIGSEGV },
	{ "the first thread ends", leave_thread, SIGKILL }, { "close", close_all, SIGKILL }, { "dup2", cover_all, SIGKILL },
	{ "unmap", unmap, SIGKILL }, { "hide", hide, SIGKILL }, { "reserve", reserve, SIGKILL }, { "feed", feed, SIGKILL },
	{ "forge", forge, SIGKILL }, { "fork", fork_there, SIGKILL }, { "stop", stop, SIGKILL },
};

static void settle(void)
{
	for (int i = 0; i < 4; i++)
		yield();
}

static void play(const struct wait *w, const struct ending *e)
{
	static char bytes[PIPE_BUF];
	pthread_t thread, other;

	setpgid(0, 0);
	signal(SIGPIPE, SIG_IGN);
	mmap(buffer, 4 * PAGE_SIZE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	mmap((void *)0x30000000, 4 * PAGE_SIZE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	pipe(empty);
	pipe(full);
	write(full[1], bytes, PIPE_BUF);
	port = port_create(0);
	right = port_right(port, 1);
	silent = port_create(0);
	to_silent = port_right(silent, 2);
	if (w->wait == call_and_wait)
		pthread_create(&other, NULL, answer_never, NULL);
	pthread_create(&thread, NULL, wait_in_thread, (void *)w);
	settle();
	e->make();
	for (;;)
		pause();
}

static void check(const struct wait *w, const struct ending *e)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		play(w, e);
	if (e->status == SIGKILL) {
		usleep(10000);
		kill(pid, SIGKILL);
	}
	waitpid(pid, &status, 0);
	kill(-pid, SIGKILL); /* what it has left */
	/* Without the page that its frames are in, a call's thread may also end it by a fault of its own. */
	if (status == e->status || (e->status == SIGKILL && status == SIGSEGV))
		return;
	printf("FAIL: %s, %s: status 0x%x\n", w->name, e->name, status);
	test_failures++;
}

int main(void)
{
	for (unsigned w = 0; w < COUNT(waits); w++)
		for (unsigned e = 0; e < COUNT(endings); e++)
			check(&waits[w], &endings[e]);
	return test_end("ends of who waits");
}
