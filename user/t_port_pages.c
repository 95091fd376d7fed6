/* user/t_port_pages.c: tests what messages carry: pages that move or are shared, and descriptors. (lab 6) */
#include "port_test.h"
#include <fcntl.h>
#include <sys/mman.h>

#define OURS ((volatile uint32_t *)0x20000000)
#define WINDOW ((volatile uint32_t *)0x30000000)
#define WORDS (PAGE_SIZE / 4)

static uint32_t entry(volatile uint32_t *va)
{
	return uvpd[PDX((uint32_t)va)] ? uvpt[VPN((uint32_t)va)] : 0;
}

/* Serves so many calls: adds 1 to the first word of each page in the window, and gives them back. */
static void add_one(int calls, unsigned pages)
{
	struct message m;
	int kind = 0;

	CHECK_IS(port_window((void *)WINDOW, pages, 0), 0);
	for (int i = 0; i < calls; i++) {
		kind = i == 0 ? port_receive(port, &m, 0) : port_reply_receive(port | PORT_PAGES, &m);
		CHECK_IS(kind, PORT_CALLED | PORT_PAGES);
		CHECK_IS(m.word[2] & ~(PAGE_SIZE - 1), (uint32_t)WINDOW);
		for (unsigned n = 0; n <= m.word[2] % PAGE_SIZE; n++)
			WINDOW[n * WORDS]++;
	}
	CHECK_IS(port_reply(PORT_PAGES, &m), 0);
	CHECK_IS(entry_kind(entry(WINDOW)), 1);
}

static void add_one_to_one(void)
{
	add_one(19, 1);
}

static void add_one_to_many(void)
{
	add_one(3, 16);
}

static void check_move(void)
{
	pid_t server = child(add_one_to_one);
	struct message m = words(1, 2, (uint32_t)OURS);

	CHECK_IS(page_map((void *)OURS, 4 * PAGE_SIZE, PROT_READ | PROT_WRITE), 0);
	CHECK_IS(port_window((void *)OURS, 1, 0), 0);
	OURS[0] = 100;
	OURS[WORDS - 1] = 0x1abe1;
	for (uint32_t i = 1; i <= 19; i++) {
		CHECK_IS(port_call(right | PORT_PAGES, &m), PORT_PAGES);
		CHECK_IS(m.word[2], (uint32_t)OURS);
		CHECK_IS(OURS[0], 100 + i);
		CHECK_IS(OURS[WORDS - 1], 0x1abe1);
	}
	join(server);
}

static void check_many(void)
{
	pid_t server = child(add_one_to_many);
	struct message m;

	CHECK_IS(page_map((void *)(OURS + 4 * WORDS), 12 * PAGE_SIZE, PROT_READ | PROT_WRITE), 0);
	CHECK_IS(port_window((void *)OURS, 16, 0), 0);
	OURS[0] = 0;
	for (uint32_t i = 1; i <= 3; i++) { /* all but the first are touched by the server only */
		m = words(0, 0, (uint32_t)OURS | 15);
		CHECK_IS(port_call(right | PORT_PAGES, &m), PORT_PAGES);
		for (unsigned n = 0; n < 16; n++)
			CHECK_IS(OURS[n * WORDS], i);
	}
	join(server);
}

/* Keeps what it gets, and looks at it. */
static void keep(void)
{
	struct message m;

	CHECK_IS(port_window((void *)WINDOW, 1, 0), 0);
	CHECK_IS(port_receive(port, &m, 0), PORT_CALLED | PORT_PAGES); /* shared, to read and write */
	CHECK_IS(WINDOW[1], 11);
	WINDOW[1] = 12;
	CHECK_IS(port_reply_receive(port, &m), PORT_CALLED | PORT_PAGES); /* shared, to read */
	CHECK_IS(WINDOW[1], 13);
	CHECK(!entry_stores(entry(WINDOW)));
	mprotect((void *)WINDOW, PAGE_SIZE, PROT_READ | PROT_WRITE);
	CHECK(!entry_stores(entry(WINDOW)));
	WINDOW[1] = 99; /* a copy: rights never grow */
	CHECK_IS(port_reply_receive(port, &m), PORT_CALLED | PORT_PAGES); /* moved */
	CHECK_IS(WINDOW[1], 14);
	CHECK_IS(port_reply(0, &m), 0);
}

static void check_share(void)
{
	struct message m = words(0, 0, (uint32_t)OURS | PORT_SHARE);

	OURS[1] = 11;
	pid_t server = child(keep); /* which has a copy of it, too */
	CHECK_IS(port_call(right | PORT_PAGES, &m), 0);
	CHECK_IS(OURS[1], 12);
	OURS[1] = 13;
	m.word[2] = (uint32_t)OURS | PORT_SHARE | PORT_READ_ONLY;
	CHECK_IS(port_call(right | PORT_PAGES, &m), 0);
	CHECK(entry_stores(entry(OURS)));
	CHECK_IS(OURS[1], 13);
	OURS[1] = 14;
	m.word[2] = (uint32_t)OURS;
	CHECK_IS(port_call(right | PORT_PAGES, &m), 0);
	CHECK_IS(entry_kind(entry(OURS)), 1);
	CHECK_IS(OURS[1], 0); /* fresh */
	OURS[1] = 1;          /* and writable, although it was copied on write once */
	join(server);
}

/* Waits with fresh memory in its window, so that the page takes the shortest way; and makes what it gets its own. */
static void write_to_it(void)
{
	struct message m;

	CHECK_IS(page_map((void *)WINDOW, PAGE_SIZE, PROT_READ | PROT_WRITE), 0);
	CHECK_IS(port_window((void *)WINDOW, 1, 0), 0);
	CHECK_IS(port_receive(port, &m, 0), PORT_CALLED | PORT_PAGES);
	CHECK(!entry_marked(entry(WINDOW)) && !entry_stores(entry(WINDOW)));
	CHECK_IS(mprotect((void *)WINDOW, PAGE_SIZE, PROT_READ | PROT_WRITE), 0);
	CHECK_IS(WINDOW[0]++, 21);
	m = words(WINDOW[0], 0, 0);
	CHECK_IS(port_reply(0, &m), 0);
}

/* A page that the sender has marked for its own copy-on-write is an ordinary read-only one to who gets it. */
static void check_marked(void)
{
	pid_t server = child(write_to_it);
	volatile uint32_t *page = OURS + 64 * WORDS;
	struct message m = words(0, 0, (uint32_t)page);

	CHECK_IS(page_map((void *)page, PAGE_SIZE, PROT_READ | PROT_WRITE), 0);
	page[0] = 21;
	CHECK_IS(page_share(0, (void *)page, (void *)page, PROT_READ | PROT_COPY), 0);
	usleep(20000);
	CHECK_IS(port_call(right | PORT_PAGES, &m), 0);
	CHECK_IS(m.word[0], 22);
	CHECK_IS(page[0], 0);
	join(server);
	CHECK_IS(page_unmap((void *)page, PAGE_SIZE), 0);
}

/* Receives the end of a pipe, and writes into it. */
static void write_there(void)
{
	struct message m;

	CHECK_IS(port_receive(port, &m, 0), PORT_CALLED | PORT_DESCRIPTORS);
	CHECK_IS(PORT_DESCRIPTOR_COUNT(m.word[1]), 1);
	int fd = PORT_DESCRIPTOR(m.word[1], 0);
	CHECK_IS(write(fd, "through", 7), 7);
	CHECK_IS(close(fd), 0);
	while (dup(1) >= 0)
		;
	CHECK_IS(port_reply_receive(port, &m), PORT_CALLED | PORT_DESCRIPTORS); /* the one before it could not be delivered */
	CHECK_IS(PORT_DESCRIPTOR_COUNT(m.word[1]), 0);
	CHECK_IS(port_reply(0, &m), 0);
}

static void check_descriptors(void)
{
	pid_t server = child(write_there);
	char text[8] = "";
	int ends[2];
	struct message m;

	CHECK_IS(pipe(ends), 0);
	m = words(0, PORT_ONE_DESCRIPTOR(ends[1]) | PORT_MOVE, 0);
	CHECK_IS(port_call(right | PORT_DESCRIPTORS, &m), 0);
	CHECK_ERROR(write(ends[1], "x", 1), EBADF); /* it has moved */
	CHECK_IS(read(ends[0], text, 8), 7);
	CHECK_IS(strcmp(text, "through"), 0);
	CHECK_IS(read(ends[0], text, 8), 0); /* and nobody holds it any more */
	m = words(0, PORT_ONE_DESCRIPTOR(ends[0]) | PORT_MOVE, 0);
	CHECK_ERROR(port_call(right | PORT_DESCRIPTORS, &m), EMFILE);
	CHECK_IS(read(ends[0], text, 8), 0); /* it is still ours */
	m = words(0, PORT_MOVE, 0); /* none at all: nothing moves */
	CHECK_IS(port_call(right | PORT_DESCRIPTORS, &m), 0);
	CHECK_IS(read(ends[0], text, 8), 0);
	close(ends[0]);
	join(server);
}

static void check_refusals(void)
{
	static const uint32_t bad[] = { 0, 0xfff, 0x1000, 0x70000000, UPT_base, UTOP - PAGE_SIZE + 1, UPD_base, KERNEL_BASE + 0x100000,
		PT_base, PD_base, APT_base, 0xfffff000, 0xffffffff, UTEXT | 0x400, (UTOP - PAGE_SIZE) | 15 };
	struct message m;

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		m = words(0, 0, bad[i]);
		CHECK_IS(port_send(right | PORT_PAGES, &m), -1);
		CHECK(errno == EFAULT || errno == EINVAL);
	}
	m = words(0, 5 << 24, 0);
	CHECK_ERROR(port_send(right | PORT_DESCRIPTORS, &m), EINVAL);
	m = words(0, PORT_ONE_DESCRIPTOR(60), 0);
	CHECK_ERROR(port_send(right | PORT_DESCRIPTORS, &m), EBADF);
	CHECK_ERROR(port_window((void *)0x1001, 1, 0), EINVAL);
	CHECK_ERROR(port_window((void *)0, 1, 0), EINVAL);
	CHECK_ERROR(port_window((void *)(UTOP - PAGE_SIZE), 2, 0), EINVAL);
	CHECK_ERROR(port_window((void *)UTEXT, 17, 0), EINVAL);
	CHECK_ERROR(port_window((void *)KERNEL_BASE, 1, 0), EINVAL);
	for (int fd = -2; fd < 70; fd++) {
		bool is_port = fd == port || fd == right;

		m = words(0, 0, 0);
		if (fd != right)
			CHECK_ERROR(port_call(fd, &m), EBADF);
		if (fd != port)
			CHECK_ERROR(port_receive(fd, &m, 1), EBADF);
		if (fd != port)
			CHECK_ERROR(port_right(fd, 0), EBADF);
		if (!is_port)
			CHECK_ERROR(port_notify(fd, 1), EBADF);
		if (!is_port)
			CHECK_ERROR(port_send(fd, &m), EBADF);
	}
	CHECK_ERROR(port_create(1), EINVAL);
	CHECK_ERROR(port_send(right | 0x80000, &m), EBADF);
}

/* An answer that was put off carries what any other may; one that can't be delivered may be tried again. */
static void answer_later(void)
{
	struct message m;
	int ends[2], answer;

	CHECK_IS(port_window((void *)WINDOW, 1, 0), 0);
	CHECK_IS(port_receive(port, &m, 0), PORT_CALLED | PORT_PAGES);
	CHECK((answer = port_answer()) >= 0);
	WINDOW[0]++;
	CHECK_IS(pipe(ends), 0);
	m = words(7, PORT_ONE_DESCRIPTOR(ends[1]) | PORT_MOVE, KERNEL_BASE);
	CHECK_ERROR(port_send(answer | PORT_PAGES | PORT_DESCRIPTORS, &m), EFAULT);
	m.word[2] = (uint32_t)WINDOW | 1; /* the caller has room for one */
	CHECK_IS(page_map((void *)(WINDOW + WORDS), PAGE_SIZE, PROT_READ | PROT_WRITE), 0);
	CHECK_ERROR(port_send(answer | PORT_PAGES | PORT_DESCRIPTORS, &m), ENOSPC);
	CHECK_IS(fcntl(ends[1], F_GETFD), 0); /* not moved */
	m.word[2] = (uint32_t)WINDOW;
	CHECK_IS(port_send(answer | PORT_PAGES | PORT_DESCRIPTORS, &m), 0);
	CHECK_ERROR(close(ends[1]), EBADF);
	CHECK_ERROR(close(answer), EBADF); /* used up */
	char text[8] = "";
	CHECK_IS(read(ends[0], text, sizeof(text)), 5); /* from whom it was moved to */
	CHECK(strcmp(text, "moved") == 0);
	CHECK_IS(read(ends[0], text, sizeof(text)), 0);
	close(ends[0]);
}

/* The right to answer travels to the very caller that is answered with it. */
static void answer_with_itself(void)
{
	struct message m;
	int answer;

	CHECK_IS(port_receive(port, &m, 0), PORT_CALLED);
	CHECK((answer = port_answer()) >= 0);
	m = words(8, PORT_ONE_DESCRIPTOR(answer) | PORT_MOVE, 0);
	CHECK_IS(port_send(answer | PORT_DESCRIPTORS, &m), 0);
	CHECK_ERROR(close(answer), EBADF);
}

static void check_late_answers(void)
{
	pid_t server = child(answer_later);
	struct message m = words(1, 2, (uint32_t)OURS);

	page_unmap((void *)OURS, PAGE_SIZE);
	CHECK_IS(page_map((void *)OURS, PAGE_SIZE, PROT_READ | PROT_WRITE), 0);
	CHECK_IS(port_window((void *)OURS, 1, 0), 0);
	OURS[0] = 100;
	CHECK_IS(port_call(right | PORT_PAGES, &m), PORT_PAGES | PORT_DESCRIPTORS);
	CHECK_IS(OURS[0], 101);
	CHECK_IS(m.word[0], 7);
	int fd = PORT_DESCRIPTOR(m.word[1], 0);
	CHECK_IS(write(fd, "moved", 5), 5);
	CHECK_IS(close(fd), 0);
	join(server);
	server = child(answer_with_itself);
	m = words(1, 2, 3);
	CHECK_IS(port_call(right, &m), PORT_DESCRIPTORS);
	fd = PORT_DESCRIPTOR(m.word[1], 0);
	CHECK_ERROR(port_send(fd, &m), ESRCH);
	CHECK_IS(close(fd), 0);
	join(server);
	CHECK_IS(page_unmap((void *)OURS, PAGE_SIZE), 0);
}

int main(void)
{
	make_port();
	check_refusals();
	check_move();
	check_many();
	check_share();
	check_marked();
	check_descriptors();
	check_late_answers();
	return test_end("pages and descriptors in messages");
}
