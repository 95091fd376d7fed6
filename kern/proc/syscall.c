/* kern/proc/syscall.c: the system calls: one small function each, and the table that entry.S jumps through. (lab 3) */
#include <proc/proc.h>
#include <core/core.h>
#include <error.h>
#include <string.h>

typedef uint32_t u32;

static struct thread *current(void)
{
	return this_cpu()->current;
}

static long sys_exit(u32 status, u32 b, u32 c, u32 d)
{
	proc_exit(current()->proc, STATUS_EXIT(status));
	return 0;
}

static long sys_getpid(u32 a, u32 b, u32 c, u32 d)
{
	return current()->proc->pid;
}

static long sys_write(u32 fd, u32 from, u32 n, u32 d)
{
	char part[128];
	u32 done = 0;
	if (fd != 1 && fd != 2)
		return -EBADF;
	n = MIN(n, WRITE_MAX); /* interrupts are off: the machine is not to stand still for a megabyte */
	while (done < n) {
		u32 count = MIN(n - done, sizeof(part));
		if (copyin(part, from + done, count))
			return done ? (long)done : -EFAULT;
		for (u32 i = 0; i < count; i++)
			console_putc(part[i]);
		done += count;
	}
	return done;
}

static struct wait_queue readers;

void console_wake(void)
{
	wait_queue_wake(&readers);
}

static bool finish_read(struct thread *t)
{
	char line[256];
	if (!console_line_ready()) {
		wait_queue_add(&readers, t);
		sched_wait(t, "console", finish_read);
		return false;
	}
	/* The buffer was good when the call began, but that may be long ago: nothing is taken off the line before this. */
	u32 n = MIN(t->args[1], sizeof(line));
	if (!copy_writable(t->args[0], n)) {
		tf_set_result(&t->tf, -EFAULT);
		return true;
	}
	n = console_read(line, n);
	copyout(t->args[0], line, n);
	tf_set_result(&t->tf, n);
	return true;
}

static long sys_read(u32 fd, u32 to, u32 n, u32 d)
{
	struct thread *t = current();
	if (fd != 0)
		return -EBADF;
	if (n == 0)
		return 0;
	if (!copy_writable(to, MIN(n, 256u)))
		return -EFAULT;
	t->args[0] = to;
	t->args[1] = n;
	if (finish_read(t))
		return tf_result(&t->tf);
	return 0;
}

/* The strings that argv names, packed into a buffer that lasts until the next call; argc, or a negated error. */
static char strings[ARG_MAX];

static long copyin_arguments(u32 argv, struct arguments *args)
{
	args->argc = 0;
	args->bytes = 0;
	args->strings = strings;
	for (;; argv += 4) {
		u32 s;
		if (argv % 4 || copyin(&s, argv, sizeof(s)))
			return -EFAULT;
		if (s == 0)
			return 0;
		long length = copyin_string(strings + args->bytes, s, sizeof(strings) - args->bytes);
		if (length < 0)
			return length;
		args->bytes += length + 1;
		args->argc++;
	}
}

static long sys_spawn(u32 name_at, u32 argv, u32 c, u32 d)
{
	char name[32];
	struct arguments args = { .argc = 1, .strings = name };
	long error = copyin_string(name, name_at, sizeof(name));
	if (error < 0)
		return error == -E2BIG ? -ENOENT : error; /* no program has so long a name */
	args.bytes = error + 1;
	if (argv && (error = copyin_arguments(argv, &args)) < 0)
		return error;
	return proc_spawn(current()->proc, name, &args);
}

static bool finish_wait(struct thread *t)
{
	int status;
	int pid = t->args[0];
	/* Before the child is buried: its status must not be lost to a bad pointer. */
	if (t->args[1] && !copy_writable(t->args[1], sizeof(status))) {
		tf_set_result(&t->tf, -EFAULT);
		return true;
	}
	int found = proc_reap(t->proc, pid, &status);
	if (found == 0 && !(t->args[2] & WNOHANG)) {
		wait_queue_add(&t->proc->waiters, t);
		sched_wait(t, "child", finish_wait);
		return false;
	}
	if (found > 0 && t->args[1])
		copyout(t->args[1], &status, sizeof(status));
	tf_set_result(&t->tf, found);
	return true;
}

static long sys_wait(u32 pid, u32 status, u32 options, u32 d)
{
	struct thread *t = current();
	if (((int)pid < 1 && (int)pid != -1) || (options & ~WNOHANG))
		return -EINVAL;
	t->args[0] = pid;
	t->args[1] = status;
	t->args[2] = options;
	return finish_wait(t) ? tf_result(&t->tf) : 0;
}

static long sys_sleep(u32 milliseconds, u32 b, u32 c, u32 d)
{
	/* Rounded up, and one more: the tick that is running has partly gone by. */
	u32 duration = milliseconds / (1000 / CLOCK_HZ) + (milliseconds % (1000 / CLOCK_HZ) != 0) + 1;
	if (milliseconds == 0)
		return sys_yield(0, 0, 0, 0);
	sched_sleep(current(), duration);
	return 0;
}

/* The pages of [va, va + bytes): how many, or a negated error. */
static long page_range(u32 va, u32 bytes, u32 prot)
{
	if (va % PAGE_SIZE || bytes == 0 || (prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC)))
		return -EINVAL;
	if (va < PAGE_SIZE || bytes > UTOP || va > UTOP - bytes)
		return -EINVAL;
	return (bytes + PAGE_SIZE - 1) / PAGE_SIZE;
}

static long error_of(enum pmap_error e)
{
	static const int errors[] = { 0, -EINVAL, -EEXIST, -ENOENT, -ENOMEM };
	return errors[e];
}

static unsigned readable(u32 prot)
{
	return prot ? prot | PROT_READ : PROT_NONE; /* no machine here can keep them apart */
}

static long sys_page_map(u32 va, u32 bytes, u32 prot, u32 d)
{
	struct pmap *pmap = &current()->proc->pmap;
	long pages = page_range(va, bytes, prot);
	enum pmap_error e = PMAP_OK;
	long done = 0;
	for (; done < pages && !e; done++)
		e = pmap_map_demand(pmap, va + done * PAGE_SIZE, readable(prot));
	if (!e)
		return MIN(pages, 0);
	/* All or nothing: the last one failed, those before it go again. */
	for (done--; done-- > 0;)
		pmap_unmap(pmap, va + done * PAGE_SIZE, NULL);
	return error_of(e);
}

/* Is something mapped at every page? */
static bool all_there(struct pmap *pmap, u32 va, long pages)
{
	for (long i = 0; i < pages; i++) {
		volatile pte_t *pte = pmap_lookup(pmap, va + i * PAGE_SIZE);
		if (!pte || pte_empty(*pte))
			return false;
	}
	return true;
}

static long sys_page_unmap(u32 va, u32 bytes, u32 c, u32 d)
{
	struct pmap *pmap = &current()->proc->pmap;
	long pages = page_range(va, bytes, 0);
	if (pages > 0 && !all_there(pmap, va, pages))
		return -ENOENT;
	for (long i = 0; i < pages; i++)
		pmap_unmap(pmap, va + i * PAGE_SIZE, NULL);
	return MIN(pages, 0);
}

static long sys_page_protect(u32 va, u32 bytes, u32 prot, u32 d)
{
	struct pmap *pmap = &current()->proc->pmap;
	long pages = page_range(va, bytes, prot);
	if (pages > 0 && !all_there(pmap, va, pages))
		return -ENOENT;
	for (long i = 0; i < pages; i++)
		pmap_protect(pmap, va + i * PAGE_SIZE, readable(prot));
	return MIN(pages, 0);
}

static long sys_poweroff(u32 status, u32 b, u32 c, u32 d)
{
	machine_poweroff(status & 0xff);
}

static long sys_program(u32 index, u32 name, u32 n, u32 d)
{
	if (index >= program_count)
		return -ENOENT;
	u32 length = strlen(programs[index].name);
	if (n <= length)
		return -EINVAL;
	return copyout(name, programs[index].name, length + 1) ? -EFAULT : (long)length;
}

long fork_current(void)
{
	return proc_fork(current());
}

const syscall_fn syscall_table[SYSCALL_COUNT] = {
#define SYSCALL_ENTRY(number, name) [number] = sys_##name,
	SYSCALL_LIST(SYSCALL_ENTRY)
#undef SYSCALL_ENTRY
};
