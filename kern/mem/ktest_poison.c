/* kern/mem/ktest_poison.c: what debug builds do with frames: free ones are marked and looked at, and counted at the end. (lab 2) */
#include <mem/frame.h>
#include <core/core.h>

#ifdef DEBUG
#define POISON 0xDEADF4A3u /* what a free frame holds that is not all zero, so that a use after the free shows */

#define AT_ONCE 8 /* words: most of what a debug kernel does is in these loops */

static bool eight_are(const uint32_t *p, uint32_t word)
{
	return !((p[0] ^ word) | (p[1] ^ word) | (p[2] ^ word) | (p[3] ^ word) | (p[4] ^ word) | (p[5] ^ word) |
		 (p[6] ^ word) | (p[7] ^ word));
}

static void found_wrong(paddr_t pa, const uint32_t *p, uint32_t word)
{
	unsigned i = 0;

	while (p[i] == word)
		i++;
	panic("frame 0x%08x: written after it was freed: word %u holds 0x%08x, not 0x%08x", pa, i, p[i], word);
}

void frame_verify(paddr_t pa, bool clean)
{
	const uint32_t *p = frame_ptr(pa), *end = p + PAGE_SIZE / 4, word = clean ? 0 : POISON;

	for (; p < end; p += AT_ONCE)
		if (!eight_are(p, word))
			found_wrong(pa, frame_ptr(pa), word);
}

void frame_poison(paddr_t pa, bool clean)
{
	uint32_t *p = frame_ptr(pa), *end = p + PAGE_SIZE / 4;

	if (clean)
		return frame_verify(pa, true);
	for (; p < end; p += AT_ONCE)
		p[0] = p[1] = p[2] = p[3] = p[4] = p[5] = p[6] = p[7] = POISON;
}

void frame_report(void)
{
	unsigned wrong = frame_audit();
	printf("frames: %u disagree with the entries that name them; %u of %u are free\n", wrong, frames_free, frames_usable);
	if (frame_fail_after)
		printf("frames: none was refused: failframe is %u too high\n", frame_fail_after);
}
#endif
