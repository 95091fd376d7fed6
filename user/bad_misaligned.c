/* user/bad_misaligned.c: reads a word across a word boundary. MIPS forbids that, i386 does not. (lab 3) */
#include "bad.h"

int main(void)
{
	static const uint32_t words[2] = { 0x03020100, 0x07060504 };
	uint32_t word = *OPAQUE((const volatile uint32_t *)((uintptr_t)words + 1));

	if (!probe_misaligned_dies() && word == 0x04030201) {
		puts("a misaligned read is legal on this machine");
		return 0;
	}
	printf("FAIL: a misaligned read gave 0x%08x\n", word);
	return 1;
}
