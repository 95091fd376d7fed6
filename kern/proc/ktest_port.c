/* kern/proc/ktest_port.c: kernel tests of ports: whichever frame is refused, nothing stays behind. (lab 6) */
#include <proc/port.h>
#include <core/core.h>
#include <error.h>

#define VA 0x20000000u
#define WINDOW 0x30000000u
#define PAGES 3

static uint32_t before;
static struct thread *s, *r; /* of two processes; s is the running one, as far as its calls can tell */

static struct thread *begin_one(void)
{
	static const struct arguments arguments = { .argc = 1, .bytes = 5, .strings = "true" };
	struct proc *p = proc_find(proc_spawn(NULL, "true", &arguments));
	CHECK(p != NULL);
	return p->threads;
}

static void begin(void)
{
	before = frames_free;
	s = begin_one();
	r = begin_one();
	pmap_load(s->pmap);
	this_cpu()->current = s;
}

static void end(void)
{
	struct proc *p = s->proc, *q = r->proc;
	this_cpu()->current = NULL;
	pmap_load(&kernel_pmap);
	proc_exit(p, 0);
	proc_exit(q, 0);
	this_cpu()->resched = 0;
	CHECK(frames_free == before && frame_audit() == 0);
}

/* As after a call of r that s has received. */
static void let_r_call(void)
{
	sched_wait(r, "answer", NULL);
	r->awaited = &s->caller;
	s->caller.thread = r;
}

static long create(void) { return sys_port_create(0, 0, 0, 0); }
static long right(void) { return sys_port_right(3, 1, 0, 0); }
static long answer(void) { return sys_port_right(-1, 0, 0, 0); }

/* make() fails for want of each frame in turn, and then makes the descriptor fd. */
static void check_made(long (*make)(void), int fd)
{
	uint32_t alone = frames_free;
	long made = -ENOMEM;
	unsigned n;
	for (n = 1; n < 10 && made == -ENOMEM; n++) {
		frame_fail_after = n;
		made = make();
		CHECK(made == fd || frames_free == alone);
	}
	frame_fail_after = 0;
	CHECK(n > 2 && made == fd);
}

TEST(port_objects_fail_without_a_trace)
{
	begin();
	uint32_t alone = frames_free;
	check_made(create, 3);
	check_made(right, 4);
	let_r_call();
	frame_fail_after = 1;
	CHECK(answer() == -ENOMEM && s->caller.thread == r && r->awaited == &s->caller);
	check_made(answer, 5);
	CHECK(!s->caller.thread && r->awaited && r->awaited->thread == r && r->state == THREAD_WAITING);
	CHECK(answer() == -ESRCH);
	CHECK(descriptor_close(s->proc, 5) == 0 && r->state == THREAD_RUNNABLE && !r->awaited && tf_result(&r->tf) == -EPIPE);
	CHECK(descriptor_close(s->proc, 3) == 0 && descriptor_close(s->proc, 4) == 0 && frames_free == alone);
	end();
}

/* There is no descriptor left: what was made goes again, and the caller stays. */
TEST(port_objects_without_a_descriptor)
{
	begin();
	CHECK(create() == 3 && right() == 4);
	uint32_t alone = frames_free;
	for (int fd = 5; fd < OPEN_MAX; fd++)
		CHECK(sys_dup(0, -1, 0, 0) == fd);
	let_r_call();
	CHECK(create() == -EMFILE && right() == -EMFILE && answer() == -EMFILE && frames_free == alone);
	CHECK(s->caller.thread == r && r->state == THREAD_WAITING);
	CHECK(descriptor_close(s->proc, 3) == 0 && right() == -EBADF && create() == 3);
	end(); /* r's wait ends with s */
}

/* A message with pages, all still to be touched, and two descriptors, one frame refused. What it fails with. */
static int carry(uint32_t flags, unsigned n)
{
	uint32_t w[3] = { 1, 1 | 2 << 6 | 2u << 24 | PORT_MOVE, VA | (PAGES - 1) | flags };
	begin();
	CHECK(sys_page_map(VA, PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE, 0) == 0 && copyout(VA, "there", 6) == 0);
	r->window = WINDOW;
	r->window_pages = PAGES;
	call_begin(SYS_port_send, PORT_PAGES | PORT_DESCRIPTORS, w[0], w[1], w[2]);
	frame_fail_after = n;
	int error = port_carry_check(s);
	if (!error)
		error = port_carry(s, r, w);
	frame_fail_after = 0;
	CHECK(frame_audit() == 0);
	pmap_load(s->pmap);
	CHECK(!descriptor_object(s->proc, 2) == !error && !descriptor_object(r->proc, 3) == !!error);
	CHECK(page_at_hand(VA, ACCESS_WRITE) == (error || flags));
	pmap_load(r->pmap);
	CHECK(page_at_hand(WINDOW, ACCESS_READ) == !error);
	CHECK(error || (w[2] == (WINDOW | (PAGES - 1)) && memcmp((void *)WINDOW, "there", 6) == 0));
	end();
	return error;
}

TEST(port_messages_fail_without_a_trace)
{
	static const uint32_t flags[] = { 0, PORT_SHARE, PORT_SHARE | PORT_READ_ONLY };
	for (unsigned i = 0; i < ARRAY_LEN(flags); i++) {
		unsigned n = 1;
		int error;
		while (n < 20 && (error = carry(flags[i], n)) == -ENOMEM)
			n++;
		CHECK(error == 0 && n > PAGES);
	}
}
