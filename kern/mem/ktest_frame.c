/* kern/mem/ktest_frame.c: kernel tests of the frame allocator. (lab 2) */
#include <mem/pmap.h>
#include <mem/pool.h>
#include <core/core.h>
#include <string.h>

TEST(frame_alloc_and_free)
{
	uint32_t before = frames_free;
	paddr_t a = frame_alloc(FRAME_USER), b = frame_alloc(FRAME_USER);
	CHECK(a && b && a != b && a % PAGE_SIZE == 0);
	CHECK(frames_free == before - 2);
	CHECK(frame_of(a)->refs == 1 && frame_of(a)->kind == FRAME_USER);
	frame_ref(a);
	frame_unref(a);
	CHECK(frame_of(a)->refs == 1 && frames_free == before - 2);
	frame_unref(a);
	frame_unref(b);
	CHECK(frame_of(a)->kind == FRAME_FREE && frames_free == before);
}

static bool is_zero(paddr_t pa)
{
	const uint32_t *p = frame_ptr(pa);
	for (unsigned i = 0; i < PAGE_SIZE / 4; i++)
		if (p[i])
			return false;
	return true;
}

TEST(frame_zero_after_dirty_use)
{
	paddr_t a = frame_alloc(FRAME_USER);
	memset(frame_ptr(a), 0x5a, PAGE_SIZE);
	frame_unref(a);
	for (int i = 0; i < 4; i++) {
		paddr_t b = frame_alloc_zero(FRAME_TABLE);
		CHECK(is_zero(b));
		memset(frame_ptr(b), 0xa5, PAGE_SIZE);
		frame_unref(b);
	}
}

TEST(frame_clean_ones_come_back_zero)
{
	paddr_t a = frame_alloc_zero(FRAME_TABLE);
	frame_free_clean(a);
	paddr_t b = frame_alloc_zero(FRAME_TABLE);
	CHECK(a == b && is_zero(b) && frame_of(b)->used == 0);
	frame_free_clean(b);
}

TEST(frame_all_of_them)
{
	uint32_t before = frames_free, got = 0;
	paddr_t list = 0, pa;
	while ((pa = frame_alloc(FRAME_USER))) { /* each frame holds the address of the one before */
		*(paddr_t *)frame_ptr(pa) = list;
		list = pa;
		got++;
	}
	CHECK(got == before && frames_free == 0);
	CHECK(frame_alloc_zero(FRAME_TABLE) == 0);
	for (; list; list = pa) {
		pa = *(paddr_t *)frame_ptr(list);
		frame_unref(list);
	}
	CHECK(frames_free == before && frame_audit() == 0);
}

TEST(frame_failure_on_demand)
{
	uint32_t before = frames_free;
	frame_fail_after = 2;
	paddr_t a = frame_alloc(FRAME_USER);
	CHECK(a != 0 && frame_alloc(FRAME_USER) == 0);
	frame_fail_after = 0;
	frame_unref(a);
	CHECK(frames_free == before);
}

TEST(pool_gives_its_frames_back)
{
	static struct pool pool = { .size = 200 };
	void *objects[60];
	uint32_t before = frames_free;
	for (unsigned i = 0; i < ARRAY_LEN(objects); i++) {
		objects[i] = pool_alloc(&pool);
		CHECK(objects[i] != NULL && *(uint32_t *)objects[i] == 0);
		memset(objects[i], 0x77, pool.size);
	}
	CHECK(before - frames_free == 3); /* 20 to a page */
	for (unsigned i = 0; i < ARRAY_LEN(objects); i += 2)
		pool_free(&pool, objects[i]);
	for (unsigned i = 1; i < ARRAY_LEN(objects); i += 2)
		pool_free(&pool, objects[i]);
	CHECK(frames_free == before && pool.partial == NULL);
}
