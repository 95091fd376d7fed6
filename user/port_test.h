/* user/port_test.h: for the t_port_* programs: a port, messages, children that use it. (lab 6) */
#ifndef USER_PORT_TEST_H
#define USER_PORT_TEST_H

#include "test.h"

static int port, right;

static inline struct message words(uint32_t a, uint32_t b, uint32_t c)
{
	return (struct message){ .word = { a, b, c } };
}

static inline void check_words(const struct message *m, uint32_t a, uint32_t b, uint32_t c)
{
	CHECK_IS(m->word[0], a);
	CHECK_IS(m->word[1], b);
	CHECK_IS(m->word[2], c);
}

/* A child that runs body and ends with its failures. */
static inline pid_t child(void (*body)(void))
{
	pid_t pid = fork();

	if (pid == 0) {
		test_failures = 0;
		body();
		exit(test_failures);
	}
	CHECK(pid > 0);
	return pid;
}

static inline void join(pid_t pid)
{
	int status = -1;

	CHECK_IS(waitpid(pid, &status, 0), pid);
	CHECK_IS(status, 0);
}

static inline void make_port(void)
{
	port = port_create(0);
	right = port_right(port, 42);
	CHECK(port >= 0 && right >= 0 && port != right);
}

#endif
