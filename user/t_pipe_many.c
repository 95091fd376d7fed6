/* user/t_pipe_many.c: tests pipes with ten writers and ten readers at once: no record is torn, lost or doubled. (lab 6) */
#include "test.h"
#include <descriptor.h>

#define MANY 10
#define EACH 60 /* records of a writer */

struct record {
	unsigned short writer, number;
	unsigned sum;
	unsigned char data[120]; /* together a divisor of PIPE_BUF: a pipe holds whole records only */
};

static int records[2], results[2];

static unsigned sum_of(const unsigned char *data, size_t n)
{
	unsigned sum = 1;

	while (n--)
		sum = sum * 31 + *data++;
	return sum;
}

static void fill(unsigned char *data, size_t n, unsigned seed)
{
	while (n--)
		*data++ = (seed = seed * 1103515245 + 12345) >> 16;
}

static void be_writer(unsigned writer)
{
	struct record r = { .writer = writer };

	close(records[0]);
	for (unsigned i = 0; i < EACH; i++) {
		r.number = i;
		fill(r.data, sizeof(r.data), writer * EACH + i);
		r.sum = sum_of(r.data, sizeof(r.data));
		if (write(records[1], &r, sizeof(r)) != sizeof(r))
			_exit(1);
		if (i % 16 == writer)
			yield();
	}
	_exit(0);
}

/* Counts what it has read of each writer, whose numbers must go up. */
static void be_reader(void)
{
	unsigned char count[MANY] = { 0 };
	short last[MANY];
	struct record r;
	ssize_t n;

	close(records[1]);
	memset(last, -1, sizeof(last));
	while ((n = read(records[0], &r, sizeof(r))) == sizeof(r)) {
		if (r.writer >= MANY || r.number <= last[r.writer] || r.sum != sum_of(r.data, sizeof(r.data)))
			_exit(2);
		last[r.writer] = r.number;
		count[r.writer]++;
	}
	_exit(n == 0 && write(results[1], count, sizeof(count)) == sizeof(count) ? 0 : 3);
}

static void start(void (*what)(unsigned), unsigned argument)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid == 0)
		what(argument);
}

static void reader(unsigned unused)
{
	be_reader();
}

static void wait_for_all(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		int status = -1;

		CHECK(wait(&status) > 0);
		CHECK_IS(status, 0);
	}
}

static void check_records(void)
{
	unsigned char count[MANY];
	unsigned totals[MANY] = { 0 };

	CHECK_IS(pipe(records), 0);
	CHECK_IS(pipe(results), 0);
	for (unsigned i = 0; i < MANY; i++) {
		start(reader, 0);
		start(be_writer, i);
	}
	CHECK_IS(close(records[0]), 0);
	CHECK_IS(close(records[1]), 0);
	wait_for_all(2 * MANY);
	for (unsigned i = 0; i < MANY; i++) {
		CHECK_IS(read(results[0], count, sizeof(count)), sizeof(count));
		for (unsigned w = 0; w < MANY; w++)
			totals[w] += count[w];
	}
	for (unsigned w = 0; w < MANY; w++)
		CHECK_IS(totals[w], EACH);
	CHECK_IS(close(results[0]), 0);
	CHECK_IS(close(results[1]), 0);
}

/* Records of all lengths up to PIPE_BUF: a header, then that many bytes. */
static void be_long_writer(unsigned writer)
{
	static struct {
		unsigned short writer, length;
		unsigned char data[PIPE_BUF - 4];
	} r;

	close(records[0]);
	r.writer = writer;
	for (unsigned i = 0; i < 12; i++) {
		r.length = (writer * 397 + i * 1021) % sizeof(r.data);
		memset(r.data, writer + i, r.length);
		if (i == 11)
			r.length = sizeof(r.data), memset(r.data, writer, r.length);
		if (write(records[1], &r, 4 + r.length) != 4 + r.length)
			_exit(1);
	}
	_exit(0);
}

static bool read_all(void *to, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t part = read(records[0], (char *)to + done, n - done);

		if (part <= 0)
			return false;
		done += part;
	}
	return true;
}

static void check_long_records(void)
{
	static unsigned char data[PIPE_BUF];
	unsigned short head[2];
	unsigned count = 0, torn = 0;

	CHECK_IS(pipe(records), 0);
	for (unsigned i = 0; i < MANY; i++)
		start(be_long_writer, i);
	CHECK_IS(close(records[1]), 0);
	while (read_all(head, sizeof(head)) && read_all(data, head[1])) {
		for (unsigned i = 1; i < head[1]; i++)
			torn += data[i] != data[0];
		count++;
	}
	CHECK_IS(torn, 0);
	CHECK_IS(count, MANY * 12);
	wait_for_all(MANY);
	CHECK_IS(close(records[0]), 0);
}

int main(void)
{
	check_records();
	check_long_records();
	return test_end("pipe with many writers and readers");
}
