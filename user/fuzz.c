/* user/fuzz.c: makes random system calls from many processes at once, until so many have been made. (lab 3)
 * fuzz [seed] [calls] [processes]. The same seed makes the same calls. Whatever becomes of the processes, the system must
 * live on, and have all its memory back when fuzz has ended.
 */
#include <fcntl.h>
#include <ouros.h>
#include <probe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLOTS_MAX 32
#define AREA 0x30000000u /* where memory calls play */
#define STALLED 8        /* looks that find no call made: the process waits for nobody, or loops */

/* Shared by all: how far each slot's process is, and which calls have succeeded. */
struct record {
	volatile uint32_t made[SLOTS_MAX];
	volatile uint32_t succeeded[SYSCALL_COUNT];
};

static struct record *record;
static uint32_t seed = 1, wanted = 20000, slots = 8;
static pid_t pids[SLOTS_MAX];
static int plug[2]; /* a pipe that stands in for the console */
static int meeting[2] = { 5, 6 }; /* a port that all receive from, and send to: its two descriptors */

/* In the fuzzing processes. */
static uint32_t state, slot;
static uint32_t buffer[4096] __attribute__((aligned(4096)));
static uint32_t ids[4]; /* what it has started last: processes and threads */
static int leash; /* a child of a fuzzing process makes so many calls and ends; 0: it goes on */

static uint32_t next(void)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static uint32_t below(uint32_t n) { return next() % n; }
#define ONE_OF(array) ((array)[below(sizeof(array) / sizeof((array)[0]))])

static void make_one_call(void);

static void other_thread(void)
{
	for (int i = 0; i < 20; i++)
		make_one_call();
	probe_call(SYS_thread_exit, 0, 0, 0);
}

/* What may stand for an address: the edges of everything. */
static uint32_t any_address(void)
{
	const uint32_t edges[] = { 0, 1, 0xfff, 0x1000, UTEXT, UTEXT + 0x1000, (uint32_t)buffer, (uint32_t)buffer + 1,
		(uint32_t)buffer + 0x1ffc, (uint32_t)__builtin_frame_address(0), AREA, AREA - 4, AREA + 0x3ffffc, UTOP - 1, UTOP - 0x1000, UTOP,
		UPT_base, UPT_base + 0x1000, UPD_base, UPD_base + 0xffc, ULIM - 1, ULIM - 4, ULIM, KERNEL_BASE + 0x100000,
		DEVICE_BASE, PT_base, PD_base, PDE_self, APT_base, KSLOT_base, 0xfffff000, 0xfffffffc, 0xffffffff };

	return below(8) ? ONE_OF(edges) : next();
}

static uint32_t any_size(void)
{
	static const uint32_t sizes[] = { 0, 1, 4, 8, 64, 128, 4095, 4096, 4097, 8192, 16384, 0x10000, 0x100000, 0x400000,
		0x7fffffff, 0x80000000, 0xfffff000, 0xffffffff };

	return below(8) ? ONE_OF(sizes) : next();
}

static uint32_t words(void)
{
	for (int i = 0; i < 8; i++)
		buffer[below(4096)] = below(2) ? below(64) : any_address();
	return (uint32_t)&buffer[below(2) ? below(4080) : 1020];
}

/* Only its own: a process that fuzzes must not end the one that counts. */
static uint32_t own_process(void)
{
	const uint32_t some[] = { getpid(), 0, 0x7fffffff, 0x80000000, 0x3fffffff, -getpid() };

	return below(2) ? ONE_OF(ids) : ONE_OF(some);
}

/* What a message carries, and what goes with it. */
static uint32_t carrier(void)
{
	return (below(2) ? (uint32_t)meeting[below(2)] : below(8)) | (below(3) ? 0 : PORT_PAGES) | (below(3) ? 0 : PORT_DESCRIPTORS) |
	       (below(4) ? PORT_TIMED : 0);
}

static uint32_t descriptors_word(void)
{
	return below(4096) | below(3) << 24 | (below(3) ? 0 : PORT_MOVE);
}

static uint32_t pages_word(void)
{
	return (AREA + below(32) * 0x1000) | below(4) | (below(3) ? 0 : PORT_SHARE) | (below(3) ? 0 : PORT_READ_ONLY);
}

/* A signal's handler makes calls, too. */
static void handle(int signal)
{
	for (int i = below(4); i > 0; i--)
		make_one_call();
}

static uint32_t handler_action(void)
{
	static struct signal_action action;
	struct sigaction wanted = { .sa_handler = handle, .sa_flags = below(2) ? SA_RESTART : next() };

	if (below(4) == 0)
		return words();
	sigaction(SIGPROF, &wanted, NULL); /* the library knows the way in */
	probe_call(SYS_sigaction, SIGPROF, 0, (uint32_t)&action);
	return (uint32_t)&action;
}

/* An argument of this kind; see shapes. */
static uint32_t argument(char kind)
{
	static const char *const names[] = { "true", "false", "hello", "", "no such program", "args", "/bin/true" };
	static char *const some[] = { "true", "a", "b", NULL };

	if (kind != 'i' && kind != 'e' && below(8) == 0)
		return below(2) ? any_address() : any_size();
	switch (kind) {
	case 'f': return below(8);
	case 'b': return below(2) ? (uint32_t)buffer + below(8192) : any_address();
	case 'w': return words();
	case 'n': return any_size();
	case 'a': return AREA + below(32) * (below(2) ? 0x1000 : 0x100000);
	case 'l': return 0x1000 << below(below(4) ? 6 : 17);
	case 'p': return below(8);
	case 'i': return own_process();
	case 's': return below(40);
	case 'S': return (uint32_t)ONE_OF(names);
	case 'v': return below(2) ? (uint32_t)some : 0;
	case 'm': return below(4) ? (MAP_ANONYMOUS | 1u << below(2) | (below(2) ? MAP_FIXED : 0)) : next();
	case 't': return below(20);
	case 'd': return below(8) ? uptime() + below(30) : next();
	case 'c': return carrier();
	case 'D': return descriptors_word();
	case 'P': return pages_word();
	case 'N': return 1 + below(PORT_PAGES_MAX);
	case 'H': return handler_action();
	case 'R': return below(2) ? (uint32_t)meeting[0] : below(8);
	case 'o': return below(6);
	case 'e': return (uint32_t)other_thread;
	case 'T': return (uint32_t)&buffer[2048 + 1024 * below(3)];
	case 'k': return below(4) ? below(8) : 1u << below(32);
	}
	return next();
}

/* What each call's arguments are like; a call that is not here gets anything. */
static const char *const shapes[SYSCALL_COUNT] = {
	[SYS_write] = "fbn", [SYS_read] = "fbn", [SYS_spawn] = "Svvi", [SYS_wait] = "iwk", [SYS_sleep] = "t",
	[SYS_page_map] = "alp", [SYS_page_unmap] = "al", [SYS_page_protect] = "alp", [SYS_program] = "sbn",
	[SYS_exec] = "Svv", [SYS_brk] = "b", [SYS_mmap] = "alpm", [SYS_munmap] = "al", [SYS_page_share] = "iaap",
	[SYS_proc_start] = "i", [SYS_fault_handler] = "eT", [SYS_context_return] = "w", [SYS_kill] = "is",
	[SYS_sigaction] = "sHw", [SYS_sigmask] = "kww", [SYS_sigsuspend] = "w", [SYS_sigpending] = "w", [SYS_alarm] = "t",
	[SYS_setpgid] = "ii", [SYS_getpgid] = "i", [SYS_console_group] = "fi", [SYS_times] = "w", [SYS_clock] = "kw",
	[SYS_thread_create] = "eTkw", [SYS_thread_exit] = "w", [SYS_thread_kill] = "is", [SYS_futex] = "wokd",
	[SYS_set_priority] = "ikk", [SYS_thread_info] = "swn", [SYS_pipe] = "wk", [SYS_dup] = "ff", [SYS_close] = "f",
	[SYS_fcntl] = "fkk", [SYS_poll] = "wst", [SYS_port_create] = "k", [SYS_port_right] = "fk", [SYS_port_send] = "ckDP",
	[SYS_port_receive] = "Rd", [SYS_port_call] = "ckDP", [SYS_port_reply_receive] = "ckDP", [SYS_port_notify] = "fk",
	[SYS_port_window] = "aNd", [SYS_thread_register] = "w",
};

/* These do not come back when they succeed. */
static bool is_last(uint32_t call)
{
	return call == SYS_exit || call == SYS_thread_exit || call == SYS_exec || call == SYS_context_return;
}

/* Some calls end the process: they are made, but seldom. */
static uint32_t choose_call(void)
{
	for (;;) {
		uint32_t call = below(SYSCALL_COUNT + 1);

		if (!is_last(call) || below(64) == 0)
			return call;
	}
}

static long make_call(uint32_t call, const uint32_t a[4])
{
	bool counts = call < SYSCALL_COUNT;

	if (counts)
		record->succeeded[call]++;
	long result = probe_call4(call, a[0], a[1], a[2], a[3]);
	if (counts && (unsigned long)result >= -4095ul)
		record->succeeded[call]--;
	return result;
}

static void make_one_call(void)
{
	uint32_t call = choose_call(), a[4];
	const char *shape = call < SYSCALL_COUNT ? shapes[call] : NULL;

	for (unsigned i = 0; i < 4; i++)
		a[i] = shape ? argument(*shape ? *shape++ : 'n') : next();
	record->made[slot]++;
	long result = make_call(call, a);
	if (call == SYS_port_receive && result > 0 && (result & PORT_CALLED) && below(2))
		make_call(SYS_port_reply_receive, (uint32_t[]){ below(4) ? carrier() : PORT_NONE, next(), descriptors_word(), pages_word() });
	bool copy = call == SYS_fork || call == SYS_proc_create;
	if (result > 0 && (copy || call == SYS_spawn || call == SYS_thread_create))
		ids[below(4)] = result;
	if (copy && result == 0)
		leash = 16;
	else if (leash && --leash == 0)
		_exit(0);
}

static void fuzz(uint32_t generation)
{
	state = (seed * 2654435761u ^ (generation * SLOTS_MAX + slot) * 2246822519u) | 1;
	for (int i = 0; i < 16; i++) /* neighbours are to have nothing in common */
		next();
	for (int fd = 0; fd < 3; fd++)
		dup2(plug[fd != 0], fd);
	for (int i = 0; i < 4; i++)
		ids[i] = getpid();
	setpgid(0, 0);
	set_priority(0, 4, 1);
	for (;;)
		make_one_call();
}

static bool start(uint32_t which)
{
	static uint32_t generation;

	generation++;
	pids[which] = fork();
	if (pids[which] == 0) {
		slot = which;
		fuzz(generation);
	}
	return pids[which] > 0;
}

static bool is_ours(pid_t pid)
{
	for (uint32_t i = 0; i < slots; i++)
		if (pids[i] == pid)
			return true;
	return false;
}

/* What the fuzzing processes have left behind: everything that is younger than this process. */
static unsigned sweep(bool all)
{
	struct thread_info info;
	unsigned found = 0;
	int tid = 0;

	while ((tid = thread_info(tid, &info)) > 0)
		if (info.pid > getpid() && (all || !is_ours(info.pid))) {
			kill(info.pid, SIGKILL);
			found++;
		}
	return found;
}

static void end_stalled(void)
{
	static uint32_t before[SLOTS_MAX], looks[SLOTS_MAX];

	for (uint32_t i = 0; i < slots; i++) {
		looks[i] = record->made[i] == before[i] ? looks[i] + 1 : 0;
		before[i] = record->made[i];
		if (looks[i] >= STALLED) {
			looks[i] = 0;
			kill(pids[i], SIGKILL);
		}
	}
}

static unsigned replace_ended(void)
{
	unsigned ended = 0;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (uint32_t i = 0; i < slots; i++)
			if (pids[i] == pid) {
				pids[i] = 0;
				ended++;
			}
	for (uint32_t i = 0; i < slots; i++)
		if (pids[i] <= 0)
			start(i);
	return ended;
}

static uint32_t total(void)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < slots; i++)
		sum += record->made[i];
	return sum;
}

static void print_unused(void)
{
	static const char *const names[] = {
#define NAME(number, name, args) #name,
		SYSCALL_LIST(NAME)
	};
	unsigned used = 0;

	for (unsigned i = 0; i < SYSCALL_COUNT; i++)
		used += record->succeeded[i] != 0;
	printf("fuzz: %u of %u calls have succeeded; never:", used, SYSCALL_COUNT);
	for (unsigned i = 0; i < SYSCALL_COUNT; i++)
		if (!record->succeeded[i])
			printf(" %s", names[i]);
	printf("\n");
}

int main(int argc, char **argv)
{
	uint32_t processes = 0;

	if (argc > 1)
		seed = strtoul(argv[1], NULL, 0);
	if (argc > 2)
		wanted = strtoul(argv[2], NULL, 0);
	if (argc > 3)
		slots = strtoul(argv[3], NULL, 0);
	if (slots < 1 || slots > SLOTS_MAX) {
		fprintf(stderr, "fuzz: %u processes: choose 1 to %u\n", slots, SLOTS_MAX);
		return 2;
	}
	printf("fuzz: seed %u, %u calls, %u processes\n", seed, wanted, slots);
	record = mmap(NULL, sizeof(*record), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (record == MAP_FAILED || pipe2(plug, O_NONBLOCK) < 0) {
		perror("fuzz");
		return 1;
	}
	dup2(port_create(0), meeting[0]);
	dup2(port_right(meeting[0], seed), meeting[1]);
	set_priority(0, 1, 1);
	for (unsigned turn = 1; total() < wanted; turn++) {
		processes += replace_ended();
		end_stalled();
		if (turn % 16 == 0)
			sweep(false);
		usleep(10000);
	}
	while (sweep(true))
		while (waitpid(-1, NULL, 0) > 0)
			;
	print_unused();
	printf("ok: fuzz: %u calls made, %u processes ended on the way\n", total(), processes);
	return 0;
}
