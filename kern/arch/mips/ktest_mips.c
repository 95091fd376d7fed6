/* kern/arch/mips/ktest_mips.c: kernel tests of the TLB and of kernel entry. Some run instructions in user mode, some
 * look into holes of the window. (lab 2, 3)
 */
#include <core/core.h>
#include <mem/pmap.h>
#include <proc/proc.h>
#include <error.h>
#include <string.h>

#define CODE 0x00400000u /* where user mode starts */
#define VA 0x10000000u
#define NO_TABLE 0x20000000u /* in a region that has no table */
#define HOLE SELFMAP_PTE_OF(PT_base, NO_TABLE)
#define RW (PROT_READ | PROT_WRITE)
#define ASIDS 256
#define PATTERN 0x5a5a5a5au

enum { TLB_MODIFIED = 1, TLB_LOAD = 2, ADDRESS_LOAD = 4, BREAKPOINT = 9 };

extern bool (*ktest_trap)(struct trapframe *tf);
extern char kernel_stack[], kernel_stack_top[], emergency_stack_top[];

static struct pmap a;
static struct proc process;
static struct thread thread;
static uint32_t before;

/* The last trap, as the test's hook saw it. */
static unsigned trap_code, trap_count;
static vaddr_t trap_address;

static void begin(void)
{
	before = frames_free;
	CHECK(pmap_create(&a) == PMAP_OK);
	pmap_load(&a);
}

static void end(void)
{
	ktest_trap = NULL;
	pmap_destroy(&a);
	CHECK(frames_free == before && frame_audit() == 0);
}

static bool note(struct trapframe *tf)
{
	trap_code = (tf->cause & CAUSE_CODE) >> 2;
	trap_address = tf->badvaddr;
	trap_count++;
	return true;
}

/* A kernel load that faults is skipped. */
static bool note_and_skip(struct trapframe *tf)
{
	tf->pc += 4;
	return note(tf);
}

static void look_at(vaddr_t va)
{
	uint32_t word;
	__asm__ volatile("lw %0, 0(%1)" : "=r"(word) : "r"(va) : "memory");
}

/* The exception that a kernel load from va makes; 0: none. */
static unsigned fault_at(vaddr_t va)
{
	bool (*outer)(struct trapframe *) = ktest_trap;
	trap_code = 0;
	ktest_trap = note_and_skip;
	look_at(va);
	ktest_trap = outer;
	return trap_code;
}

TEST(mips_entries_say_what_they_were_told)
{
	for (unsigned prot = 0; prot < 32; prot++) { /* PROT_*, PTE_SHARED, PTE_COW */
		unsigned writable = prot & PTE_COW ? prot & ~PROT_WRITE : prot;
		pte_t leaf = pte_leaf(0xabcd000, prot), absent = pte_absent(PTE_SWAP, 0xabcde, prot);
		CHECK(pte_present(leaf) && pte_addr(leaf) == 0xabcd000 && pte_prot(leaf) == writable);
		CHECK(!(leaf & MIPS_G) && !(leaf & MIPS_D) == !(writable & PROT_WRITE));
		CHECK(!pte_user(pte_kernel(0x1000, prot)) && pte_user(pte_leaf(0x1000, prot | PROT_READ)));
		CHECK(!pte_present(absent) && pte_kind(absent) == PTE_SWAP && pte_payload(absent) == 0xabcde);
		CHECK(pte_prot(absent) == prot && !(absent & (1u << 31 | MIPS_D | MIPS_V | MIPS_G)));
	}
	CHECK(pte_addr(pte_absent(PTE_HELD, 0xabcde, RW)) == 0xabcde000 && pte_empty(PTE_EMPTY_KERNEL));
	CHECK(!((pde_table(0x1000) | pde_window(0x1000)) & MIPS_G) && !pte_user(pde_window(0x1000)));
}

TEST(mips_nested_misses)
{
	begin();
	uint32_t seed = 1;
	for (unsigned i = 0; i < 64; i++) {
		paddr_t pa = frame_alloc(FRAME_USER);
		*(uint32_t *)frame_ptr(pa) = i;
		CHECK(pmap_map(&a, VA + i * 0x00801000u, pa, RW, NULL) == PMAP_OK);
	}
	/* 64 pages, 64 tables: more than the TLB holds, in an order of which it can't make anything. */
	for (unsigned n = 0; n < 4000; n++) {
		seed = seed * 1664525 + 1013904223;
		unsigned i = seed >> 26;
		vaddr_t va = VA + i * 0x00801000u;
		CHECK(*(volatile uint32_t *)va == i);
		CHECK(pte_present(vpt[VPN(va)]) && !pte_present(vpt[VPN(va) + 1]));
	}
	CHECK(!mmu_wrong());
	end();
}

static void write_entry(unsigned index, uint32_t hi, pte_t even, pte_t odd)
{
	cp0_write(0, 0, index);
	cp0_write(10, 0, hi);
	cp0_write(2, 0, even);
	cp0_write(3, 0, odd);
	cp0_barrier();
	__asm__ volatile("tlbwi\n\tehb" : : : "memory");
	cp0_write(10, 0, a.asid & 0xff);
	cp0_barrier();
}

/* What debug builds look for at each switch is found: planted, one after the other. */
TEST(mips_wrong_tlb_entries_are_noticed)
{
	begin();
	unsigned last = tlb_entries - 1;
	uint32_t asid = a.asid & 0xff;
	CHECK(!mmu_wrong());
	write_entry(last, VA | asid, MIPS_V, MIPS_V);
	CHECK(!mmu_wrong());
	write_entry(last - 1, VA | asid, 0, 0); /* an invalid entry matches, too */
	CHECK(mmu_wrong() && strcmp(mmu_wrong(), "two TLB entries match one address") == 0);
	write_entry(last - 1, VA | (asid ^ 1), 0, 0);
	CHECK(!mmu_wrong());
	write_entry(last - 1, VA | (asid ^ 1), MIPS_G, MIPS_G);
	CHECK(mmu_wrong());
	write_entry(last - 1, KERNEL_BASE + last * 2 * PAGE_SIZE, 0, 0);
	write_entry(last, KERNEL_BASE + last * 2 * PAGE_SIZE, 0, 0);
	CHECK(!mmu_wrong());
	cp0_write(10, 0, asid ^ 1);
	cp0_barrier();
	CHECK(mmu_wrong() && strncmp(mmu_wrong(), "EntryHi", 7) == 0);
	cp0_write(10 /* EntryHi */, 0, asid);
	cp0_barrier();
	a.directory ^= PAGE_SIZE;
	CHECK(mmu_wrong() && strncmp(mmu_wrong(), "the wired", 9) == 0);
	a.directory ^= PAGE_SIZE;
	CHECK(!mmu_wrong());
	end();
}

TEST(mips_holes_fault_with_the_right_address)
{
	static const vaddr_t holes[] = { 0, NO_TABLE, UTOP - 4, HOLE, HOLE + 4, APD_base, APT_base, KSLOT_base,
		PT_base + 4 * VPN(KERNEL_BASE), KSLOT_base ^ (1u << 24) };
	begin();
	for (unsigned round = 0; round < 3; round++) /* from the second round on, invalid entries are in the TLB */
		for (unsigned i = 0; i < ARRAY_LEN(holes); i++) {
			CHECK(fault_at(holes[i]) == TLB_LOAD);
			CHECK(trap_address == holes[i]);
		}
	CHECK(!mmu_wrong());
	CHECK(fault_at(PD_base) == 0 && fault_at(PDE_self) == 0);
	end();
}

TEST(mips_asids_roll_over)
{
	static struct pmap pmaps[ASIDS + 20];
	uint32_t frames = frames_free, rounds = asid_rounds;
	for (unsigned i = 0; i < ARRAY_LEN(pmaps); i++) {
		paddr_t pa = frame_alloc(FRAME_USER);
		*(uint32_t *)frame_ptr(pa) = i;
		CHECK(pmap_create(&pmaps[i]) == PMAP_OK);
		pmap_load(&pmaps[i]);
		CHECK(pmap_map(&pmaps[i], VA, pa, RW, NULL) == PMAP_OK);
		CHECK(*(volatile uint32_t *)VA == i);
	}
	for (unsigned n = 0; n < 3 * ARRAY_LEN(pmaps); n++) {
		unsigned i = n * 7 % ARRAY_LEN(pmaps);
		pmap_load(&pmaps[i]);
		CHECK(*(volatile uint32_t *)VA == i && pte_addr(vpd[PDX(PT_base)]) == pmaps[i].directory);
	}
	CHECK(!mmu_wrong());
	pmap_load(&kernel_pmap);
	CHECK(asid_rounds > rounds + 2);
	for (unsigned i = 0; i < ARRAY_LEN(pmaps); i++)
		pmap_destroy(&pmaps[i]);
	CHECK(frames_free == frames);
}

/* An interrupt that is pending before the CPU goes to sleep is served before it, and must not put it to sleep. */
TEST(mips_no_wake_up_is_lost)
{
	bool good = false;
	for (unsigned tries = 0; tries < 5 && !good; tries++) { /* a busy host may let two ticks pass */
		cpu_wait_for_interrupt();
		uint32_t start = ticks, from = cp0_read(9, 0) - 50000;
		while (!(cp0_read(13, 0) & CAUSE_IP7))
			if (cp0_read(9, 0) - from > 50000) { /* also when the host was away between reading Count and writing */
				from = cp0_read(9, 0);
				cp0_write(11, 0, from + 20000);
			}
		cpu_wait_for_interrupt();
		good = ticks == start + 1;
	}
	CHECK(good);
}

static vaddr_t stack_in_trap;

static bool note_stack(struct trapframe *tf)
{
	stack_in_trap = (vaddr_t)__builtin_frame_address(0);
	CHECK(tf->r[REG_SP] == (vaddr_t)kernel_stack + 16);
	return note_and_skip(tf);
}

/* A trap that finds the kernel's stack full must not write below it, where other data is. */
TEST(mips_a_full_stack_is_not_overrun)
{
	ktest_trap = note_stack;
	__asm__ volatile("move $16, $29\n	addiu $29, %0, 16\n	break\n	move $29, $16" : : "r"(kernel_stack) : "$16", "memory");
	ktest_trap = NULL;
	CHECK(trap_code == BREAKPOINT);
	CHECK(stack_in_trap >= (vaddr_t)kernel_stack_top && stack_in_trap < (vaddr_t)emergency_stack_top);
}

/*
 * User mode, and back: enter_user(thread) keeps the C registers and the part of the kernel's stack in use, for a trap
 * from user mode starts at the stack's top. leave_user(), called in such a trap, makes enter_user return.
 */
void enter_user(struct thread *t);
void leave_user(void) __attribute__((noreturn));
__asm__(".set push\n.set noreorder\n.text\n"
	"enter_user:\n"
	"	la $8, kept\n"
	"	sw $16, 0($8)\n	sw $17, 4($8)\n	sw $18, 8($8)\n	sw $19, 12($8)\n	sw $20, 16($8)\n	sw $21, 20($8)\n"
	"	sw $22, 24($8)\n	sw $23, 28($8)\n	sw $30, 32($8)\n	sw $31, 36($8)\n	sw $29, 40($8)\n"
	"	la $9, kernel_stack_top\n"
	"	move $10, $29\n"
	"1:	lw $11, 0($10)\n	sw $11, 44($8)\n	addiu $10, $10, 4\n	bne $10, $9, 1b\n	addiu $8, $8, 4\n"
	"	j trap_return\n	nop\n"
	"leave_user:\n"
	"	la $8, kept\n"
	"	lw $16, 0($8)\n	lw $17, 4($8)\n	lw $18, 8($8)\n	lw $19, 12($8)\n	lw $20, 16($8)\n	lw $21, 20($8)\n"
	"	lw $22, 24($8)\n	lw $23, 28($8)\n	lw $30, 32($8)\n	lw $31, 36($8)\n	lw $29, 40($8)\n"
	"	la $9, kernel_stack_top\n"
	"	move $10, $29\n"
	"1:	lw $11, 44($8)\n	sw $11, 0($10)\n	addiu $10, $10, 4\n	bne $10, $9, 1b\n	addiu $8, $8, 4\n"
	"	jr $31\n	nop\n"
	".bss\n.balign 4\nkept: .space 48 + 8192\n.set pop\n.text");

/* Programs for user mode. Each ends with break. */
extern const char user_load[], user_load_end[], user_forge[], user_forge_end[], user_call[], user_call_end[];
__asm__(".set push\n.set noreorder\n.set noat\n.section .rodata\n.balign 4\n"
	"user_load:\n" /* a0: an address to read and then write */
	"	lw $8, 0($4)\n	sw $0, 0($4)\n	break\n"
	"user_load_end:\n"
	"user_forge:\n" /* k0 := a0, as if the refill handler had put it there */
	"	move $26, $4\n	break\n"
	"user_forge_end:\n"
	"user_call:\n" /* system call v0, with a0 in all other registers */
	"	mtlo $4\n	mthi $4\n	move $1, $4\n	move $3, $4\n	move $5, $4\n	move $6, $4\n	move $7, $4\n"
	"	move $8, $4\n	move $9, $4\n	move $10, $4\n	move $11, $4\n	move $12, $4\n	move $13, $4\n	move $14, $4\n"
	"	move $15, $4\n	move $16, $4\n	move $17, $4\n	move $18, $4\n	move $19, $4\n	move $20, $4\n	move $21, $4\n"
	"	move $22, $4\n	move $23, $4\n	move $24, $4\n	move $25, $4\n	move $26, $4\n	move $27, $4\n	move $28, $4\n"
	"	move $30, $4\n	move $31, $4\n"
	"	syscall\n	or $8, $26, $27\n	break\n"
	"user_call_end:\n.set pop\n.text");

static void run_in_user_mode(const char *start, const char *end_of_it, uint32_t a0, uint32_t v0,
			     bool (*hook)(struct trapframe *))
{
	paddr_t pa = frame_alloc_zero(FRAME_USER);
	memcpy(frame_ptr(pa), start, end_of_it - start);
	sync_icache(frame_ptr(pa), end_of_it - start);
	CHECK(pmap_map(&a, CODE, pa, PROT_READ | PROT_EXEC, NULL) == PMAP_OK);
	memset(&thread, 0, sizeof(thread));
	tf_init_user(&thread.tf, CODE, CODE + 0x800, a0, 0, 0);
	thread.tf.r[REG_V0] = v0;
	thread.proc = &process;
	process.pmap = a;
	thread.pmap = &process.pmap;
	sched_inherit(&thread);
	sched_new(&thread);
	trap_count = 0;
	ktest_trap = hook;
	this_cpu()->resched = 0;
	this_cpu()->pmap = &process.pmap; /* a copy: schedule() compares addresses */
	this_cpu()->current = &thread;
	enter_user(&thread);
	this_cpu()->current = NULL;
	sched_wait(&thread, "the next run", NULL);
	a.asid = process.pmap.asid;
	this_cpu()->pmap = &a;
	ktest_trap = NULL;
	CHECK(pmap_unmap(&a, CODE, NULL) == PMAP_OK);
}

static unsigned code_of(const struct trapframe *tf)
{
	return (tf->cause & CAUSE_CODE) >> 2;
}

/* TLB misses in the user window and interrupts go their normal way; everything else ends the run. */
static bool watch(struct trapframe *tf)
{
	if (code_of(tf) == 0 || (code_of(tf) == TLB_LOAD && PDX(tf->badvaddr) == PDX(UPT_base)))
		return false;
	note(tf);
	leave_user();
}

TEST(hazard_6_the_user_window_is_read_only)
{
	begin();
	paddr_t pa = frame_alloc_zero(FRAME_USER);
	CHECK(pmap_map(&a, VA, pa, RW, NULL) == PMAP_OK);
	pte_t e = vpt[VPN(VA)];
	for (unsigned i = 0; i < 3; i++) {
		static const vaddr_t shown[] = { SELFMAP_PTE_OF(UPT_base, VA), SELFMAP_PDE_OF(UPT_base, VA), UPD_base };
		run_in_user_mode(user_load, user_load_end, shown[i], 0, watch);
		CHECK(trap_code == TLB_MODIFIED && trap_address == shown[i]);
		CHECK(thread.tf.r[8] == (i == 0 ? e : i == 1 ? vpd[PDX(VA)] : vpd[0]));
	}
	CHECK(vpt[VPN(VA)] == e);
	end();
}

/* What a program reads at VA's entry in its window. */
static uint32_t read_own_entry(void)
{
	run_in_user_mode(user_load, user_load_end, SELFMAP_PTE_OF(UPT_base, VA), 0, watch);
	return thread.tf.r[8];
}

TEST(hazard_21_the_user_window_shows_no_freed_table)
{
	begin();
	CHECK(pmap_map(&a, VA, frame_alloc_zero(FRAME_USER), RW, NULL) == PMAP_OK);
	paddr_t table = pte_addr(vpd[PDX(VA)]);
	CHECK(read_own_entry() == vpt[VPN(VA)]);
	CHECK(pmap_unmap(&a, VA, NULL) == PMAP_OK);
	paddr_t kept = frame_alloc_zero(FRAME_KERNEL);
	CHECK(kept == table);
	memset(frame_ptr(kept), PATTERN & 0xff, PAGE_SIZE);
	CHECK(pmap_map(&a, VA, frame_alloc_zero(FRAME_USER), RW, NULL) == PMAP_OK);
	CHECK(read_own_entry() == vpt[VPN(VA)]);
	frame_unref(kept);
	end();
}

TEST(hazard_7_user_mode_reaches_no_kernel_window)
{
	static const vaddr_t kernel[] = { PT_base, PD_base, APT_base, KSLOT_base, KERNEL_BASE, DEVICE_BASE };
	begin();
	for (unsigned i = 0; i < ARRAY_LEN(kernel); i++) {
		run_in_user_mode(user_load, user_load_end, kernel[i], 0, watch);
		CHECK(trap_code == ADDRESS_LOAD && trap_address == kernel[i]);
	}
	end();
}

/* The program's k0 is the address of a hole, an invalid entry for which is in the TLB; and the kernel looks there. */
static bool look_into_hole(struct trapframe *tf)
{
	if (code_of(tf) == 0)
		return false;
	CHECK(fault_at(HOLE) == TLB_LOAD && trap_address == HOLE);
	CHECK(!mmu_wrong()); /* taken for a nested miss of NO_TABLE, this would have entered a second pair for it */
	leave_user();
}

TEST(hazard_18_a_forged_k0_is_no_nested_miss)
{
	begin();
	for (unsigned i = 0; i < 8; i++) { /* the few misses on the way may push the pairs out, but not each time */
		CHECK(fault_at(NO_TABLE) == TLB_LOAD && fault_at(HOLE) == TLB_LOAD);
		run_in_user_mode(user_forge, user_forge_end, HOLE, 0, look_into_hole);
	}
	end();
}

TEST(hazard_20_no_two_entries_match)
{
	begin();
	CHECK(pmap_map(&a, VA, frame_alloc_zero(FRAME_USER), RW, NULL) == PMAP_OK);
	vaddr_t shown = SELFMAP_PTE_OF(UPT_base, VA);
	for (unsigned i = 0; i < 4; i++) {
		CHECK(fault_at(shown) == TLB_LOAD); /* the refill handler has entered an invalid pair */
		CHECK(mmu_user_window(shown));
		pte_t e = *(volatile pte_t *)shown; /* at once: the next miss may push the pair out */
		CHECK(e == vpt[VPN(VA)] && !mmu_wrong());
		mmu_flush(&a, shown);
	}
	CHECK(!mmu_user_window(SELFMAP_PTE_OF(UPT_base, NO_TABLE))); /* no table there */
	CHECK(!mmu_user_window(SELFMAP_PTE_OF(UPT_base, PT_base)));
	end();
}

/* After a call: the result, what the convention keeps, and nothing of the kernel's. */
static void check_registers(const struct trapframe *tf, uint32_t result)
{
	for (unsigned i = 1; i < 32; i++) {
		bool kept = (i >= 16 && i <= 23) || i == 28 || i == 30 || i == 31;
		if (i == 2)
			CHECK(tf->r[i] == result);
		else if (i == REG_SP)
			CHECK(tf->r[i] == CODE + 0x800);
		else if (i == 8) /* k0 | k1 */
			CHECK(tf->r[i] < ULIM);
		else if (i != 26 && i != 27)
			CHECK(tf->r[i] == (kept ? PATTERN : 0));
	}
	CHECK(tf->hi == 0 && tf->lo == 0);
}

TEST(mips_calls_keep_and_clear_registers)
{
	static const uint32_t calls[][2] = { { SYSCALL_COUNT, -ENOSYS }, { 0xffffffff, -ENOSYS }, { SYS_yield, 0 } };
	begin();
	for (unsigned i = 0; i < ARRAY_LEN(calls); i++) {
		run_in_user_mode(user_call, user_call_end, PATTERN, calls[i][0], watch);
		CHECK(trap_code == BREAKPOINT);
		check_registers(&thread.tf, calls[i][1]);
	}
	end();
}
