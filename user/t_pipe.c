/* user/t_pipe.c: tests pipes: what goes in comes out, ends that are closed, errors, waiting on both sides. (lab 6) */
#include "test.h"
#include <descriptor.h>
#include <fcntl.h>

static int fds[2];

static void open_pipe(int flags)
{
	CHECK_IS(pipe2(fds, flags), 0);
}

static void close_pipe(void)
{
	CHECK_IS(close(fds[0]), 0);
	CHECK_IS(close(fds[1]), 0);
}

static void check_basics(void)
{
	char buf[16] = "";

	open_pipe(0);
	CHECK_IS(fds[0], 3);
	CHECK_IS(fds[1], 4);
	CHECK_IS(write(fds[1], "hello", 5), 5);
	CHECK_IS(write(fds[1], ", you", 5), 5);
	CHECK_IS(read(fds[0], buf, 3), 3);
	CHECK_IS(read(fds[0], buf + 3, 10), 7);
	CHECK(memcmp(buf, "hello, you", 10) == 0);
	CHECK_IS(read(fds[0], buf, 0), 0);
	CHECK_IS(write(fds[1], buf, 0), 0);
	CHECK_ERROR(write(fds[0], buf, 1), EBADF);
	CHECK_ERROR(read(fds[1], buf, 1), EBADF);
	CHECK_IS(write(fds[1], "x", 1), 1);
	CHECK_IS(close(fds[1]), 0);
	CHECK_IS(read(fds[0], buf, 10), 1);
	CHECK_IS(read(fds[0], buf, 10), 0);
	CHECK_IS(read(fds[0], buf, 10), 0);
	CHECK_IS(close(fds[0]), 0);
	CHECK_ERROR(close(fds[0]), EBADF);
	CHECK_ERROR(read(fds[0], buf, 1), EBADF);
	CHECK_ERROR(write(fds[1], buf, 1), EBADF);
}

static void check_nonblocking(void)
{
	static char page[PIPE_BUF];

	open_pipe(O_NONBLOCK);
	CHECK_ERROR(read(fds[0], page, 1), EAGAIN);
	CHECK_IS(write(fds[1], page, PIPE_BUF), PIPE_BUF);
	CHECK_ERROR(write(fds[1], page, 1), EAGAIN);
	CHECK_IS(read(fds[0], page, 10), 10);
	CHECK_ERROR(write(fds[1], page, 11), EAGAIN); /* all or nothing */
	CHECK_IS(write(fds[1], page, 10), 10);
	CHECK_IS(read(fds[0], page, PIPE_BUF), PIPE_BUF);
	CHECK_ERROR(read(fds[0], page, 1), EAGAIN);
	CHECK_IS(close(fds[1]), 0);
	CHECK_IS(read(fds[0], page, 1), 0);
	CHECK_IS(close(fds[0]), 0);
}

/* Odd sizes, over the end of the buffer's page again and again; the buffers over the ends of pages, too. */
static void check_wrap(void)
{
	static unsigned char out[3 * PAGE_SIZE], in[3 * PAGE_SIZE];
	unsigned next = 0, expected = 0, wrong = 0;

	open_pipe(O_NONBLOCK);
	for (unsigned turn = 0; turn < 300; turn++) {
		unsigned n = (turn * 379) % PIPE_BUF + 1, at = (turn * 631) % PAGE_SIZE;

		for (unsigned i = 0; i < n; i++)
			out[at + i] = next++ * 7;
		CHECK_IS(write(fds[1], out + at, n), n);
		for (unsigned got = 0, part = turn % 3 ? n : n / 3 + 1; got < n; got += part) {
			part = read(fds[0], in + at, part);
			for (unsigned i = 0; i < part; i++)
				wrong += in[at + i] != (unsigned char)(expected++ * 7);
		}
	}
	CHECK_IS(wrong, 0);
	close_pipe();
}

/* A child writes much more than the pipe holds; the buffer is a copy-on-write one, and then a fresh one. */
static void check_large(void)
{
	const size_t n = 100000;
	unsigned char *data = malloc(n), part[3000];
	size_t got = 0, wrong = 0;
	ssize_t k;
	int status = -1;

	for (size_t i = 0; i < n; i++)
		data[i] = i * 13 >> 3;
	open_pipe(0);
	if (fork() == 0) {
		close(fds[0]);
		_exit(write(fds[1], data, n) != (ssize_t)n);
	}
	CHECK_IS(close(fds[1]), 0);
	while ((k = read(fds[0], part, sizeof(part))) > 0)
		for (ssize_t i = 0; i < k; i++, got++)
			wrong += part[i] != (unsigned char)(got * 13 >> 3);
	CHECK_IS(k, 0);
	CHECK_IS(got, n);
	CHECK_IS(wrong, 0);
	CHECK(wait(&status) > 0);
	CHECK_IS(status, 0);
	CHECK_IS(close(fds[0]), 0);
	free(data);
}

/* Buffers in every state; what could not be fetched or handed over has not gone through. */
static void check_buffers(void)
{
	char *fresh = (char *)0x20000000, *hole = fresh + 2 * PAGE_SIZE, got[64];

	open_pipe(O_NONBLOCK);
	CHECK_IS(page_map(fresh, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE), 0);
	CHECK_IS(write(fds[1], fresh + PAGE_SIZE - 3, 6), 6); /* not touched before: zeroes */
	CHECK_IS(read(fds[0], fresh + 100, 6), 6);
	memcpy(hole - 4, "edge", 4);
	CHECK_ERROR(write(fds[1], hole - 4, 8), EFAULT);
	CHECK_ERROR(read(fds[0], got, 1), EAGAIN);
	CHECK_IS(write(fds[1], hole - 4, 4), 4);
	CHECK_ERROR(read(fds[0], hole - 2, 4), EFAULT);
	CHECK_ERROR(read(fds[0], (void *)UTEXT, 4), EFAULT);
	CHECK_ERROR(read(fds[0], (void *)KERNEL_BASE, 4), EFAULT);
	CHECK_ERROR(read(fds[0], (void *)UPT_base, 4), EFAULT);
	CHECK_ERROR(read(fds[0], NULL, 4), EFAULT);
	CHECK_IS(read(fds[0], hole - 4, 0x7fffffff), 4);
	CHECK(memcmp(hole - 4, "edge", 4) == 0);
	CHECK_ERROR(write(fds[1], (void *)KERNEL_BASE, 4), EFAULT);
	CHECK_ERROR(write(fds[1], (void *)0xfffffffc, 8), EFAULT);
	CHECK_ERROR(write(fds[1], NULL, 0xffffffff), EFAULT);
	CHECK_IS(write(fds[1], (const void *)UPD_base, 64), 64); /* its own directory is a program's to read */
	CHECK_IS(read(fds[0], got, 64), 64);
	CHECK(memcmp(got, (const void *)UPD_base, 64) == 0);
	CHECK_ERROR(pipe((int *)KERNEL_BASE), EFAULT);
	CHECK_ERROR(pipe((int *)UTEXT), EFAULT);
	CHECK_ERROR(pipe((int *)(hole - 4)), EFAULT);
	CHECK_ERROR(pipe2(fds, 1), EINVAL);
	close_pipe();
	open_pipe(0); /* an empty pipe: a bad buffer is told at once, not when bytes come */
	CHECK_ERROR(read(fds[0], (void *)KERNEL_BASE, 4), EFAULT);
	close_pipe();
	CHECK_IS(page_unmap(fresh, 2 * PAGE_SIZE), 0);
}

/* Sizes of what a child writes while we wait to read, and of what we ask for; each may be more than the other. */
static const struct {
	unsigned written, wanted;
} waits[] = { { 1, 1 }, { 5, 100 }, { 100, 5 }, { 4096, 4096 }, { 4096, 4000 }, { 10000, 4096 }, { 10000, 65536 }, { 4097, 4097 } };

/* The reader waits first, with its buffer at `to`: it gets all of it, in order, and nothing else is touched. */
static void check_waiting(unsigned char *to, unsigned at, unsigned written, unsigned wanted)
{
	static unsigned char out[16384] __attribute__((aligned(PAGE_SIZE)));
	unsigned got = 0, wrong = 0, before = at ? to[at - 1] : 0;
	ssize_t n;

	open_pipe(0);
	if (fork() == 0) {
		yield(), yield();
		for (unsigned i = 0; i < written; i++)
			out[at + i] = i * 11 + at;
		_exit(write(fds[1], out + at, written) != (ssize_t)written);
	}
	close(fds[1]);
	while ((n = read(fds[0], to + at, wanted)) > 0) {
		CHECK((unsigned)n <= wanted);
		for (ssize_t i = 0; i < n; i++, got++)
			wrong += to[at + i] != (unsigned char)(got * 11 + at);
	}
	CHECK_IS(got, written);
	CHECK_IS(wrong, 0);
	CHECK_IS(at ? to[at - 1] : 0, before);
	wait(NULL);
	close(fds[0]);
}

/* Into a page never touched, one that the child shares until it is written, one in the middle, over pages' ends. */
static void check_waits(void)
{
	static const unsigned places[] = { 0, 1, 100, PAGE_SIZE - 3 };
	const size_t bytes = 20 * PAGE_SIZE;
	unsigned char *to = (unsigned char *)0x21000000;

	for (unsigned i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
		for (unsigned k = 0; k < 4; k++) {
			CHECK_IS(page_map(to, bytes, PROT_READ | PROT_WRITE), 0);
			check_waiting(to, places[k], waits[i].written, waits[i].wanted);
			check_waiting(to, places[k], waits[i].written, waits[i].wanted);
			CHECK_IS(page_unmap(to, bytes), 0);
		}
}

int main(void)
{
	check_basics();
	check_nonblocking();
	check_wrap();
	check_large();
	check_buffers();
	check_waits();
	open_pipe(0);
	CHECK_IS(fds[0], 3); /* nothing was left open */
	return test_end("pipe");
}
