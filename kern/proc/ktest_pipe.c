/* kern/proc/ktest_pipe.c: kernel tests of pipes and poll: whatever fails or is killed, nothing stays behind. (lab 6) */
#include <proc/proc.h>
#include <core/core.h>
#include <error.h>

#define BUFFER (UTOP - PAGE_SIZE) /* the page of the program's arguments */

static uint32_t before, alone; /* free frames: without the process, and with it */

/* A process whose calls we make: its thread is the running one, as far as they can tell. */
static struct proc *begin(void)
{
	static const struct arguments arguments = { .argc = 1, .bytes = 5, .strings = "true" };
	before = frames_free;
	struct proc *p = proc_find(proc_spawn(NULL, "true", &arguments));
	CHECK(p != NULL);
	pmap_load(&p->pmap);
	this_cpu()->current = p->threads;
	CHECK(copy_prepare(BUFFER, PAGE_SIZE) == 0);
	alone = frames_free;
	return p;
}

static void end(struct proc *p)
{
	this_cpu()->current = NULL;
	pmap_load(&kernel_pmap);
	proc_exit(p, 0);
	this_cpu()->resched = 0;
	CHECK(frames_free == before && frame_audit() == 0);
}

static long open_pipe(uint32_t flags)
{
	return sys_pipe(BUFFER, flags, 0, 0);
}

TEST(pipe_fails_without_a_trace)
{
	struct proc *p = begin();
	long result = -1;
	unsigned n;
	for (n = 1; n < 10 && result; n++) {
		frame_fail_after = n;
		result = open_pipe(0);
		CHECK(!result || (result == -ENOMEM && frames_free == alone));
	}
	frame_fail_after = 0;
	CHECK(n > 2 && descriptor_close(p, 3) == 0 && descriptor_close(p, 4) == 0 && frames_free == alone);
	for (int fd = 3; fd < OPEN_MAX; fd++)
		CHECK(sys_dup(0, -1, 0, 0) == fd);
	CHECK(open_pipe(0) == -EMFILE && frames_free == alone);
	CHECK(descriptor_close(p, 30) == 0 && open_pipe(0) == -EMFILE && frames_free == alone);
	CHECK(sys_dup(0, -1, 0, 0) == 30);
	end(p);
}

TEST(pipe_as_many_as_there_can_be)
{
	static struct object *ends[3000];
	struct proc *p = begin();
	unsigned count = 0;
	long result;
	while (count < ARRAY_LEN(ends) && (result = open_pipe(0)) == 0)
		for (int fd = 3; fd < 5; fd++) {
			ends[count++] = object_ref(descriptor_object(p, fd));
			descriptor_close(p, fd);
		}
	CHECK((result == -ENFILE || result == -ENOMEM) && count > 200);
	while (count > 0)
		object_unref(ends[--count]);
	CHECK(frames_free == alone && open_pipe(0) == 0);
	end(p);
}

/* Killed while it waits: to read, to write, in poll, twice in the same queue. */
TEST(pipe_killed_while_waiting)
{
	for (int how = 0; how < 4; how++) {
		struct proc *p = begin();
		struct thread *t = p->threads;
		struct pollfd fds[] = { { 3, POLLIN, 0 }, { 3, POLLIN, 0 }, { 0, POLLIN, 0 } };
		CHECK(open_pipe(0) == 0);
		if (how == 0)
			CHECK(sys_read(3, BUFFER, 10, 0) == 0);
		if (how == 1)
			CHECK(sys_write(4, BUFFER, PAGE_SIZE, 0) == PAGE_SIZE && sys_write(4, BUFFER, 1, 0) == 0);
		if (how >= 2)
			CHECK(copyout(BUFFER, fds, sizeof(fds)) == 0 && sys_poll(BUFFER, 3, how == 2 ? 1000 : -1, 0) == 0);
		CHECK(t->state == THREAD_WAITING && t->reason);
		if (how == 3) { /* woken, and killed before it has gone on */
			CHECK(descriptor_close(p, 4) == 0);
			CHECK(t->state == THREAD_RUNNABLE && t->call_object);
		}
		end(p);
	}
}

/* The descriptor is closed while a thread waits in the pipe: it stays, for its partner may still write. */
TEST(pipe_closed_while_waiting)
{
	struct proc *p = begin();
	struct thread *t = p->threads;
	CHECK(open_pipe(0) == 0);
	CHECK(sys_read(3, BUFFER, 10, 0) == 0 && t->state == THREAD_WAITING);
	CHECK(descriptor_close(p, 3) == 0 && frames_free < alone);
	CHECK(sys_write(4, BUFFER, 1, 0) == 1 && t->state == THREAD_RUNNABLE);
	CHECK(!t->resume && tf_result(&t->tf) == 1 && !t->call_object); /* it was handed the byte: its call is over */
	CHECK(descriptor_close(p, 4) == 0 && frames_free == alone);
	end(p);
}

TEST(poll_fails_without_a_trace)
{
	struct proc *p = begin();
	struct pollfd fds[] = { { 1, POLLOUT, 0 } };
	CHECK(copyout(BUFFER, fds, sizeof(fds)) == 0);
	frame_fail_after = 1;
	CHECK(sys_poll(BUFFER, 1, -1, 0) == -ENOMEM && frames_free == alone);
	frame_fail_after = 0;
	CHECK(sys_poll(BUFFER, 1, -1, 0) == 1 && frames_free == alone);
	CHECK(sys_poll(KERNEL_BASE, 1, -1, 0) == -EFAULT && frames_free == alone);
	end(p);
}
