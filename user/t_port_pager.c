/* user/t_port_pager.c: tests messages with pages that the sender's own fault handler brings in: the call begins anew. (lab 6) */
#include "pager.h"
#include "port_test.h"

#define WINDOW ((volatile uint32_t *)0x30000000)
#define WORDS (PAGE_SIZE / 4)

/* Two pages, then four, then none: each answer has as many, from its own lazy region. */
static void serve(void)
{
	struct message m;
	int kind;

	CHECK_IS(port_window((void *)WINDOW, 16, 0), 0);
	CHECK_IS(fault_handler(bring_in, lazy_stack, sizeof(lazy_stack)), 0);
	kind = port_receive(port, &m, 0);
	while (kind == (PORT_CALLED | PORT_PAGES)) {
		unsigned last = m.word[2] % PAGE_SIZE;

		lazy(NULL, 0);
		for (unsigned i = 0; i <= last; i++)
			*(uint32_t *)lazy_store[i] = WINDOW[i * WORDS] + m.word[0];
		m = words(m.word[0], m.word[1] + 1, LAZY | last);
		kind = port_reply_receive(port | PORT_PAGES, &m);
		CHECK_IS(faults, last + 1);
	}
	CHECK_IS(kind, PORT_CALLED);
	CHECK_IS(port_reply(0, &m), 0);
}

static void check_call(unsigned pages, uint32_t flags)
{
	struct message m = words(100, 7, LAZY | (pages - 1) | flags);

	lazy(NULL, 0);
	for (unsigned i = 0; i < pages; i++)
		*(uint32_t *)lazy_store[i] = i;
	CHECK_IS(port_call(right | PORT_PAGES, &m), PORT_PAGES);
	CHECK_IS(faults, pages);
	check_words(&m, 100, 8, (uint32_t)WINDOW | (pages - 1));
	for (unsigned i = 0; i < pages; i++)
		CHECK_IS(WINDOW[i * WORDS], 100 + i);
}

static void check_vain(void)
{
	struct message m = words(1, 2, LAZY);

	lazy(NULL, 0);
	mend = false;
	CHECK_ERROR(port_call(right | PORT_PAGES, &m), EFAULT);
	check_words(&m, 1, 2, LAZY);
	CHECK_IS(faults, 1);
	mend = true;
	m.word[2] = 0x28000000; /* not the handler's */
	CHECK_ERROR(port_call(right | PORT_PAGES, &m), EFAULT);
	CHECK_ERROR(port_send(right | PORT_PAGES, &m), EFAULT);
}

int main(void)
{
	struct message m = words(0, 0, 0);

	make_port();
	pid_t server = child(serve);
	CHECK_IS(fault_handler(bring_in, lazy_stack, sizeof(lazy_stack)), 0);
	CHECK_IS(port_window((void *)WINDOW, 16, 0), 0);
	for (unsigned pages = 1; pages <= 16; pages *= 2)
		for (uint32_t flags = 0; flags <= (PORT_SHARE | PORT_READ_ONLY); flags += PORT_SHARE)
			check_call(pages, flags);
	check_vain();
	CHECK_IS(port_call(right, &m), 0);
	join(server);
	return test_end("messages with pages that a handler brings in");
}
