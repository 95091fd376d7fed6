/* user/bad_calls.c: every system call with every argument that it must refuse: bad pointers, ranges, descriptors, numbers of
 * processes and threads, signals, partners that are gone. Each row must fail with the error that it names, and the program
 * lives. bad_ends.c has those that must not. (lab 3)
 */
#include "bad.h"
#include <errno.h>
#include <fcntl.h>
#include <ouros.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 0x20000000u  /* one page, and nothing on either side */
#define HOLE 0x30000000u  /* nothing for 4 MB */
#define END (PAGE + PAGE_SIZE)
#define ANY_BUT_FAULT 1   /* a result: any but EFAULT */

static unsigned tried, failures;

static void check(const char *call, const char *what, long result, long want)
{
	tried++;
	if (want == ANY_BUT_FAULT ? result != -EFAULT : result == want)
		return;
	printf("FAIL: %s, %s: %ld, not %ld\n", call, what, result, want);
	failures++;
}

#define CALL(name, ...) CALL_(name, ##__VA_ARGS__, 0, 0, 0, 0)
#define CALL_(name, a, b, c, d, ...) \
	probe_call4(SYS_##name, (uint32_t)(a), (uint32_t)(b), (uint32_t)(c), (uint32_t)(d))

/* Addresses: how many bytes from there on may be read, and written. */
static const struct place {
	const char *name;
	uint32_t va, readable, writable;
} places[] = {
	{ "null", 0, 0, 0 },
	{ "1", 1, 0, 0 },
	{ "page 0's last word", 0xffc, 0, 0 },
	{ "page 1", 0x1000, 0, 0 },
	{ "unmapped", HOLE, 0, 0 },
	{ "unmapped, misaligned", HOLE + 3, 0, 0 },
	{ "text", UTEXT, PAGE_SIZE, 0 },
	{ "text, misaligned", UTEXT + 1, PAGE_SIZE - 1, 0 },
	{ "before a page", PAGE - 1, 0, 0 },
	{ "a page's last byte", END - 1, 1, 1 },
	{ "a page's last word", END - 4, 4, 4 },
	{ "behind a page", END, 0, 0 },
	{ "the stack's guard", UTOP - USTACK_MAX - 4, 0, 0 },
	{ "the stack's last byte", UTOP - 1, 1, 1 },
	{ "UTOP", UTOP, 0, 0 },
	{ "a table, in the window", SELFMAP_PTE_OF(UPT_base, UTEXT), PAGE_SIZE / 2, 0 },
	{ "no table, in the window", SELFMAP_PTE_OF(UPT_base, HOLE), 0, 0 },
	{ "a kernel table, in the window", SELFMAP_PTE_OF(UPT_base, KSLOT_base), 0, 0 },
	{ "a large page, in the window", SELFMAP_PTE_OF(UPT_base, KERNEL_BASE), 0, 0 },
	{ "own directory", UPD_base, PAGE_SIZE, 0 },
	{ "own directory's last entries", UPD_base + PAGE_SIZE - 8, 8, 0 }, /* one of them is 0: a string ends there */
	{ "the window's last byte", ULIM - 1, 0, 0 },
	{ "ULIM", ULIM, 0, 0 },
	{ "kernel", KERNEL_BASE + 0x1000, 0, 0 },
	{ "kernel text", KERNEL_BASE + 0x100000, 0, 0 },
	{ "devices", DEVICE_BASE, 0, 0 },
	{ "screen, or ISA bus", 0xb8000000, 0, 0 },
	{ "boot ROM", 0xbfc00000, 0, 0 },
	{ "PT_base", PT_base, 0, 0 },
	{ "own PTE, in PT_base", SELFMAP_PTE_OF(PT_base, UTEXT), 0, 0 },
	{ "PD_base", PD_base, 0, 0 },
	{ "PDE_self", PDE_self, 0, 0 },
	{ "APT_base", APT_base, 0, 0 },
	{ "KSLOT_base", KSLOT_base, 0, 0 },
	{ "the last page", 0xfffff000, 0, 0 },
	{ "the last word", 0xfffffffc, 0, 0 },
	{ "the last byte", 0xffffffff, 0, 0 },
};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A deadline so many milliseconds from now: never 0, which would mean none. */
static uint32_t at(int milliseconds)
{
	return (uptime() + milliseconds) | 1;
}

static int pipe_fds[2], port, right, closed = 40;
static char page_of_zeros[PAGE_SIZE];

/* The calls that take pointers, each with one of them bad. reads, writes: bytes there. null: NULL means "none". */
static long p_write(uint32_t p) { return CALL(write, pipe_fds[1], p, 8); }
static long p_read(uint32_t p)
{
	char rest[64];

	write(pipe_fds[1], page_of_zeros, 8);
	long result = CALL(read, pipe_fds[0], p, 8);
	while (read(pipe_fds[0], rest, sizeof(rest)) > 0)
		;
	return result;
}
static long p_read_empty(uint32_t p)
{
	char rest[64];

	while (read(pipe_fds[0], rest, sizeof(rest)) > 0)
		;
	return CALL(read, pipe_fds[0], p, 8);
}
static long p_console(uint32_t p) { return CALL(read, 0, p, 8); }
static long p_spawn(uint32_t p) { return CALL(spawn, p, 0, 0); }
static long p_exec(uint32_t p) { return CALL(exec, p, 0, 0); }
static long p_exec_argv(uint32_t p) { return CALL(exec, "true", p, 0); }
static long p_exec_envp(uint32_t p) { return CALL(exec, "true", 0, p); }
static long p_exec_string(uint32_t p)
{
	uint32_t argv[] = { (uint32_t)"true", p, 0 };

	return CALL(exec, "true", argv, 0);
}
static long p_program(uint32_t p) { return CALL(program, 0, p, 64); }
static long p_context(uint32_t p) { return CALL(context_return, p); }
static long p_action(uint32_t p) { return CALL(sigaction, SIGUSR1, p, 0); }
static long p_action_was(uint32_t p) { return CALL(sigaction, SIGUSR1, 0, p); }
static long p_mask(uint32_t p) { return CALL(sigmask, SIG_UNBLOCK, p, 0); }
static long p_mask_was(uint32_t p) { return CALL(sigmask, SIG_BLOCK, 0, p); }
static long p_suspend(uint32_t p) { return CALL(sigsuspend, p); }
static long p_pending(uint32_t p) { return CALL(sigpending, p); }
static long p_times(uint32_t p) { return CALL(times, p); }
static long p_clock(uint32_t p) { return CALL(clock, CLOCK_MONOTONIC, p); }
static long p_futex_wait(uint32_t p) { return CALL(futex, p, FUTEX_WAIT, 0x12345678, at(0)); }
static long p_futex_wake(uint32_t p) { return CALL(futex, p, FUTEX_WAKE, 1, 0); }
static long p_futex_requeue(uint32_t p) { return CALL(futex, page_of_zeros, FUTEX_REQUEUE, 0, p); }
static long p_futex_lock(uint32_t p) { return CALL(futex, p, FUTEX_LOCK, 0, at(0)); }
static long p_futex_unlock(uint32_t p) { return CALL(futex, p, FUTEX_UNLOCK, 0, 0); }
static long p_thread_exit(uint32_t p) { return CALL(thread_exit, p); }
static long p_info(uint32_t p) { return CALL(thread_info, 0, p, sizeof(struct thread_info)); }
static long p_pipe(uint32_t p) { return CALL(pipe, p, 0); }
static long p_poll(uint32_t p) { return CALL(poll, p, 1, 0); }
static long p_altstack(uint32_t p) { return CALL(sigaltstack, p, 0); }
static long p_altstack_was(uint32_t p) { return CALL(sigaltstack, 0, p); }

static const struct pointer_call {
	const char *name;
	long (*call)(uint32_t p);
	uint32_t reads, writes;
	bool null, aligned, never; /* NULL is allowed; a misaligned one is EINVAL; a good one would not come back */
} pointer_calls[] = {
	{ "write", p_write, 8, 0 },
	{ "read", p_read, 0, 8 },
	{ "read an empty pipe", p_read_empty, 0, 1 },
	{ "read the console", p_console, 0, 8, .never = true },
	{ "spawn(bad)", p_spawn, 1, 0 },
	{ "exec(bad)", p_exec, 1, 0 },
	{ "exec(, bad)", p_exec_argv, 4, 0, .null = true, .never = true },
	{ "exec(, , bad)", p_exec_envp, 4, 0, .null = true, .never = true },
	{ "exec(, {bad})", p_exec_string, 1, 0, .null = true, .never = true },
	{ "program", p_program, 0, sizeof("args") }, /* the first of all programs */
	{ "context_return", p_context, sizeof(struct context), 0, .never = true },
	{ "sigaction(, bad)", p_action, sizeof(struct signal_action), 0, .null = true, .never = true },
	{ "sigaction(, , bad)", p_action_was, 0, sizeof(struct signal_action), .null = true },
	{ "sigmask(, bad)", p_mask, 4, 0, .null = true },
	{ "sigmask(, , bad)", p_mask_was, 0, 4, .null = true },
	{ "sigsuspend", p_suspend, 4, 0, .never = true },
	{ "sigpending", p_pending, 0, 4 },
	{ "times", p_times, 0, 16, .null = true },
	{ "clock", p_clock, 0, sizeof(struct timespec) },
	{ "futex(wait)", p_futex_wait, 4, 0, .aligned = true },
	{ "futex(wake)", p_futex_wake, 4, 0, .aligned = true },
	{ "futex(requeue)", p_futex_requeue, 4, 0, .aligned = true },
	{ "futex(lock)", p_futex_lock, 4, 4, .never = true },
	{ "futex(unlock)", p_futex_unlock, 4, 4, .never = true },
	{ "thread_exit", p_thread_exit, 0, 4, .aligned = true, .never = true, .null = true },
	{ "thread_info", p_info, 0, sizeof(struct thread_info) },
	{ "pipe", p_pipe, 0, 8 },
	{ "poll", p_poll, 8, 8 },
	{ "sigaltstack", p_altstack, sizeof(stack_t), 0, .null = true, .never = true },
	{ "sigaltstack(, bad)", p_altstack_was, 0, sizeof(stack_t), .null = true },
};

static void check_pointer(const struct pointer_call *c, const struct place *p)
{
	bool good = p->readable >= c->reads && p->writable >= c->writes;
	if (p->va == 0 && c->null)
		good = true;
	if (good && c->never)
		return;
	long want = c->aligned && p->va % 4 ? -EINVAL : good ? ANY_BUT_FAULT : -EFAULT;
	check(c->name, p->name, c->call(p->va), want);
}

/* wait with a child that has ended: its status is not lost. */
static void check_wait(const struct place *p)
{
	pid_t pid;

	if (p->va == 0 || p->writable >= 4)
		return;
	if ((pid = fork()) == 0)
		_exit(7);
	check("wait", p->name, CALL(wait, pid, p->va, 0), -EFAULT);
	int status = 0;
	check("wait again", p->name, CALL(wait, pid, &status, 0), pid);
	check("its status", p->name, status, STATUS_EXIT(7));
}

static void check_pointers(void)
{
	for (unsigned i = 0; i < COUNT(places); i++) {
		for (unsigned c = 0; c < COUNT(pointer_calls); c++)
			check_pointer(&pointer_calls[c], &places[i]);
		check_wait(&places[i]);
	}
}

/* Ranges of memory that no call may touch. */
static const struct range {
	const char *name;
	uint32_t va, bytes;
} ranges[] = {
	{ "no bytes", PAGE, 0 },
	{ "page 0", 0, PAGE_SIZE },
	{ "from page 0 on", 0, 0x10000 },
	{ "misaligned", PAGE + 4, PAGE_SIZE },
	{ "up to past UTOP", UTOP - PAGE_SIZE, 2 * PAGE_SIZE },
	{ "one byte past UTOP", UTOP - PAGE_SIZE, PAGE_SIZE + 1 },
	{ "UTOP", UTOP, PAGE_SIZE },
	{ "own directory", UPD_base, PAGE_SIZE },
	{ "the window", UPT_base, PDE_SPAN },
	{ "ULIM", ULIM, PAGE_SIZE },
	{ "kernel", KERNEL_BASE, PAGE_SIZE },
	{ "kernel text", KERNEL_BASE + 0x100000, PAGE_SIZE },
	{ "devices", DEVICE_BASE, PAGE_SIZE },
	{ "PT_base", PT_base, PAGE_SIZE },
	{ "PD_base", PD_base, PAGE_SIZE },
	{ "APT_base", APT_base, PDE_SPAN },
	{ "KSLOT_base", KSLOT_base, PAGE_SIZE },
	{ "the last page", 0xfffff000, PAGE_SIZE },
	{ "around the end", 0xfffff000, 2 * PAGE_SIZE },
	{ "wraps to where it began", PAGE, 0xfffff001 },
	{ "wraps to below", PAGE, 0xf0000000 },
	{ "2 GB", PAGE_SIZE, 0x80000000 },
	{ "all", 0, 0xffffffff },
	{ "all but page 0", PAGE_SIZE, 0xffffffff },
	{ "negative", PAGE, -PAGE_SIZE },
	{ "from the first page to past UTOP", PAGE_SIZE, UTOP },
};

static void check_ranges(void)
{
	const int flags = MAP_ANONYMOUS | MAP_FIXED;

	for (unsigned i = 0; i < COUNT(ranges); i++) {
		const struct range *r = &ranges[i];

		check("page_map", r->name, CALL(page_map, r->va, r->bytes, PROT_READ), -EINVAL);
		check("page_unmap", r->name, CALL(page_unmap, r->va, r->bytes), -EINVAL);
		check("page_protect", r->name, CALL(page_protect, r->va, r->bytes, PROT_READ), -EINVAL);
		check("munmap", r->name, CALL(munmap, r->va, r->bytes), -EINVAL);
		check("mmap private", r->name, CALL(mmap, r->va, r->bytes, PROT_READ, flags | MAP_PRIVATE), -EINVAL);
		check("mmap shared", r->name, CALL(mmap, r->va, r->bytes, PROT_READ, flags | MAP_SHARED), -EINVAL);
	}
	for (unsigned i = 0; i < COUNT(places); i++) {
		const struct place *p = &places[i];
		bool page = p->va % PAGE_SIZE == 0 && p->va >= PAGE_SIZE && p->va < UTOP;

		if (!page) {
			check("page_share to", p->name, CALL(page_share, 0, p->va, UTEXT, PROT_READ), -EINVAL);
			check("page_share from", p->name, CALL(page_share, 0, HOLE, p->va, PROT_READ), -EINVAL);
			check("port_window", p->name, CALL(port_window, p->va, 1, 0), -EINVAL);
			check("fault_handler's stack", p->name, CALL(fault_handler, UTEXT, p->va, 0 - p->va, 0), -EINVAL);
		}
		if (p->va && p->va != PAGE && (p->va < UTEXT || p->va > UTOP - USTACK_MAX - USTACK_GUARD))
			check("brk", p->name, CALL(brk, p->va), p->va < UTEXT ? -EINVAL : -ENOMEM);
	}
}

/* Flags, lengths and numbers that mean nothing. */
static void check_numbers(void)
{
	for (uint32_t bit = 3; bit < 32; bit++) {
		uint32_t bad = 1u << bit;

		check("page_map, prot", "unknown bit", CALL(page_map, HOLE, PAGE_SIZE, PROT_READ | bad), -EINVAL);
		check("page_protect, prot", "unknown bit", CALL(page_protect, PAGE, PAGE_SIZE, bad), -EINVAL);
		check("mmap, prot", "unknown bit", CALL(mmap, 0, PAGE_SIZE, bad, MAP_ANONYMOUS | MAP_PRIVATE), -EINVAL);
		if (bit > 3)
			check("page_share, prot", "unknown bit", CALL(page_share, 0, HOLE, PAGE, bad), -EINVAL);
		if (bad != MAP_ANONYMOUS && bad != MAP_FIXED)
			check("mmap, flags", "unknown bit", CALL(mmap, 0, PAGE_SIZE, 1, MAP_ANONYMOUS | MAP_PRIVATE | bad), -EINVAL);
		if (bad != WUNTRACED && bad != WCONTINUED)
			check("wait, options", "unknown bit", CALL(wait, -1, 0, bad), -EINVAL);
		if (bad != O_NONBLOCK && bad != O_CLOEXEC)
			check("pipe, flags", "unknown bit", CALL(pipe, PAGE, bad), -EINVAL);
		check("port_create, flags", "unknown bit", CALL(port_create, bad), -EINVAL);
		check("futex, op", "unknown", CALL(futex, PAGE, bad, 0, 0), -EINVAL);
		check("sigmask, how", "unknown", CALL(sigmask, bad, PAGE, 0), -EINVAL);
		check("clock, which", "unknown", CALL(clock, bad, PAGE), -EINVAL);
		check("fcntl, command", "unknown", CALL(fcntl, 0, bad | 2, 0), -EINVAL);
		check("set_priority", "unknown", CALL(set_priority, 0, bad, 0), -EINVAL);
		check("port_window", "many pages", CALL(port_window, PAGE, 16 + bad, 0), -EINVAL);
		check("program", "no such", CALL(program, bad << 8, PAGE, 64), bad << 8 ? -ENOENT : ANY_BUT_FAULT);
	}
	check("mmap", "no sort", CALL(mmap, 0, PAGE_SIZE, PROT_READ, MAP_ANONYMOUS), -EINVAL);
	check("mmap", "both sorts", CALL(mmap, 0, PAGE_SIZE, PROT_READ, MAP_ANONYMOUS | MAP_PRIVATE | MAP_SHARED), -EINVAL);
	check("mmap", "no bytes", CALL(mmap, 0, 0, PROT_READ, MAP_ANONYMOUS | MAP_PRIVATE), -EINVAL);
	check("mmap", "all bytes", CALL(mmap, 0, 0xffffffff, PROT_READ, MAP_ANONYMOUS | MAP_PRIVATE), -ENOMEM);
	check("mmap", "2 GB", CALL(mmap, 0, 0x80000000, PROT_READ, MAP_ANONYMOUS | MAP_PRIVATE), -ENOMEM);
	check("sleep", "2^31", CALL(sleep, 0x80000000), -EINVAL);
	check("alarm", "2^31", CALL(alarm, 0x80000000), -EINVAL);
	check("poll", "POLL_MAX + 1", CALL(poll, PAGE, POLL_MAX + 1, 0), -EINVAL);
	check("poll", "2^29 + 1: wraps to 8 bytes", CALL(poll, PAGE, 0x20000001, 0), -EINVAL);
	check("poll", "-1", CALL(poll, PAGE, -1, 0), -EINVAL);
	check("set_priority", "0", CALL(set_priority, 0, 0, 0), -EINVAL);
	check("set_priority", "7", CALL(set_priority, 0, 7, 0), -EINVAL);
	check("set_priority", "weight 51", CALL(set_priority, 0, 4, 51), -EINVAL);
	check("set_priority", "above what it may", CALL(set_priority, 0, 1, 0), -EPERM);
	check("program", "no room for the 0", CALL(program, 0, PAGE, 1), -EINVAL);
	check("program", "no room", CALL(program, 0, PAGE, 0), -EINVAL);
	check("poweroff", "not the first process", CALL(poweroff, 0), -EPERM);
	check("futex(requeue)", "to itself", CALL(futex, PAGE, FUTEX_REQUEUE, 0, PAGE), -EINVAL);
	check("fault_handler", "small stack", CALL(fault_handler, UTEXT, PAGE, 2047, 0), -EINVAL);
	check("write", "wraps", CALL(write, 1, END - 4, 0xfffffffc), -EFAULT);
	check("write to a pipe", "wraps", CALL(write, pipe_fds[1], END - 4, 0xfffffffc), -EFAULT);
	check("read the console", "wraps", CALL(read, 0, END - 4, 0xfffffffc), -EFAULT);
	for (uint32_t n = SYSCALL_COUNT; n; n = n < 1000 ? n + 1 : n << 1)
		check("number", "no such call", probe_call4(n, PAGE, PAGE, PAGE, PAGE), -ENOSYS);
	check("number", "-1", probe_call4(-1, 0, 0, 0, 0), -ENOSYS);
	check("number", "sign bit", probe_call4(0x80000000 | SYS_getpid, 0, 0, 0, 0), -ENOSYS);
	check("number", "times four wraps", probe_call4(0x40000000 | SYS_getpid, 0, 0, 0, 0), -ENOSYS);
}

/* Descriptors that are none. */
static void check_descriptors(void)
{
	const uint32_t bad[] = { closed, OPEN_MAX - 1, OPEN_MAX, OPEN_MAX + 1, 255, 256, 0x7fffffff, 0x80000000, 0x40000000,
		0xfffffffe, 0xffffffff, PT_base, 0x3fffffff, 0xc0000001 };

	for (unsigned i = 0; i < COUNT(bad); i++) {
		uint32_t fd = bad[i];

		check("write", "no descriptor", CALL(write, fd, PAGE, 1), -EBADF);
		check("read", "no descriptor", CALL(read, fd, PAGE, 1), -EBADF);
		check("close", "no descriptor", CALL(close, fd), -EBADF);
		check("dup", "no descriptor", CALL(dup, fd, 50), -EBADF);
		check("fcntl", "no descriptor", CALL(fcntl, fd, F_GETFD, 0), -EBADF);
		check("console_group", "no descriptor", CALL(console_group, fd, 0), -EBADF);
		check("port_notify", "no descriptor", CALL(port_notify, fd, 1), -EBADF);
		check("port_receive", "no descriptor", CALL(port_receive, fd, at(1)), -EBADF);
		check("port_send", "no descriptor", CALL(port_send, fd, 1, 2, 3), -EBADF);
		check("port_call", "no descriptor", CALL(port_call, fd, 1, 2, 3), -EBADF);
		check("port_reply_receive", "no descriptor", CALL(port_reply_receive, fd, 1, 2, 3), -EBADF);
		if (fd != -1u)
			check("port_right", "no descriptor", CALL(port_right, fd, 1), -EBADF);
		if (fd >= OPEN_MAX && fd != -1u)
			check("dup to", "no descriptor", CALL(dup, 0, fd), -EBADF);
		if (fd >= OPEN_MAX)
			check("fcntl(F_DUPFD) from", "no descriptor", CALL(fcntl, 0, F_DUPFD, fd), -EINVAL);
	}
	check("read", "a pipe's end to write", CALL(read, pipe_fds[1], PAGE, 1), -EBADF);
	check("write", "a pipe's end to read", CALL(write, pipe_fds[0], PAGE, 1), -EBADF);
	check("read", "a port", CALL(read, port, PAGE, 1), -EBADF);
	check("write", "a right", CALL(write, right, PAGE, 1), -EBADF);
	check("console_group", "a pipe", CALL(console_group, pipe_fds[0], 0), -ENOTTY);
	check("port_send", "a pipe", CALL(port_send, pipe_fds[1], 1, 2, 3), -EBADF);
	check("port_send", "the right to receive", CALL(port_send, port, 1, 2, 3), -EBADF);
	check("port_call", "the right to receive", CALL(port_call, port, 1, 2, 3), -EBADF);
	check("port_receive", "the right to send", CALL(port_receive, right, at(1)), -EBADF);
	check("port_right", "of a right", CALL(port_right, right, 1), -EBADF);
	check("port_right", "to answer nobody", CALL(port_right, -1, 1), -ESRCH);
	check("port_reply_receive", "to nobody", CALL(port_reply_receive, port, 1, 2, 3), -ESRCH);
	check("port_reply_receive", "to nobody, and no port", CALL(port_reply_receive, PORT_NONE, 1, 2, 3), -ESRCH);
	check("port_send", "to itself", CALL(port_send, right, 1, 2, 3), -EDEADLK);
	check("port_call", "to itself", CALL(port_call, right, 1, 2, 3), -EDEADLK);
}

/* What a message may not carry. */
static void check_messages(void)
{
	uint32_t carries = right | PORT_PAGES;

	for (unsigned i = 0; i < COUNT(places); i++)
		if (!places[i].readable)
			check("port_send a page", places[i].name,
			      CALL(port_send, carries, 0, 0, places[i].va & -PAGE_SIZE), places[i].va >> 12 == PAGE >> 12 ||
			      places[i].va >> 12 == UTOP / PAGE_SIZE - 1 ? -EDEADLK : -EFAULT);
	check("port_send pages", "over the edge", CALL(port_send, carries, 0, 0, PAGE | 1), -EFAULT);
	check("port_send pages", "up to past UTOP", CALL(port_send, carries, 0, 0, (UTOP - PAGE_SIZE) | 1), -EFAULT);
	check("port_send pages", "unknown flags", CALL(port_send, carries, 0, 0, PAGE | 0x400), -EINVAL);
	check("port_send pages", "unknown flags", CALL(port_send, carries, 0, 0, PAGE | 0x10), -EINVAL);
	for (uint32_t bit = 0x80000; bit; bit <<= 1) {
		check("port_send", "carries unknown things", CALL(port_send, right | bit, 0, 0, 0), -EBADF);
		check("port_call", "carries unknown things", CALL(port_call, right | bit, 0, 0, 0), -EBADF);
		check("port_reply_receive", "carries unknown things", CALL(port_reply_receive, port | bit, 0, 0, 0), -EBADF);
	}
	carries = right | PORT_DESCRIPTORS;
	check("port_send", "a closed descriptor", CALL(port_send, carries, 0, PORT_ONE_DESCRIPTOR(closed), 0), -EBADF);
	check("port_send", "five descriptors", CALL(port_send, carries, 0, 5u << 24, 0), -EINVAL);
	check("port_send", "seven descriptors", CALL(port_send, carries, 0, 7u << 24, 0), -EINVAL);
	check("port_send", "descriptors, unknown bit", CALL(port_send, carries, 0, 1u << 24 | 1u << 28, 0), -EINVAL);
}

/* Numbers of processes and threads: none, ended, another's, wild. */
static void check_ids(void)
{
	pid_t ended = fork(), zombie, held;

	if (ended == 0)
		_exit(0);
	waitpid(ended, NULL, 0);
	if ((zombie = fork()) == 0)
		_exit(0);
	usleep(20000);
	held = proc_create();
	const uint32_t wild[] = { ended, 0x7fffffff, 0x3fffffff, 0x40000000, ended + 512, ended + 1024, ended + 2048 };
	for (unsigned i = 0; i < COUNT(wild); i++) {
		check("kill", "nobody", CALL(kill, wild[i], 0), -ESRCH);
		check("kill", "no such group", CALL(kill, -wild[i], 0), -ESRCH);
		check("wait", "no child", CALL(wait, wild[i], 0, WNOHANG), -ECHILD);
		check("setpgid", "nobody", CALL(setpgid, wild[i], 0), -ESRCH);
		check("setpgid", "no such group", CALL(setpgid, 0, wild[i]), -EPERM);
		check("spawn", "no such group", CALL(spawn, "true", 0, 0, wild[i]), -EPERM);
		check("getpgid", "nobody", CALL(getpgid, wild[i]), -ESRCH);
		check("proc_start", "nobody", CALL(proc_start, wild[i]), -ESRCH);
		check("page_share", "nobody", CALL(page_share, wild[i], HOLE, PAGE, PROT_READ), -ESRCH);
		check("thread_kill", "nobody", CALL(thread_kill, wild[i], 0), -ESRCH);
		check("set_priority", "nobody", CALL(set_priority, wild[i], 5, 0), -ESRCH);
		check("console_group", "no such group", CALL(console_group, 0, wild[i]), -EPERM);
	}
	uint32_t parent = getppid(), self = getpid();
	check("kill", "all", CALL(kill, -1, SIGKILL), -EPERM);
	check("wait", "its parent", CALL(wait, parent, 0, WNOHANG), -ECHILD);
	check("wait", "itself", CALL(wait, self, 0, WNOHANG), -ECHILD);
	check("wait", "group 0x80000000", CALL(wait, 0x80000000, 0, WNOHANG), -ECHILD);
	check("kill", "group 0x80000000", CALL(kill, 0x80000000, 0), -ESRCH);
	check("setpgid", "its parent", CALL(setpgid, parent, 0), -ESRCH);
	check("setpgid", "negative group", CALL(setpgid, 0, -5), -EINVAL);
	check("spawn", "negative group", CALL(spawn, "true", 0, 0, -5), -EINVAL);
	check("console_group", "negative group", CALL(console_group, 0, -5), -EINVAL);
	check("thread_kill", "its parent's", CALL(thread_kill, parent, 0), -ESRCH);
	check("set_priority", "its parent's", CALL(set_priority, parent, 6, 0), -EPERM);
	check("proc_start", "its parent", CALL(proc_start, parent), -ESRCH);
	check("proc_start", "itself", CALL(proc_start, self), -ESRCH);
	check("proc_start", "0", CALL(proc_start, 0), -ESRCH);
	check("page_share", "its parent", CALL(page_share, parent, HOLE, PAGE, PROT_READ), -ESRCH);
	check("proc_start", "an ended child", CALL(proc_start, zombie), -ESRCH);
	check("page_share", "an ended child", CALL(page_share, zombie, HOLE, PAGE, PROT_READ), -ESRCH);
	check("page_share", "a held one, nothing there", CALL(page_share, held, HOLE, HOLE, PROT_READ), -EFAULT);
	check("page_share", "a held one, text to write", CALL(page_share, held, HOLE, UTEXT, PROT_WRITE), -EACCES);
	check("page_share", "both kinds of writing", CALL(page_share, held, HOLE, PAGE, PROT_WRITE | PROT_COPY), -EINVAL);
	check("thread_kill", "a child's", CALL(thread_kill, held, SIGKILL), -ESRCH);
	check("kill", "a held one", CALL(kill, held, SIGKILL), 0);
	check("page_share", "a killed one", CALL(page_share, held, HOLE, PAGE, PROT_READ), -ESRCH);
	check("proc_start", "a killed one", CALL(proc_start, held), -ESRCH);
	check("wait", "the killed one", CALL(wait, held, 0, 0), held);
	check("wait", "the ended one", CALL(wait, zombie, 0, 0), zombie);
	check("wait", "the ended one again", CALL(wait, zombie, 0, 0), -ECHILD);
}

static void check_signals(void)
{
	const uint32_t bad[] = { NSIG, NSIG + 1, 63, 64, 65, 255, 0x7fffffff, 0x80000000, 0xffffffff, 0x80000009 };
	uint32_t action[4] = { 0 };

	for (unsigned i = 0; i < COUNT(bad); i++) {
		check("kill", "no such signal", CALL(kill, getpid(), bad[i]), -EINVAL);
		check("thread_kill", "no such signal", CALL(thread_kill, gettid(), bad[i]), -EINVAL);
		check("sigaction", "no such signal", CALL(sigaction, bad[i], action, 0), -EINVAL);
		check("sigaction", "no such signal, asked", CALL(sigaction, bad[i], 0, PAGE), -EINVAL);
	}
	check("sigaction", "signal 0", CALL(sigaction, 0, action, 0), -EINVAL);
	check("sigaction", "SIGKILL", CALL(sigaction, SIGKILL, action, 0), -EINVAL);
	check("sigaction", "SIGSTOP", CALL(sigaction, SIGSTOP, action, 0), -EINVAL);
	stack_t s = { (void *)PAGE, 0, MINSIGSTKSZ - 1 };
	check("sigaltstack", "small", CALL(sigaltstack, &s, 0), -ENOMEM);
	s = (stack_t){ (void *)PAGE, 4, SIGSTKSZ };
	check("sigaltstack", "unknown flag", CALL(sigaltstack, &s, 0), -EINVAL);
}

/* Partners that are gone. */
static void check_partners(void)
{
	int fds[2], dead = port_create(0), to_dead = port_right(dead, 1), lonely = port_create(0);

	signal(SIGPIPE, SIG_IGN);
	pipe(fds);
	close(fds[0]);
	check("write", "nobody reads", CALL(write, fds[1], PAGE, 1), -EPIPE);
	check("write", "nobody reads, many bytes", CALL(write, fds[1], PAGE, PAGE_SIZE), -EPIPE);
	close(fds[1]);
	pipe(fds);
	close(fds[1]);
	check("read", "nobody writes", CALL(read, fds[0], PAGE, 1), 0);
	check("read", "nobody writes, a bad buffer", CALL(read, fds[0], HOLE, 1), 0);
	close(fds[0]);
	close(dead);
	check("port_send", "the port is gone", CALL(port_send, to_dead, 1, 2, 3), -EPIPE);
	check("port_call", "the port is gone", CALL(port_call, to_dead, 1, 2, 3), -EPIPE);
	check("port_notify", "the port is gone", CALL(port_notify, to_dead, 1), -EPIPE);
	close(to_dead);
	close(port_right(lonely, 0));
	check("port_receive", "nobody can send", CALL(port_receive, lonely, 0), -EPIPE);
	check("port_receive", "nobody can send, deadline", CALL(port_receive, lonely, at(10000)), -EPIPE);
	close(lonely);
	check("port_receive", "in time", CALL(port_receive, port, at(1)), -ETIMEDOUT);
	check("port_receive", "long ago", CALL(port_receive, port, at(-100)), -ETIMEDOUT);
	uint32_t *word = (uint32_t *)PAGE;
	*word = gettid();
	check("futex(lock)", "its own", CALL(futex, word, FUTEX_LOCK, 0, 0), -EDEADLK);
	*word = getppid();
	check("futex(lock)", "a stranger's, private", CALL(futex, word, FUTEX_LOCK, 0, 0), -EOWNERDEAD);
	*word = 0x3fffffff;
	check("futex(lock)", "nobody's", CALL(futex, word, FUTEX_LOCK, 0, 0), -EOWNERDEAD);
	*word = getppid();
	check("futex(unlock)", "a stranger's", CALL(futex, word, FUTEX_UNLOCK, 0, 0), -EPERM);
	check("futex(wait)", "long ago", CALL(futex, word, FUTEX_WAIT, *word, at(-1000)), -ETIMEDOUT);
}

static int try_all(void)
{
	if (page_map((void *)PAGE, PAGE_SIZE, PROT_READ | PROT_WRITE) < 0 || pipe2(pipe_fds, O_NONBLOCK) < 0)
		return 1;
	if ((port = port_create(0)) < 0 || (right = port_right(port, 7)) < 0)
		return 1;
	check_pointers();
	check_ranges();
	check_numbers();
	check_descriptors();
	check_messages();
	check_ids();
	check_signals();
	check_partners();
	if (!failures)
		printf("ok: %u hostile calls\n", tried);
	return failures != 0;
}

/* Not as the machine's first process, which may do more. */
int main(void)
{
	int status = -1;

	if (getppid())
		return try_all();
	pid_t pid = fork();
	if (pid == 0)
		return try_all();
	waitpid(pid, &status, 0);
	return status != 0;
}
