/* user/t_exec.c: tests exec: the process stays, its program changes; and when it can't, nothing has changed. (lab 4) */
#include "test.h"
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>

#define AREA ((char *)0x30000000)

static char *no_environment[] = { NULL };

/* The status of a child that runs fn, which should not come back. */
static int in_child(void (*fn)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		fn();
		_exit(99);
	}
	CHECK_IS(waitpid(pid, &status, 0), pid);
	return status;
}

static void become_exit(void) { execv("t_args", (char *[]){ "t_args", "exit", "7", NULL }); }
static void become_by_path(void) { execl("/bin/t_args", "/bin/t_args", "exit", "8", NULL); }
static void become_by_search(void) { execlp("t_args", "t_args", "exit", "9", NULL); }
static void become_without_arguments(void) { execve("true", NULL, NULL); }

static void become_with_environment(void)
{
	execle("t_exec", "t_exec", "environment", NULL, (char *[]){ "A=1", "B=two words", NULL });
}

static void search_elsewhere(void)
{
	setenv("PATH", "/nowhere", 1);
	execlp("t_args", "t_args", "exit", "9", NULL);
	if (errno != ENOENT)
		return;
	setenv("PATH", "/nowhere::/bin", 1);
	execlp("t_args", "t_args", "exit", "10", NULL);
}

/* Many generations in one process, each of which uses memory. */
static void become_many(void)
{
	execv("t_exec", (char *[]){ "t_exec", "generation", "100", NULL });
}

static void *exec_in_thread(void *unused)
{
	char pid[12];

	snprintf(pid, sizeof(pid), "%d", getpid());
	execl("t_exec", "t_exec", "generation", "0", pid, NULL);
	return NULL;
}

static void *sleep_long(void *unused)
{
	sleep(1000);
	return NULL;
}

/* Not the first thread becomes the program: the others end, waiting or not, and the process keeps its number. */
static void become_in_thread(void)
{
	pthread_t thread;

	for (int i = 0; i < 3; i++)
		pthread_create(&thread, NULL, sleep_long, NULL);
	pthread_create(&thread, NULL, exec_in_thread, NULL);
	for (;;)
		;
}

static void handle(int signal)
{
}

/* What is kept: which signals are ignored and blocked, and descriptors. What is not: handlers, their stack, some descriptors. */
static void become_with_state(void)
{
	static char bytes[PAGE_SIZE];
	const stack_t stack = { .ss_sp = bytes, .ss_size = sizeof(bytes) };
	sigset_t blocked;
	int fds[2], kept[2];

	signal(SIGUSR1, handle);
	signal(SIGUSR2, SIG_IGN);
	sigaltstack(&stack, NULL);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	if (pipe(fds) < 0 || pipe(kept) < 0 || fcntl(fds[0], F_SETFD, FD_CLOEXEC) < 0 || fcntl(fds[1], F_SETFD, FD_CLOEXEC) < 0)
		_exit(98);
	char open[12], closed[12];
	snprintf(open, sizeof(open), "%d", kept[1]);
	snprintf(closed, sizeof(closed), "%d", fds[1]);
	execl("t_exec", "t_exec", "state", open, closed, NULL);
}

static int be_state(int open, int closed)
{
	struct sigaction one, two;
	sigset_t blocked;
	stack_t stack;

	sigaltstack(NULL, &stack);
	sigaction(SIGUSR1, NULL, &one);
	sigaction(SIGUSR2, NULL, &two);
	sigprocmask(SIG_BLOCK, NULL, &blocked);
	return !(one.sa_handler == SIG_DFL && two.sa_handler == SIG_IGN && sigismember(&blocked, SIGTERM) &&
		 stack.ss_flags == SS_DISABLE &&
		 !sigismember(&blocked, SIGUSR1) && write(open, "x", 1) == 1 && write(closed, "x", 1) == -1 && errno == EBADF);
}

static int be_generation(int n, pid_t first)
{
	char left[12], pid[12];

	if (first && getpid() != first)
		return 1;
	if (n == 0)
		return 42;
	if (page_map(AREA, 64 * PAGE_SIZE, PROT_READ | PROT_WRITE) < 0)
		return 2; /* the last one's is still there */
	memset(AREA, n, 8 * PAGE_SIZE);
	snprintf(left, sizeof(left), "%d", n - 1);
	snprintf(pid, sizeof(pid), "%d", getpid());
	execv("t_exec", (char *[]){ "t_exec", "generation", left, pid, NULL });
	return 3;
}

static int be_environment(char **envp)
{
	return !(envp == environ && strcmp(envp[0], "A=1") == 0 && strcmp(envp[1], "B=two words") == 0 && !envp[2] &&
		 strcmp(getenv("B"), "two words") == 0 && !getenv("PATH"));
}

/* Each state that an argument's page can be in: never touched, shared with a child, read-only, across an edge. */
static void check_buffers(void)
{
	char **argv = (void *)(AREA + PAGE_SIZE - 2 * sizeof(char *)); /* two pointers on each side of the edge */
	char *name = AREA + 2 * PAGE_SIZE - 3;
	int status;
	pid_t pid;

	CHECK_IS(page_map(AREA, 4 * PAGE_SIZE, PROT_READ | PROT_WRITE), 0);
	strcpy(name, "t_args");
	argv[0] = name;
	argv[1] = "exit";
	argv[2] = "0";
	argv[3] = NULL;
	pid = fork();
	if (pid == 0) {
		page_protect(AREA, PAGE_SIZE, PROT_READ);
		execve(name, argv, (char **)(AREA + 3 * PAGE_SIZE)); /* all zero: empty */
		_exit(99);
	}
	CHECK_IS(waitpid(pid, &status, 0), pid);
	CHECK_IS(status, 0);
	CHECK_IS(page_unmap(AREA, 4 * PAGE_SIZE), 0);
}

static void check_one_error(const char *name, void *argv, void *envp, int error)
{
	CHECK_ERROR(execve(name, argv, envp), error);
	CHECK_ERROR(spawnve(name, argv, envp), error);
}

/* None of these ends the caller, or costs it its memory. */
static void check_errors(void)
{
	char *argv[] = { "true", NULL };
	char *bad_string[] = { "true", (char *)KERNEL_BASE, NULL };
	char *null_page[] = { "true", (char *)8, NULL };
	char *endless = (char *)0x7f000000; /* nothing is there */
	char **end = (char **)AREA + PAGE_SIZE / sizeof(char *) - 1;

	check_one_error("no_such_program", argv, environ, ENOENT);
	check_one_error("/bin/no_such_program", argv, environ, ENOENT);
	check_one_error("/bin/", argv, environ, ENOENT);
	check_one_error("/true", argv, environ, ENOENT);
	check_one_error("/bin//bin/true", argv, environ, ENOENT);
	check_one_error("", argv, environ, ENOENT);
	check_one_error(NULL, argv, environ, EFAULT);
	check_one_error((char *)KERNEL_BASE, argv, environ, EFAULT);
	check_one_error("true", (void *)4, environ, EFAULT);
	check_one_error("true", argv, (void *)KERNEL_BASE, EFAULT);
	check_one_error("true", (void *)((uint32_t)argv + 1), environ, EFAULT);
	check_one_error("true", argv, (void *)((uint32_t)argv + 2), EFAULT);
	check_one_error("true", bad_string, environ, EFAULT);
	check_one_error("true", null_page, environ, EFAULT);
	check_one_error("true", argv, bad_string, EFAULT);
	check_one_error("true", endless, environ, EFAULT);
	/* The array runs into nothing; the string does. */
	CHECK_IS(page_map(AREA, PAGE_SIZE, PROT_READ | PROT_WRITE), 0);
	*end = "x";
	check_one_error("true", end, environ, EFAULT);
	AREA[PAGE_SIZE - 1] = 'x';
	argv[0] = AREA + PAGE_SIZE - 1;
	check_one_error("true", argv, environ, EFAULT);
	check_one_error(argv[0], NULL, environ, EFAULT);
	CHECK_IS(page_unmap(AREA, PAGE_SIZE), 0);
}

/* The window onto the page tables is the program's to read, so it may name it: whatever is there are the bytes. */
static void check_window_string(void)
{
	char *argv[] = { "t_args", "exit", (char *)&uvpt[VPN(UTEXT)], NULL };
	pid_t pid = spawn("t_args", argv);

	CHECK(pid > 0);
	CHECK_IS(waitpid(pid, NULL, 0), pid);
}

int main(int argc, char **argv, char **envp)
{
	if (argc > 1 && strcmp(argv[1], "environment") == 0)
		return be_environment(envp);
	if (argc > 1 && strcmp(argv[1], "state") == 0)
		return be_state(atoi(argv[2]), atoi(argv[3]));
	if (argc > 1)
		return be_generation(atoi(argv[2]), argc > 3 ? atoi(argv[3]) : 0);
	CHECK_IS(in_child(become_exit), STATUS_EXIT(7));
	CHECK_IS(in_child(become_by_path), STATUS_EXIT(8));
	CHECK_IS(in_child(become_by_search), STATUS_EXIT(9));
	CHECK_IS(in_child(search_elsewhere), STATUS_EXIT(10));
	CHECK_IS(in_child(become_without_arguments), 0);
	CHECK_IS(in_child(become_with_environment), 0);
	CHECK_IS(in_child(become_many), STATUS_EXIT(42));
	CHECK_IS(in_child(become_in_thread), STATUS_EXIT(42));
	CHECK_IS(in_child(become_with_state), 0);
	check_buffers();
	check_errors();
	check_window_string();
	CHECK_IS(test_run("/bin/true", NULL, NULL), 0);
	CHECK_IS(spawnve("true", NULL, no_environment) > 0 && wait(NULL) > 0, 1);
	return test_end("exec");
}
