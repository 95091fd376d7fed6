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
		pmap_open_alt(&p.pmap);
		CHECK(load_program(&p, &broken, &arguments) == ENOEXEC);
		pmap_close_alt();
		CHECK(frames_free == empty);
	}
	pmap_destroy(&p.pmap);
	CHECK(frames_free == before);
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
