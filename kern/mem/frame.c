/* kern/mem/frame.c: the physical frame allocator: one record a frame, and a list of the free ones. (lab 2) */
#include <mem/frame.h>
#include <core/core.h>
#include <string.h>

struct frame *frames;
uint32_t frame_count, frames_free, frames_usable;
uint32_t frame_fail_after;

/*
 * Lists of free frames, low and [1] high. In each, [1]: those known to be all zero, from which tables come at no cost,
 * [0] the others.
 */
static uint32_t free_lists[2][2];
static uint32_t high_free; /* how many are in free_lists[1] */

bool frame_known(paddr_t pa)
{
	return frame_number(pa) < frame_count && (pa < RAM_LOW_END || frame_high(pa));
}

struct frame *frame_of(paddr_t pa)
{
	if (!frame_known(pa))
		panic("frame 0x%08x: not a frame of ours (there are %u)", pa, frame_count);
	return &frames[frame_number(pa)];
}

/* [helpers of lab 2] Your own functions for this file. */
/* [end of helpers] */

/* The frame has no owner: it is free, and on its list. clean: it is all zero. */
static void release(struct frame *f, bool clean)
{
	uint32_t number = f - frames;
	paddr_t pa = frame_at(f - frames);
	uint32_t *list = &free_lists[frame_high(pa)][clean];

	frame_poison(pa, clean);
	/*
	 * [lab 2.2, 3 points] It becomes the first of *list; frame.h says what the record of a free frame holds. Two
	 * numbers count the free frames: frames_free all of them, high_free those for which frame_high(pa) is true.
	 */
	f->refs = 0;
	f->kind = FRAME_FREE;
	f->mark = clean;
	f->next = *list;
	*list = number;
	high_free += frame_high(pa);
	frames_free++;
	/* [end of lab 2.2] */
}

/* Take the first frame of one list; the others serve when it is empty. Its number, 0 when there is none. */
static inline uint32_t take(bool clean, enum frame_kind kind, bool *was_clean)
{
	if (frame_fail_after && --frame_fail_after == 0)
		return 0;
	bool high = RAM_HIGH_START != 0 && high_free != 0 && kind == FRAME_USER;
	uint32_t *lists = free_lists[high];
	uint32_t *list = lists[clean] ? &lists[clean] : &lists[!clean], number = *list;
	if (number == 0)
		return 0;
	struct frame *f = &frames[number];
	frame_verify(frame_at(number), f->mark);
	/*
	 * [lab 2.2, 3 points] f leaves *list, and its record begins anew: one owner, this kind, and nothing of what it
	 * said as a free frame. *was_clean: was it known to be all zero? Mind the two counts. The result is number.
	 */
	*was_clean = f->mark;
	*list = f->next;
	if (high)
		high_free--;
	frames_free--;
	*f = (struct frame){ .refs = 1, .kind = kind };
	return number;
	/* [end of lab 2.2] */
}

paddr_t frame_alloc(enum frame_kind kind)
{
	bool clean;
	uint32_t number = take(false, kind, &clean);
	return number ? frame_at(number) : 0;
}

paddr_t frame_alloc_zero(enum frame_kind kind)
{
	/*
	 * [lab 2.2, 2 points] The contract is in frame.h. A frame that take() says is clean costs nothing more; of any
	 * other the kernel reaches the words at frame_ptr(pa), and page_zero() of the machine is the fastest way to
	 * clear them.
	 */
	bool clean;
	uint32_t number = take(true, kind, &clean);
	if (!number)
		return 0;
	paddr_t pa = frame_at(number);
	if (!clean)
		page_zero(frame_ptr(pa));
	return pa;
	/* [end of lab 2.2] */
}

bool frame_ref(paddr_t pa)
{
	struct frame *f = frame_of(pa);
	/*
	 * [lab 2.2, 2 points] A free frame can't get an owner this way: panic, with a sentence that names pa. A frame
	 * that has as many owners as its record can count keeps them; the caller hears of it.
	 */
	if (f->refs == 0)
		panic("frame 0x%08x: one more owner for a frame that is free", pa);
	if (f->refs == UINT16_MAX)
		return false;
	f->refs++;
	return true;
	/* [end of lab 2.2] */
}

void frame_unref(paddr_t pa)
{
	struct frame *f = frame_of(pa);
	/*
	 * [lab 2.2, 2 points] What must not happen is a panic that names pa: a frame freed twice; the last owner of a
	 * reserved one gone. Who knows what the last owner has left in the frame?
	 */
	if (f->refs == 0)
		panic("frame 0x%08x: freed twice", pa);
	if (f->refs == 1 && f->kind == FRAME_RESERVED)
		panic("frame 0x%08x: freed, but it was never handed out (reserved)", pa);
	if (--f->refs == 0)
		release(f, false);
	/* [end of lab 2.2] */
}

void frame_free_clean(paddr_t pa)
{
	struct frame *f = frame_of(pa);
	/*
	 * [lab 2.2, 1 point] As frame_unref(), but the frame is known to be all zero. A caller who is not its only
	 * owner can't promise that: panic.
	 */
	if (f->refs != 1 || f->kind == FRAME_RESERVED)
		panic("frame 0x%08x: freed as its only owner's, but it has %u (kind %u)", pa, f->refs, f->kind);
	release(f, true);
	/* [end of lab 2.2] */
}

/* Where the kernel reaches RAM: the rest stays unused. */
static const struct { uint64_t start, end; } reach[] = { { 0, RAM_LOW_END }, { RAM_HIGH_START, RAM_HIGH_END } };

/* How many frames there are up to the last that is RAM and within reach. */
static uint32_t count_frames(const struct bootinfo *info)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < info->range_count; i++)
		for (unsigned r = 0; r < ARRAY_LEN(reach) && info->ranges[i].kind == BOOT_USABLE; r++) {
			uint64_t start = MAX(info->ranges[i].start, reach[r].start);
			uint64_t end = ROUND_DOWN(MIN(info->ranges[i].end, reach[r].end), (uint64_t)PAGE_SIZE);
			if (start < end)
				count = MAX(count, frame_number(end - PAGE_SIZE) + 1);
		}
	return count;
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

/* RAM out of reach is named, so that nobody looks for it. */
static void name_unused(const struct bootinfo *info)
{
	for (uint32_t i = 0; i < info->range_count; i++) {
		uint64_t start = info->ranges[i].start, end = info->ranges[i].end;
		for (unsigned r = 0; r < ARRAY_LEN(reach); r++)
			if (reach[r].start <= start && start < reach[r].end)
				start = reach[r].end;
		if (info->ranges[i].kind != BOOT_USABLE || start >= end)
			continue;
		bool small = end - start < 1 << 20;
		printf("memory: %u %s at physical 0x%08llx stay unused: the kernel uses %u MB at most\n",
		       (unsigned)((end - start) >> (small ? 10 : 20)), small ? "KB" : "MB", (unsigned long long)start,
		       DIRECT_MAX >> 20);
	}
}

/* Is the frame RAM, and nobody's? */
static bool available(const struct bootinfo *info, paddr_t pa)
{
	uint64_t start = pa, end = start + PAGE_SIZE, past;
	return inside_usable(info, start, end) && !touches(info, false, start, end, &past);
}

void frame_init(const struct bootinfo *info)
{
	frame_count = count_frames(info);
	uint32_t bytes = ROUND_UP(frame_count * sizeof(struct frame), PAGE_SIZE);
	uint32_t low = MIN(frame_count, RAM_LOW_END >> PAGE_SHIFT);
	uint32_t array = place_array(info, bytes, low << PAGE_SHIFT);

	frames = frame_ptr(array);
	memset(free_lists, 0, sizeof(free_lists));
	frames_free = high_free = 0;
	/* From the top down, so that the list hands out low frames first. Frame 0 means "none": it stays reserved. */
	for (uint32_t n = frame_count; n-- > 0;) {
		paddr_t pa = frame_at(n);
		frames[n] = (struct frame){ .refs = 1, .kind = FRAME_RESERVED };
		/*
		 * [lab 2.2, 2 points] Every frame begins as reserved. Release those that are RAM and nobody's:
		 * available() knows what the firmware and the boot loader have said; it does not know of the array of
		 * records itself, which fills bytes from physical address array on. Frame 0 stays reserved, and so do
		 * those from number low on: frame_init_high() releases them.
		 */
		if (n != 0 && n < low && (pa < array || pa >= array + bytes) && available(info, pa))
			release(&frames[n], false);
		/* [end of lab 2.2] */
	}
	frames_usable = frames_free;
	name_unused(info);
}

void frame_init_high(const struct bootinfo *info)
{
	for (uint32_t n = frame_count; n-- > RAM_LOW_END >> PAGE_SHIFT;)
		if (available(info, frame_at(n)))
			release(frames + n, false);
	frames_usable = frames_free;
}
