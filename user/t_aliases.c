/* user/t_aliases.c: tests that who would map a page once more than its owners can be counted is told so: nothing else. (lab 4) */
#include "port_test.h"
#include <pthread.h>
#include <sys/mman.h>

#define FIRST ((volatile uint32_t *)0x20000000)
#define ALIASES 0x30000000u
#define WINDOW 0x28000000u
#define OWNERS 65535 /* that many pages are 256 MB of addresses, and 64 tables */
#define RW (PROT_READ | PROT_WRITE)

static void *alias(unsigned n) { return (void *)(ALIASES + n * PAGE_SIZE); }

static void nothing(void) {}

static void *send_shared(void *unused)
{
	struct message m = words(0, 0, (uint32_t)FIRST | PORT_SHARE);

	CHECK_IS(port_send(right | PORT_PAGES, &m), 0);
	return NULL;
}

static void check_message(void)
{
	struct message m = words(0, 0, (uint32_t)FIRST | PORT_SHARE);
	pthread_t sender;

	CHECK_IS(port_window((void *)WINDOW, 16, 0), 0);
	CHECK_ERROR(port_send(right | PORT_PAGES, &m), ENOMEM);
	CHECK_IS(munmap(alias(0), 20 * PAGE_SIZE), 0);
	CHECK_IS(pthread_create(&sender, NULL, send_shared, NULL), 0);
	CHECK_IS(port_receive(port, &m, 0), PORT_PAGES);
	CHECK_IS(pthread_join(sender, NULL), 0);
	CHECK_IS(*(uint32_t *)WINDOW, 77);
	CHECK_IS(munmap((void *)WINDOW, PAGE_SIZE), 0);
	for (unsigned n = 0; n < 20; n++)
		CHECK_IS(page_share(0, alias(n), (void *)FIRST, RW), 0);
}

/* A child that has the page's mapping, but has not touched it; it will when there are too many owners. */
static pid_t touch_later(int *go)
{
	int fds[2];
	char byte;

	CHECK_IS(pipe(fds), 0);
	*go = fds[1];
	pid_t pid = fork();
	if (pid == 0) {
		read(fds[0], &byte, 1);
		CHECK_ERROR(write(fds[1], (void *)FIRST, 1), ENOMEM);
		_exit(test_failures ? 99 : (int)*FIRST);
	}
	return pid;
}

int main(void)
{
	unsigned n = 0;
	int go, status;

	make_port();
	CHECK(mmap((void *)FIRST, PAGE_SIZE, RW, MAP_FIXED | MAP_SHARED | MAP_ANONYMOUS, -1, 0) == FIRST);
	pid_t pid = touch_later(&go);
	*FIRST = 77;
	while (n < OWNERS && page_share(0, alias(n), (void *)FIRST, RW) == 0)
		n++;
	CHECK_IS(n, OWNERS - 2); /* the mapping itself is one */
	CHECK_IS(write(go, "!", 1), 1);
	CHECK_IS(waitpid(pid, &status, 0), pid);
	CHECK_IS(status, STATUS_KILLED);
	CHECK_IS(page_share(0, alias(n++), (void *)FIRST, RW), 0); /* nobody can touch it any more: the mapping is gone */
	CHECK_ERROR(page_share(0, alias(n), (void *)FIRST, RW), ENOMEM);
	CHECK_ERROR(page_share(0, alias(n), (void *)FIRST, PROT_READ), ENOMEM);
	CHECK_ERROR(fork(), ENOMEM);
	CHECK_ERROR(ufork(), ENOMEM);
	check_message();
	CHECK_ERROR(fork(), ENOMEM);
	CHECK_IS(mprotect(alias(0), PAGE_SIZE, PROT_NONE), 0); /* still an owner */
	CHECK_ERROR(page_share(0, alias(n), alias(0), PROT_READ), ENOMEM);
	CHECK_IS(munmap(alias(1), (n - 1) * PAGE_SIZE), 0);
	join(child(nothing));
	CHECK_IS(*FIRST, 77);
	return test_end("pages with many owners");
}
