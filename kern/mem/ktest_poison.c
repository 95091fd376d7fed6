/* kern/mem/ktest_poison.c: what debug builds do with frames: free ones are marked and looked at, and counted at the end. (lab 2) */
#include <mem/frame.h>
#include <core/core.h>

#ifdef DEBUG
#define POISON 0xDEADF4A3u /* what a free frame holds that is not all zero, so that a use after the free shows */

void frame_verify(paddr_t pa, bool clean)
{
	const uint32_t *p = frame_ptr(pa), word = clean ? 0 : POISON;
	for (unsigned i = 0; i < PAGE_SIZE / 4; i++)
		if (p[i] != word)
			panic("frame 0x%08x: written after it was freed: word %u holds 0x%08x, not 0x%08x", pa, i, p[i], word);
}

void frame_poison(paddr_t pa, bool clean)
{
	uint32_t *p = frame_ptr(pa);
	if (clean)
		return frame_verify(pa, true);
	for (unsigned i = 0; i < PAGE_SIZE / 4; i++)
		p[i] = POISON;
}

void frame_report(void)
{
	unsigned wrong = frame_audit();
	printf("frames: %u disagree with the entries that name them; %u of %u are free\n", wrong, frames_free, frames_usable);
	if (frame_fail_after)
		printf("frames: none was refused: failframe is %u too high\n", frame_fail_after);
}
#endif
