/* user/t_port_hostile.c: messages with pages between programs that mean no good: windows where there is no table, over
 * what is held, read-only or shared, over the page that is sent; and one page shared without end. (lab 6)
 */
#include "test.h"
#include <sys/mman.h>

#define WINDOW 0x40000000u
#define FROM 0x50000000u
#define RW (PROT_READ | PROT_WRITE)

static int port, right;

static void map(uint32_t va, uint32_t bytes, int prot, int sort)
{
	CHECK(mmap((void *)va, bytes, prot, sort | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == (void *)va);
}

/* What the receiver's window is made of. */
static void reserved(void) { map(WINDOW, PDE_SPAN, RW, MAP_PRIVATE); }
static void reserved_shared(void) { map(WINDOW, PDE_SPAN, RW, MAP_SHARED); }
static void reserved_none(void) { map(WINDOW, PDE_SPAN, PROT_NONE, MAP_PRIVATE); }
static void nothing(void) { munmap((void *)WINDOW, PDE_SPAN); }
static void touched(void) { map(WINDOW, 2 * PAGE_SIZE, RW, MAP_PRIVATE); *(volatile char *)WINDOW = 1; }
static void read_only(void) { touched(); mprotect((void *)WINDOW, PAGE_SIZE, PROT_READ); }
static void held(void) { touched(); mprotect((void *)WINDOW, PAGE_SIZE, PROT_NONE); }
static void shared(void) { map(WINDOW, PAGE_SIZE, RW, MAP_SHARED); *(volatile char *)WINDOW = 1; }
static void edge_of_tables(void) { nothing(); map(WINDOW + PAGE_SIZE, PAGE_SIZE, RW, MAP_PRIVATE); }

static void (*const windows[])(void) = { reserved, reserved_shared, reserved_none, nothing, touched, read_only, held, shared,
	edge_of_tables };
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int receive_all(void)
{
	struct message m;

	for (unsigned i = 0; i < 3 * COUNT(windows); i++) {
		nothing();
		windows[i / 3]();
		CHECK_IS(port_window((void *)WINDOW, 2, 0), 0);
		CHECK_IS(port_receive(port, &m, 0), PORT_CALLED | PORT_PAGES);
		CHECK_IS(m.word[2], WINDOW | 1);
		CHECK_IS(((uint32_t *)WINDOW)[0], 1000 + i);
		CHECK_IS(((uint32_t *)WINDOW)[PAGE_SIZE / 4], 2000 + i);
		m.word[2] = WINDOW | 1;
		CHECK_IS(port_reply(PORT_PAGES, &m), 0);
	}
	return test_failures != 0;
}

static void send_all(void)
{
	static const uint32_t flags[] = { 0, PORT_SHARE, PORT_SHARE | PORT_READ_ONLY };
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		close(right);
		_exit(receive_all());
	}
	CHECK_IS(port_window((void *)FROM, 2, 0), 0);
	for (unsigned i = 0; i < 3 * COUNT(windows); i++) {
		struct message m = { .word = { i, 0, FROM | flags[i % 3] | 1 } };

		map(FROM, 2 * PAGE_SIZE, RW, MAP_PRIVATE);
		((uint32_t *)FROM)[0] = 1000 + i;
		((uint32_t *)FROM)[PAGE_SIZE / 4] = 2000 + i;
		CHECK_IS(port_call(right | PORT_PAGES, &m), PORT_PAGES);
		CHECK_IS(((uint32_t *)FROM)[0], 1000 + i);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

/* Both are threads of one process, and the window overlaps what is sent. */
static void receive_here(uint32_t turns)
{
	struct message m;

	port_window((void *)(FROM + PAGE_SIZE), 2, 0);
	while (turns--)
		CHECK_IS(port_receive(port, &m, 0), PORT_PAGES);
	thread_exit(NULL);
}

static void send_to_itself(void)
{
	static char stack[8192] __attribute__((aligned(16)));
	static void *block[THREAD_BLOCK / sizeof(void *)] = { block };

	map(FROM, 4 * PAGE_SIZE, RW, MAP_PRIVATE);
	for (uint32_t i = 0; i < 4; i++)
		((uint32_t *)FROM)[i * PAGE_SIZE / 4] = i + 1;
	CHECK(thread_create(receive_here, stack + sizeof(stack), 3, block) > 0);
	for (uint32_t i = 0; i < 3; i++) {
		struct message m = { .word = { 0, 0, FROM | (i == 1 ? PORT_SHARE : 0) | 1 } };

		CHECK_IS(port_send(right | PORT_PAGES, &m), 0);
	}
	CHECK_IS(((uint32_t *)FROM)[3 * PAGE_SIZE / 4], 4);
}

/* A page is shared again and again, each time to another address: the count of its owners must not overflow. */
static int receive_sharing(void)
{
	struct message m;

	for (uint32_t va = WINDOW;; va += 16 * PAGE_SIZE) {
		port_window((void *)va, 16, 0);
		if (port_receive(port, &m, 0) < 0)
			return 0;
	}
}

static void share_without_end(void)
{
	int status = -1;
	uint32_t n = 0;
	pid_t pid = fork();

	if (pid == 0) {
		close(right);
		_exit(receive_sharing());
	}
	map(FROM, PAGE_SIZE, RW, MAP_PRIVATE);
	*(volatile uint32_t *)FROM = 1;
	for (uint32_t i = 1; i < 16; i++)
		CHECK_IS(page_share(0, (void *)(FROM + i * PAGE_SIZE), (void *)FROM, RW), 0);
	struct message m = { .word = { 0, 0, FROM | PORT_SHARE | 15 } };
	while (n < 5000 && port_send(right | PORT_PAGES, &m) == 0)
		n++;
	CHECK(n < 5000 && errno == ENOMEM);
	close(right);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

int main(void)
{
	port = port_create(0);
	right = port_right(port, 0);
	CHECK(port >= 0 && right >= 0);
	send_all();
	send_to_itself();
	share_without_end();
	return test_end("hostile messages");
}
