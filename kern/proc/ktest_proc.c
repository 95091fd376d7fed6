/* kern/proc/ktest_proc.c: kernel tests of processes: what spawn takes it gives back, also when it fails. (lab 3) */
#include <proc/proc.h>
#include <core/core.h>
#include <elf.h>
#include <error.h>
#include <string.h>

static const struct arguments arguments = { .argc = 1, .bytes = 5, .strings = "true" };

TEST(proc_spawn_and_exit_return_every_frame)
{
	uint32_t before = frames_free;
	int first = proc_spawn(NULL, "true", &arguments), second = proc_spawn(NULL, "true", &arguments);
	CHECK(first > 0 && second > 0 && first != second);
	CHECK(proc_find(first) && proc_find(first)->pid == first && strcmp(proc_find(first)->name, "true") == 0);
	CHECK(frame_audit() == 0);
	proc_exit(proc_find(first), 0);
	CHECK(proc_find(first) == NULL && proc_find(second) != NULL);
	proc_exit(proc_find(second), 0);
	CHECK(frames_free == before && frame_audit() == 0);
}

/* Every allocation fails once, one after the other, until there is none left to fail. */
TEST(proc_spawn_fails_without_a_trace)
{
	uint32_t before = frames_free, n;
	int pid = 0;
	for (n = 1; n < 100 && pid <= 0; n++) {
		frame_fail_after = n;
		pid = proc_spawn(NULL, "true", &arguments);
		if (pid > 0)
			break;
		CHECK(pid == -ENOMEM && frames_free == before && frame_audit() == 0);
	}
	frame_fail_after = 0;
	CHECK(pid > 0 && n > 4); /* directory, tables, stack, structures */
	if (pid > 0)
		proc_exit(proc_find(pid), 0);
	CHECK(frames_free == before);
}

TEST(proc_spawn_unknown_and_too_long)
{
	static char many[ARG_MAX + 8];
	struct arguments long_one = { .argc = 1, .bytes = sizeof(many), .strings = many };
	uint32_t before = frames_free;
	CHECK(proc_spawn(NULL, "no-such-program", &arguments) == -ENOENT);
	CHECK(proc_spawn(NULL, "", &arguments) == -ENOENT);
	memset(many, 'x', sizeof(many) - 1);
	CHECK(proc_spawn(NULL, "true", &long_one) == -E2BIG);
	CHECK(frames_free == before && frame_audit() == 0);
}

TEST(proc_as_many_as_there_can_be)
{
	uint32_t before = frames_free;
	int pid, count = 0;
	while ((pid = proc_spawn(NULL, "true", &arguments)) > 0)
		count++;
	CHECK(pid == -EAGAIN || pid == -ENOMEM);
	CHECK(count > 100 && frame_audit() == 0);
	for (struct proc *p = proc_next(NULL), *next; p; p = next) {
		next = proc_next(p);
		proc_exit(p, 0);
	}
	CHECK(proc_next(NULL) == NULL && frames_free == before);
}

/* A file with one thing wrong with it is not loaded; nothing of it stays. (test_elf.c has the whole table.) */
TEST(proc_broken_programs_are_not_loaded)
{
	static uint8_t image[8192] __attribute__((aligned(PAGE_SIZE)));
	const struct program *good = program_find("true");
	struct program broken = { .name = "broken", .start = image, .size = MIN(good->size, sizeof(image)) };
	struct elf_header *h = (struct elf_header *)image;
	uint32_t before = frames_free;
	struct proc p = { .pid = 0 };
	struct start start;

	CHECK(pmap_create(&p.pmap) == PMAP_OK);
	uint32_t empty = frames_free;
	for (int wrong = 0; wrong < 4; wrong++) {
		memcpy(image, good->start, broken.size);
		if (wrong == 0)
			h->magic++;
		if (wrong == 1)
			h->machine ^= 1;
		if (wrong == 2)
			h->entry = KERNEL_BASE + 0x100000;
		if (wrong == 3)
			broken.size = 60;
		CHECK(load_program(&p.pmap, &broken, &arguments, &start) == -ENOEXEC);
		CHECK(frames_free == empty);
	}
	pmap_destroy(&p.pmap);
	CHECK(frames_free == before);
}

/* An exec whose n-th allocation fails leaves the process as it was; one that succeeds, nothing of what it was. */
TEST(proc_exec_fails_without_a_trace)
{
	static const char strings[] = "true\0A=1";
	const struct arguments args = { .argc = 1, .envc = 1, .bytes = sizeof(strings), .strings = strings };
	uint32_t before = frames_free;
	struct proc *p = proc_find(proc_spawn(NULL, "true", &arguments));
	struct start start;
	int error = -1, other_error;
	CHECK(p != NULL);
	struct thread *t = p->threads;
	pmap_load(&p->pmap);
	CHECK(proc_exec(t, "no_such_program", &args, &start) == -ENOENT);
	uint32_t alone = frames_free, n;
	paddr_t directory = p->pmap.directory;
	for (n = 1; n < 100 && error; n++) {
		struct thread *other = thread_new(p, NULL, &other_error);
		CHECK(other && frames_free == alone);
		frame_fail_after = n;
		error = proc_exec(t, "false", &args, &start);
		if (!error)
			break;
		CHECK(error == -ENOMEM && frames_free == alone && frame_audit() == 0);
		CHECK(p->pmap.directory == directory && this_cpu()->pmap == &p->pmap && strcmp(p->name, "true") == 0);
		CHECK(p->threads == other && other->sibling == t);
		thread_end(other);
	}
	frame_fail_after = 0;
	CHECK(error == 0 && n > 4 && strcmp(p->name, "false") == 0 && frames_free == alone && frame_audit() == 0);
	CHECK(p->threads == t && !t->sibling && this_cpu()->pmap == &kernel_pmap && pmap_next(NULL) == &p->pmap);
	proc_exit(p, 0);
	CHECK(frames_free == before && pmap_next(NULL) == NULL);
}

/* A child by hand: each allocation fails once, in the making and in giving it pages; nothing is left of a try. */
TEST(proc_create_and_share_fail_without_a_trace)
{
	const vaddr_t area = 0x20000000, far = 0x40000000;
	uint32_t before = frames_free, n, held;
	struct proc *parent = proc_find(proc_spawn(NULL, "true", &arguments)), *child;
	struct thread *t = parent->threads;
	int pid = 0, error = -1;
	pmap_load(&parent->pmap);
	CHECK(pmap_map_demand(&parent->pmap, area, PROT_READ | PROT_WRITE) == PMAP_OK && fault_resolve(area, ACCESS_WRITE));
	uint32_t alone = frames_free;
	for (n = 1; n < 100 && pid <= 0; n++) {
		frame_fail_after = n;
		pid = proc_create(t);
		CHECK(pid > 0 || (pid == -ENOMEM && frames_free == alone && frame_audit() == 0));
	}
	frame_fail_after = 0;
	child = proc_find(pid);
	CHECK(child && child->threads->state == THREAD_NEW && child->parent == parent);
	held = frames_free;
	for (n = 1; n < 100 && error; n++) {
		frame_fail_after = n;
		error = page_share(child, far, area, PROT_READ | PROT_COPY);
		CHECK(!error || (error == -ENOMEM && frames_free == held && frame_audit() == 0));
	}
	frame_fail_after = 0;
	CHECK(n == 3 && frames_free == held - 1 && frame_audit() == 0); /* a table */
	CHECK(!pte_shared(pmap_entry(area)) && (pte_prot(pmap_entry(area)) & (PTE_COW | PROT_WRITE)) == PTE_COW);
	CHECK(!fault_resolve(area, ACCESS_WRITE)); /* it is the program's to copy */
	/* Protection makes it an ordinary private page again: the kernel copies at the first write. */
	CHECK(pmap_protect(&parent->pmap, area, PROT_READ | PROT_WRITE) == PMAP_OK && fault_resolve(area, ACCESS_WRITE));
	CHECK(frames_free == held - 2 && frame_audit() == 0);
	CHECK(page_share(parent, area + PAGE_SIZE, area, PROT_READ | PROT_WRITE) == 0 && pte_addr(vpt[VPN(area)]) == pte_addr(vpt[VPN(area) + 1]));
	CHECK(page_share(child, UPT_base, area, PROT_READ) == -EINVAL && page_share(child, PT_base, area, PROT_READ) == -EINVAL);
	CHECK(page_share(child, area, PT_base, PROT_READ) == -EINVAL && page_share(child, area, far, PROT_READ) == -EFAULT);
	CHECK(page_share(child, area, UTEXT, PROT_READ | PROT_WRITE) == -EACCES);
	pmap_load(&kernel_pmap);
	proc_exit(parent, 0); /* the held child goes, too */
	CHECK(!proc_find(pid) && frames_free == before && frame_audit() == 0);
}

/* Children of an ended process are nobody's, or the first process' if there is one. */
TEST(proc_orphans_are_adopted)
{
	struct proc *first = proc_find(proc_spawn(NULL, "true", &arguments));
	struct proc *parent = proc_find(proc_spawn(first, "true", &arguments));
	int running = proc_spawn(parent, "true", &arguments), ended = proc_spawn(parent, "true", &arguments), status;
	int pid = parent->pid;
	CHECK(proc_parent(proc_find(running)) == parent->pid && proc_parent(first) == 0);
	proc_exit(proc_find(ended), 3);
	CHECK(proc_find(ended) && proc_find(ended)->ended && !proc_find(ended)->threads);
	first->first = true;
	proc_exit(parent, STATUS_EXIT(1));
	CHECK(!proc_find(ended) && proc_parent(proc_find(running)) == first->pid);
	proc_exit(proc_find(running), 0);
	CHECK(!proc_find(running) && proc_reap(first, running, 0, &status) == -ECHILD);
	CHECK(proc_reap(first, -1, 0, &status) == pid && status == STATUS_EXIT(1));
	CHECK(proc_reap(first, -1, 0, &status) == -ECHILD);
	first->first = false;
	proc_exit(first, 0);
}

/* Each is found by its number, and, when any will do, in the order of their ends. */
TEST(proc_ended_children_are_found)
{
	struct proc *parent = proc_find(proc_spawn(NULL, "true", &arguments));
	int pid[5], status;
	for (int i = 0; i < 5; i++)
		pid[i] = proc_spawn(parent, "true", &arguments);
	CHECK(proc_reap(parent, -1, 0, &status) == 0 && proc_reap(parent, pid[2], 0, &status) == 0);
	static const int order[] = { 3, 0, 4, 1 };
	for (int i = 0; i < 4; i++)
		proc_exit(proc_find(pid[order[i]]), STATUS_EXIT(order[i]));
	CHECK(proc_reap(parent, pid[4], 0, &status) == pid[4] && status == STATUS_EXIT(4));
	CHECK(proc_reap(parent, pid[4], 0, &status) == -ECHILD);
	CHECK(proc_reap(parent, -1, 0, &status) == pid[3] && proc_reap(parent, -1, 0, &status) == pid[0]);
	CHECK(proc_reap(parent, pid[1], 0, &status) == pid[1] && proc_reap(parent, -1, 0, &status) == 0);
	proc_exit(proc_find(pid[2]), 0);
	CHECK(proc_reap(parent, -1, 0, &status) == pid[2] && proc_reap(parent, -1, 0, &status) == -ECHILD);
	proc_exit(parent, 0);
}

/* A fork whose n-th allocation fails leaves neither a child nor a frame. */
TEST(proc_fork_fails_without_a_trace)
{
	uint32_t before = frames_free;
	struct proc *parent = proc_find(proc_spawn(NULL, "true", &arguments));
	int pid = 0;
	CHECK(parent != NULL);
	pmap_load(&parent->pmap);
	uint32_t alone = frames_free, n;
	for (n = 1; n < 100 && pid <= 0; n++) {
		frame_fail_after = n;
		pid = proc_fork(parent->threads);
		CHECK(pid > 0 || (pid == -ENOMEM && frames_free == alone && frame_audit() == 0));
	}
	frame_fail_after = 0;
	CHECK(pid > 0 && n > 3 && frame_audit() == 0);
	CHECK(parent->pmap.directory != proc_find(pid)->pmap.directory);
	pmap_load(&kernel_pmap);
	proc_exit(proc_find(pid), 0);
	proc_exit(parent, 0);
	CHECK(frames_free == before && frame_audit() == 0);
}
