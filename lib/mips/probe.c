/* lib/mips/probe.c: what programs may not do on a MIPS, tried. (lab 3) */
#include <probe.h>
#include <syscall.h>

#define PRIVILEGED(id, ...) static void run_##id(void) { __asm__ volatile(__VA_ARGS__); }
PRIVILEGED(mfc0, "mfc0 $8, $12" : : : "$8")
PRIVILEGED(mtc0, "mtc0 $0, $12")
PRIVILEGED(di, "di")
PRIVILEGED(ei, "ei")
PRIVILEGED(tlbr, "tlbr")
PRIVILEGED(tlbp, "tlbp")
PRIVILEGED(tlbwi, "tlbwi")
PRIVILEGED(tlbwr, "tlbwr")
PRIVILEGED(eret, "eret")
PRIVILEGED(deret, "deret")
PRIVILEGED(wait, "wait")
PRIVILEGED(cache, "cache 0, 0(%0)" : : "r"(0x400000))
PRIVILEGED(rdpgpr, ".word 0x41494000" : : : "$8") /* as numbers: not every assembler knows these two */
PRIVILEGED(wrpgpr, ".word 0x41c94000")
PRIVILEGED(cop2, ".word 0x48000000")
PRIVILEGED(sdbbp, ".word 0x7000003f") /* for a debugger; without one, the CPU runs the boot ROM, as the kernel */
PRIVILEGED(kseg0, "lw $8, 0(%0)" : : "r"(0x80000000) : "$8")
PRIVILEGED(kseg1, "lw $8, 0(%0)" : : "r"(0xa0000000) : "$8")
PRIVILEGED(device, "sb $0, 0(%0)" : : "r"(0xbf000500))
PRIVILEGED(kseg2, "sw $0, 0(%0)" : : "r"(0xc0000000))
PRIVILEGED(kseg3, "lw $8, 0(%0)" : : "r"(0xe0000000) : "$8")
PRIVILEGED(ll_kernel, "ll $8, 0(%0)" : : "r"(0x80000000) : "$8")
PRIVILEGED(rdhwr_local, ".word 0x7c08e83b" : : : "$8") /* a register that the kernel does not give */
PRIVILEGED(break_in_slot, ".set push; .set noreorder; b 1f; break; 1: .set pop")
PRIVILEGED(call_in_slot, ".set push; .set noreorder; li $2, 999; li $8, 0xbfc00000; jr $8; syscall; jr $8; nop; .set pop"
	   : : : "$2", "$8", "memory")
PRIVILEGED(odd_jump, ".set push; .set noreorder; jr %0; nop; .set pop" : : "r"(0x80000181))
#undef PRIVILEGED

#define PROBE(id) { #id, run_##id }
const struct probe probe_privileged[] = {
	PROBE(mfc0), PROBE(mtc0), PROBE(di), PROBE(ei), PROBE(tlbr), PROBE(tlbp), PROBE(tlbwi), PROBE(tlbwr),
	PROBE(eret), PROBE(deret), PROBE(wait), PROBE(cache), PROBE(rdpgpr), PROBE(wrpgpr), PROBE(cop2), PROBE(kseg0),
	PROBE(kseg1), PROBE(device), PROBE(kseg2), PROBE(kseg3), PROBE(sdbbp), PROBE(ll_kernel),
	PROBE(rdhwr_local), PROBE(break_in_slot), PROBE(call_in_slot), PROBE(odd_jump),
};
const unsigned probe_privileged_count = sizeof(probe_privileged) / sizeof(probe_privileged[0]);

void probe_breakpoint(void)
{
	__asm__ volatile("break");
}

/* Opcode 0x3b: reserved in this architecture (MIPS32 vol. II, table A.2). */
void probe_illegal(void)
{
	__asm__ volatile(".word 0xec000000");
}

/* Status can't be read by who has no right to: mfc0 would end the program. That is the test of bad_privileged. */
bool probe_unprivileged(void)
{
	return true;
}

bool probe_flag_ends(unsigned word, unsigned bit)
{
	return false;
}

void probe_step(struct registers *r, bool on)
{
}

bool probe_misaligned_dies(void)
{
	return true;
}

long probe_call4(uint32_t number, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	register uint32_t v0 __asm__("$2") = number;
	register uint32_t a0 __asm__("$4") = a, a1 __asm__("$5") = b, a2 __asm__("$6") = c, a3 __asm__("$7") = d;

	__asm__ volatile("syscall"
			 : "+r"(v0), "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3)
			 :
			 : "$1", "$3", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$24", "$25",
			   "hi", "lo", "memory");
	return v0;
}

uint32_t probe_forged_read(uint32_t value, volatile uint32_t *p)
{
	uint32_t read;

	__asm__ volatile(".set push; .set noat\n\t"
			 "move $26, %1; move $27, %1\n\t"
			 "lw %0, 0(%2)\n\t"
			 ".set pop" : "=&r"(read) : "r"(value), "r"(p) : "memory");
	return read;
}

long probe_forged_getpid(uint32_t value)
{
	__asm__ volatile("move $26, %0; move $27, %0" : : "r"(value));
	return probe_call(SYS_getpid, 0, 0, 0);
}
