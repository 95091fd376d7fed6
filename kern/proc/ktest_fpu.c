/* kern/proc/ktest_fpu.c: kernel tests of the floating-point unit: its registers are their thread's, and no one else's. (lab 3) */
#include <proc/proc.h>
#include <core/core.h>
#include <string.h>

static const struct arguments arguments = { .argc = 1, .bytes = 5, .strings = "true" };
static struct thread *a, *b;
static uint32_t before;

static void begin(void)
{
	before = frames_free;
	a = proc_find(proc_spawn(NULL, "true", &arguments))->threads;
	b = proc_find(proc_spawn(NULL, "true", &arguments))->threads;
}

/* Whoever has not ended yet. */
static void end(void)
{
	for (struct proc *p = proc_next(NULL), *next; p; p = next) {
		next = proc_next(p);
		proc_exit(p, 0);
	}
	CHECK(frames_free == before && frame_audit() == 0);
}

static struct fpu_state unit(void)
{
	struct fpu_state s;
	memset(&s, 0, sizeof(s)); /* the CPU leaves parts of it alone */
	fpu_save(&s);
	return s;
}

/* A pattern in all registers. What is there then, as far as the CPU keeps it. */
static struct fpu_state plant(uint32_t seed)
{
	struct fpu_state s;
	fpu_fresh(&s);
	uint8_t *bytes = (uint8_t *)s.registers;
	for (unsigned i = 0; i < MIN(256, sizeof(s.registers)); i++)
		bytes[i] = seed += 37;
	fpu_load(&s);
	return unit();
}

static bool same(struct fpu_state x, struct fpu_state y)
{
	return memcmp(&x, &y, sizeof(x)) == 0;
}

TEST(fpu_registers_are_their_threads)
{
	begin();
	fpu_wanted(a);
	struct fpu_state fresh = unit(), of_a = plant(1);
	CHECK(!same(fresh, of_a));
	fpu_wanted(b);
	CHECK(same(unit(), fresh));
	struct fpu_state of_b = plant(2);
	CHECK(!same(of_a, of_b));
	for (unsigned i = 0; i < 3; i++) {
		fpu_wanted(a);
		CHECK(same(unit(), of_a));
		fpu_wanted(a);
		CHECK(same(unit(), of_a));
		fpu_wanted(b);
		CHECK(same(unit(), of_b));
	}
	proc_exit(b->proc, 0); /* the unit's owner */
	fpu_wanted(a);
	CHECK(same(unit(), of_a));
	fpu_drop(a);
	fpu_wanted(a);
	CHECK(same(unit(), fresh));
	end();
}

/* The child begins with what the parent has at that moment, whether that is in the unit or saved. */
TEST(fpu_fork_copies)
{
	begin();
	CHECK(fpu_fork(b, a) && b->fpu == NULL); /* nothing to copy */
	fpu_wanted(a);
	struct fpu_state of_a = plant(1);
	CHECK(fpu_fork(b, a));
	plant(3);
	fpu_wanted(b);
	CHECK(same(unit(), of_a));
	end();
}

TEST(fpu_contexts_are_made_harmless)
{
	begin();
	pmap_load(a->pmap);
	vaddr_t va = UTOP - PAGE_SIZE;
	CHECK(fpu_context_size(a) == 0 && fpu_save_to(a, va) == 0);
	fpu_wanted(a);
	CHECK(fpu_context_size(a) == sizeof(struct fpu_state));
	struct fpu_state fresh = unit(), of_a = plant(1);
	CHECK(fpu_save_to(a, va) == 0 && fpu_save_to(a, KERNEL_BASE) < 0);
	fpu_wanted(a);
	CHECK(same(unit(), fresh));
	CHECK(fpu_restore_from(a, va) == 0);
	fpu_wanted(a);
	CHECK(same(unit(), of_a));
	static struct fpu_state bad; /* all ones: no CPU has all those bits */
	memset(&bad, 0xff, sizeof(bad));
	CHECK(copyout(va, &bad, sizeof(bad)) == 0 && fpu_restore_from(a, va) == 0);
	fpu_wanted(a);
	CHECK(fpu_restore_from(a, KERNEL_BASE) < 0);
	fpu_wanted(a);
	CHECK(same(unit(), fresh));
	CHECK(fpu_restore_from(a, 0) == 0 && fpu_context_size(a) == 0);
	pmap_load(&kernel_pmap);
	end();
}
