/* user/t_scarce.c: tests a bit of everything that takes memory, ready to be told at any point that there is none: an
 * error is out of memory, a process that is ended was at a first touch, and what succeeds has right results. With
 * failframe=N on the kernel's command line the N-th frame is refused; without it nothing may fail. (lab 4)
 */
#include "test.h"
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

#define RW (PROT_READ | PROT_WRITE)
#define MB (1u << 20)
#define NO_MEMORY 3 /* the status of a process that was told so */

/* What a call returned: out of memory ends this process in order, another error is a mistake. */
static long good(const char *call, long result)
{
	if (result != -1)
		return result;
	if (errno == ENOMEM || errno == EAGAIN)
		_exit(NO_MEMORY);
	printf("FAIL: %s: %s\n", call, strerror(errno));
	_exit(1);
}
#define GOOD(call) good(#call, (long)(call))

static void *map(size_t bytes, int flags)
{
	return (void *)GOOD(mmap(NULL, bytes, RW, flags | MAP_ANONYMOUS, -1, 0));
}

/* A child that runs work() ends well, or for want of memory: for a page, or for floating point (SIGKILL). True: well. */
static bool in_child(void (*work)(volatile uint32_t *), volatile uint32_t *p)
{
	int status;
	pid_t pid = GOOD(fork());

	if (pid == 0) {
		work(p);
		_exit(test_failures);
	}
	GOOD(waitpid(pid, &status, 0));
	if (status == STATUS_KILLED || status == SIGKILL || status == STATUS_EXIT(NO_MEMORY))
		return false;
	CHECK_IS(status, 0);
	return true;
}

static void write_one(volatile uint32_t *p) { p[0]++; p[1024]++; }

static void check_private(void)
{
	volatile uint32_t *p = map(3 * PAGE_SIZE, MAP_PRIVATE);

	p[0] = 7;
	in_child(write_one, p);
	CHECK_IS(p[0], 7);
	p[1024]++;
	CHECK_IS(p[1024], 1);
	GOOD(munmap((void *)p, 3 * PAGE_SIZE));
}

static void check_shared(void)
{
	volatile uint32_t *p = map(3 * PAGE_SIZE, MAP_SHARED);

	if (in_child(write_one, p)) {
		CHECK_IS(p[0], 1);
		CHECK_IS(p[1024], 1);
	}
	GOOD(munmap((void *)p, 3 * PAGE_SIZE));
}

static void check_reserved(void)
{
	char *p = map(12 * MB, MAP_PRIVATE);

	p[5 * MB] = 1;
	GOOD(munmap(p + 2 * MB, 2 * MB));
	GOOD(mprotect(p + 9 * MB, MB, PROT_READ));
	CHECK_IS(p[5 * MB], 1);
	CHECK_IS(p[9 * MB], 0);
	GOOD(munmap(p, 12 * MB));
}

/* One page of many for which one entry stands gets an entry of its own: that takes a table. */
static void check_page_share(void)
{
	char *p = map(12 * MB, MAP_PRIVATE), *to = map(PAGE_SIZE, MAP_PRIVATE);

	GOOD(page_share(0, to, p + 5 * MB, RW));
	to[0] = 1;
	CHECK_IS(p[5 * MB], 0);
	GOOD(munmap(p, 12 * MB));
	GOOD(munmap(to, PAGE_SIZE));
}

static void check_heap(void)
{
	char *p = malloc(5 * PAGE_SIZE);

	GOOD(p ? 0 : -1);
	memset(p, 1, 5 * PAGE_SIZE);
	free(p);
}

/* Buffers that only the call touches. */
static void check_calls(void)
{
	char *p = map(3 * PAGE_SIZE, MAP_PRIVATE);
	int fds[2];

	CHECK(GOOD(program_name(0, p + PAGE_SIZE - 2, 32)) > 0);
	GOOD(pipe(fds));
	CHECK_IS(GOOD(write(fds[1], "abc", 3)), 3);
	CHECK_IS(GOOD(read(fds[0], p + 2 * PAGE_SIZE, 3)), 3);
	CHECK_IS(p[2 * PAGE_SIZE + 2], 'c');
	close(fds[0]);
	close(fds[1]);
	GOOD(munmap(p, 3 * PAGE_SIZE));
}

static volatile int handled;

static void note(int signal) { handled++; }

static void use_handler(volatile uint32_t *stack)
{
	handled = 0;
	raise(SIGUSR1); /* fork has copied what to do then */
	CHECK_IS(handled, 1);
}

/* Children of children, until all tables for actions that have room in a frame are taken. */
static void use_handlers(volatile uint32_t *deeper)
{
	if ((*deeper)-- > 0)
		in_child(use_handlers, deeper);
	use_handler(NULL);
}

/* A table for the actions, and a handler whose stack has not been touched yet. */
static void check_signals(void)
{
	struct sigaction action = { { note }, 0, SA_ONSTACK };
	stack_t stack = { map(2 * PAGE_SIZE, MAP_PRIVATE), 0, 2 * PAGE_SIZE };

	GOOD(sigaction(SIGUSR1, &action, NULL));
	GOOD(sigaltstack(&stack, NULL));
	uint32_t deeper = 3; /* five tables in all: four have room */
	in_child(use_handlers, &deeper);
	use_handler(NULL);
}

/* A child's call with pages and a descriptor, and the answer with them. If either ends, the other learns that. */
static void call_with_pages(int right, volatile uint32_t *p)
{
	struct message m = { .word = { 0, PORT_ONE_DESCRIPTOR(1), (uint32_t)p | 1 } };

	p[0] = 7;
	p[1024] = 8;
	GOOD(port_window((void *)p, 2, 0));
	int kind = port_call(right | PORT_PAGES | PORT_DESCRIPTORS, &m);
	if (kind < 0 && errno == EPIPE)
		_exit(NO_MEMORY);
	CHECK_IS(GOOD(kind), PORT_PAGES);
	CHECK_IS(p[0], 8);
	CHECK_IS(p[1024], 8);
	_exit(test_failures);
}

static void answer_with_pages(int port, volatile uint32_t *window)
{
	struct message m;

	GOOD(port_window((void *)window, 2, 0));
	if (port_receive(port, &m, 0) < 0) {
		CHECK_IS(errno, EPIPE);
		return;
	}
	CHECK_IS(close(PORT_DESCRIPTOR(m.word[1], 0)), 0);
	window[0]++;
	GOOD(port_reply(PORT_PAGES, &m));
}

static void check_messages(void)
{
	volatile uint32_t *p = map(3 * PAGE_SIZE, MAP_PRIVATE);
	int port = GOOD(port_create(0)), right = GOOD(port_right(port, 1)), status;
	pid_t pid = GOOD(fork());

	if (pid == 0) {
		close(port); /* or it would be the last that could receive */
		call_with_pages(right, p);
	}
	close(right);
	answer_with_pages(port, p);
	close(port);
	GOOD(waitpid(pid, &status, 0));
	CHECK(status == 0 || status == STATUS_KILLED || status == SIGKILL || status == STATUS_EXIT(NO_MEMORY));
	GOOD(munmap((void *)p, 3 * PAGE_SIZE));
}

static jmp_buf home;

static void come_home(void) { longjmp(home, 1); }

/* Floating-point registers out of a context, where there were none before. */
static void load_float(volatile uint32_t *unused)
{
	static uint32_t registers[256] __attribute__((aligned(16)));
	static char stack[1024] __attribute__((aligned(16)));
	struct context c = { .fpu = (uint32_t)registers };

	registers_set_pc(&c.registers, (uint32_t)come_home);
	registers_set_sp(&c.registers, (uint32_t)(stack + sizeof(stack) - 64));
	if (setjmp(home) == 0)
		GOOD(context_return(&c));
}

static volatile double third;

static void compute(volatile uint32_t *p)
{
	third *= 3;
	CHECK(third == 1);
}

/* Registers to save, for it, its child, and a handler's context. */
static void check_float(void)
{
	in_child(load_float, NULL);
	third = 1;
	third /= 3;
	in_child(compute, NULL);
	handled = 0;
	raise(SIGUSR1);
	CHECK_IS(handled, 1);
	CHECK(third * 3 == 1);
}

static void check_spawn(void)
{
	static char text[930]; /* the page of the arguments has no room left for the thread's block */
	int status;

	memset(text, 'x', sizeof(text) - 1);
	pid_t pid = GOOD(spawnve("true", (char *[]){ "true", text, NULL }, (char *[]){ NULL }));
	GOOD(waitpid(pid, &status, 0));
	CHECK(status == 0 || status == STATUS_KILLED || status == SIGKILL);
}

static void run_true(volatile uint32_t *p)
{
	GOOD(execve("true", (char *[]){ "true", NULL }, (char *[]){ NULL }));
}

static int deep(int depth, volatile char *outer)
{
	volatile char frame[4096];

	frame[0] = outer[0];
	return depth == 0 ? frame[0] : deep(depth - 1, frame) + (frame[0] & 0);
}

static int work(void)
{
	char first = 0;

	check_private();
	check_shared();
	check_reserved();
	check_page_share();
	check_heap();
	check_calls();
	check_signals();
	check_float();
	check_messages();
	check_spawn();
	in_child(run_true, NULL);
	CHECK_IS(deep(12, &first), 0);
	return test_failures;
}

/* The status of a child that does all that; -1: there is none. */
static int attempt(void)
{
	int status = -1;
	pid_t pid = spawn("t_scarce", (char *[]){ "t_scarce", "work", NULL });

	if (pid > 0)
		waitpid(pid, &status, 0);
	else if (errno != ENOMEM && errno != EAGAIN)
		CHECK_IS(errno, ENOMEM);
	return status;
}

/* Children of one that was ended run on for a while; a frame of theirs is not lost. */
static void let_orphans_end(void)
{
	for (int i = 0; i < 50; i++)
		yield();
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return work();
	int status = attempt();
	if (status != 0) {
		CHECK(status == -1 || status == STATUS_KILLED || status == SIGKILL || status == STATUS_EXIT(NO_MEMORY));
		CHECK_IS(attempt(), 0); /* only one frame is refused */
	}
	let_orphans_end();
	return test_end("scarce");
}
