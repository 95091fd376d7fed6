/* kern/mem/frame.c: the physical frame allocator: one record a frame, and a list of the free ones. (lab 2) */
#include <mem/frame.h>
#include <core/core.h>
#include <string.h>

struct frame *frames;
uint32_t frame_count, frames_free, frames_usable;
uint32_t frame_fail_after;

/* Two lists of free frames: those known to be all zero, from which tables come at no cost, and the others. */
static uint32_t free_clean, free_dirty;

#define POISON 0xDEADF4A3u /* debug builds: what a free frame holds, so that a use after the free shows */

bool frame_known(paddr_t pa)
{
	return (pa >> PAGE_SHIFT) < frame_count;
}

struct frame *frame_of(paddr_t pa)
{
	if (!frame_known(pa))
		panic("frame 0x%08x: not a frame of ours (there are %u)", pa, frame_count);
	return &frames[pa >> PAGE_SHIFT];
}

#ifdef DEBUG
static void fill(paddr_t pa, uint32_t word)
{
	uint32_t *p = frame_ptr(pa);
	for (unsigned i = 0; i < PAGE_SIZE / 4; i++)
		p[i] = word;
}

static void verify(paddr_t pa, uint32_t word)
{
	const uint32_t *p = frame_ptr(pa);
	for (unsigned i = 0; i < PAGE_SIZE / 4; i++)
		if (p[i] != word)
			panic("frame 0x%08x: written after it was freed: word %u holds 0x%08x, not 0x%08x", pa, i, p[i], word);
}
#else
static void fill(paddr_t pa, uint32_t word) { }
static void verify(paddr_t pa, uint32_t word) { }
#endif

static void release(struct frame *f, bool clean)
{
	uint32_t number = f - frames;
	uint32_t *list = clean ? &free_clean : &free_dirty;

	if (clean)
		verify(number << PAGE_SHIFT, 0);
	else
		fill(number << PAGE_SHIFT, POISON);
	f->refs = 0;
	f->kind = FRAME_FREE;
	f->mark = clean;
	f->next = *list;
	*list = number;
	frames_free++;
}

/* Take the first frame of one list; the other one serves when it is empty. */
static struct frame *take(uint32_t *first, uint32_t *second, enum frame_kind kind)
{
	if (frame_fail_after && --frame_fail_after == 0)
		return NULL;
	uint32_t *list = *first ? first : second;
	if (*list == 0)
		return NULL;
	struct frame *f = &frames[*list];
	verify(*list << PAGE_SHIFT, f->mark ? 0 : POISON);
	*list = f->next;
	frames_free--;
	f->refs = 1;
	f->kind = kind;
	f->next = 0;
	return f;
}

paddr_t frame_alloc(enum frame_kind kind)
{
	struct frame *f = take(&free_dirty, &free_clean, kind);
	if (!f)
		return 0;
	f->mark = 0;
	return (paddr_t)(f - frames) << PAGE_SHIFT;
}

paddr_t frame_alloc_zero(enum frame_kind kind)
{
	struct frame *f = take(&free_clean, &free_dirty, kind);
	if (!f)
		return 0;
	paddr_t pa = (paddr_t)(f - frames) << PAGE_SHIFT;
	if (!f->mark)
		page_zero(frame_ptr(pa));
	f->mark = 0;
	return pa;
}

void frame_ref(paddr_t pa)
{
	struct frame *f = frame_of(pa);
	if (f->refs == 0 || f->refs == UINT16_MAX)
		panic("frame 0x%08x: one more owner for a frame that has %u", pa, f->refs);
	f->refs++;
}

void frame_unref(paddr_t pa)
{
	struct frame *f = frame_of(pa);
	if (f->refs == 0)
		panic("frame 0x%08x: freed twice", pa);
	if (f->refs == 1 && f->kind == FRAME_RESERVED)
		panic("frame 0x%08x: freed, but it was never handed out (reserved)", pa);
	if (--f->refs == 0)
		release(f, false);
}

void frame_free_clean(paddr_t pa)
{
	struct frame *f = frame_of(pa);
	if (f->refs != 1 || f->kind == FRAME_RESERVED)
		panic("frame 0x%08x: freed as its only owner's, but it has %u (kind %u)", pa, f->refs, f->kind);
	release(f, true);
}

/* The end of the memory that the kernel uses: all RAM that the direct map reaches. */
static uint32_t memory_end(const struct bootinfo *info)
{
	uint64_t end = 0;
	for (uint32_t i = 0; i < info->range_count; i++)
		if (info->ranges[i].kind == BOOT_USABLE && info->ranges[i].start < DIRECT_MAX)
			end = MAX(end, MIN(info->ranges[i].end, (uint64_t)DIRECT_MAX));
	return ROUND_DOWN((uint32_t)end, PAGE_SIZE);
}

/* Does any range of this sort touch [start, end)? If so, *past is where it ends. */
static bool touches(const struct bootinfo *info, bool usable, uint64_t start, uint64_t end, uint64_t *past)
{
	for (uint32_t i = 0; i < info->range_count; i++) {
		const struct boot_range *r = &info->ranges[i];
		if ((r->kind == BOOT_USABLE) == usable && r->start < end && start < r->end) {
			*past = r->end;
			return true;
		}
	}
	return false;
}

static bool inside_usable(const struct bootinfo *info, uint64_t start, uint64_t end)
{
	for (uint32_t i = 0; i < info->range_count; i++) {
		const struct boot_range *r = &info->ranges[i];
		if (r->kind == BOOT_USABLE && r->start <= start && end <= r->end)
			return true;
	}
	return false;
}

/* The first place, counting upwards from the kernel, that holds the array: in usable memory, nobody else's. */
static uint32_t place_array(const struct bootinfo *info, uint32_t bytes, uint32_t end)
{
	uint64_t at = 0, past;
	for (uint32_t i = 0; i < info->range_count; i++)
		if (info->ranges[i].kind == BOOT_KERNEL)
			at = MAX(at, info->ranges[i].end);
	at = ROUND_UP(at, (uint64_t)PAGE_SIZE);
	while (at + bytes <= end) {
		if (touches(info, false, at, at + bytes, &past))
			at = ROUND_UP(past, (uint64_t)PAGE_SIZE);
		else if (inside_usable(info, at, at + bytes))
			return at;
		else
			at += PAGE_SIZE;
	}
	panic("too little memory: no room for the %u frame records after the kernel", end >> PAGE_SHIFT);
}

/* RAM that the direct map does not reach is named, so that nobody looks for it. */
static void name_unused(const struct bootinfo *info)
{
	for (uint32_t i = 0; i < info->range_count; i++) {
		const struct boot_range *r = &info->ranges[i];
		uint64_t start = MAX(r->start, (uint64_t)DIRECT_MAX);
		if (r->kind == BOOT_USABLE && r->end > start)
			printf("memory: %u MB at physical 0x%08llx stay unused: the direct map does not reach them\n",
			       (unsigned)((r->end - start) >> 20), (unsigned long long)start);
	}
}

void frame_init(const struct bootinfo *info)
{
	uint32_t end = memory_end(info);
	frame_count = end >> PAGE_SHIFT;
	uint32_t bytes = ROUND_UP(frame_count * sizeof(struct frame), PAGE_SIZE);
	uint32_t array = place_array(info, bytes, end);
	uint64_t past;

	frames = frame_ptr(array);
	free_clean = free_dirty = frames_free = 0;
	/* From the top down, so that the list hands out low frames first. Frame 0 means "none": it stays reserved. */
	for (uint32_t n = frame_count; n-- > 0;) {
		uint64_t start = (uint64_t)n << PAGE_SHIFT;
		struct frame *f = &frames[n];
		*f = (struct frame){ .refs = 1, .kind = FRAME_RESERVED };
		if (n != 0 && inside_usable(info, start, start + PAGE_SIZE) &&
		    !touches(info, false, start, start + PAGE_SIZE, &past) && (start < array || start >= array + bytes))
			release(f, false);
	}
	frames_usable = frames_free;
	name_unused(info);
}
