/* kern/mem/ktest_hazards.c: what goes wrong with self-mapped tables, each a test that fails when its guard is taken
 * out (make hazards). The numbers are those of guard(n) in the code. (lab 2)
 */
#include <mem/pmap.h>
#include <core/core.h>
#include <string.h>

#define VA 0x10000000u
#define NEXT_REGION (VA + PDE_SPAN) /* its table is the buddy of VA's in a MIPS TLB pair */
#define RW (PROT_READ | PROT_WRITE)

static struct pmap a, b, c;
static uint32_t before;

static void begin(void)
{
	before = frames_free;
	CHECK(pmap_create(&a) == PMAP_OK && pmap_create(&b) == PMAP_OK && pmap_create(&c) == PMAP_OK);
	pmap_load(&a);
}

static void end(void)
{
	CHECK(frame_audit() == 0);
	pmap_destroy(&a);
	pmap_destroy(&b);
	pmap_destroy(&c);
	CHECK(frames_free == before);
}

static paddr_t page(uint32_t word)
{
	paddr_t pa = frame_alloc_zero(FRAME_USER);
	*(uint32_t *)frame_ptr(pa) = word;
	return pa;
}

static volatile uint32_t *word(vaddr_t va)
{
	return (volatile uint32_t *)va;
}

/* Map, look through the window, unmap; keep the freed table and write a pattern all over it. Returns its frame. */
static paddr_t freed_table(uint32_t pattern)
{
	CHECK(pmap_map(&a, VA, page(1), RW, NULL) == PMAP_OK);
	paddr_t table = pte_addr(vpd[PDX(VA)]);
	CHECK(pte_present(vpt[VPN(VA)]));
	CHECK(pmap_unmap(&a, VA, NULL) == PMAP_OK);
	paddr_t kept = frame_alloc_zero(FRAME_KERNEL);
	CHECK(kept == table); /* the clean list is last in, first out */
	memset(frame_ptr(kept), pattern, PAGE_SIZE);
	return kept;
}

TEST(hazard_1_window_shows_the_new_table)
{
	begin();
	paddr_t kept = freed_table(0x5a);
	paddr_t pa = page(2);
	CHECK(pmap_map(&a, VA, pa, RW, NULL) == PMAP_OK);
	const pte_t *table = frame_ptr(pte_addr(vpd[PDX(VA)]));
	CHECK(pte_same(vpt[VPN(VA)], table[PTX(VA)]) && pte_addr(table[PTX(VA)]) == pa);
	frame_unref(kept);
	end();
}

TEST(hazard_2_no_store_lands_in_the_freed_table)
{
	begin();
	paddr_t kept = freed_table(0x5a);
	CHECK(pmap_map(&a, VA, page(2), RW, NULL) == PMAP_OK);
	const uint32_t *old = frame_ptr(kept);
	for (unsigned i = 0; i < ENTRIES; i++)
		CHECK(old[i] == 0x5a5a5a5a);
	CHECK(*word(VA) == 2);
	frame_unref(kept);
	end();
}

TEST(hazard_3_a_table_that_appears_is_seen)
{
	begin();
	CHECK(pmap_map(&a, VA, page(1), RW, NULL) == PMAP_OK);
	CHECK(pte_present(vpt[VPN(VA)]) && *word(VA) == 1); /* MIPS: the pair is cached, its other half invalid */
	CHECK(pmap_map(&a, NEXT_REGION, page(2), RW, NULL) == PMAP_OK);
	CHECK(pte_present(vpt[VPN(NEXT_REGION)]) && *word(NEXT_REGION) == 2);
	end();
}

/* The frame of a table is looked at in the very moment it has been linked. */
static void must_be_zero(const char *where)
{
	const pte_t *table = frame_ptr(pte_addr(vpd[PDX(VA)]));
	for (unsigned i = 0; i < ENTRIES; i++)
		CHECK(pte_empty(table[i]));
}

TEST(hazard_4_zero_first_link_second)
{
	begin();
	paddr_t dirty[4];
	for (unsigned i = 0; i < ARRAY_LEN(dirty); i++)
		memset(frame_ptr(dirty[i] = frame_alloc(FRAME_USER)), 0xff, PAGE_SIZE);
	for (unsigned i = 0; i < ARRAY_LEN(dirty); i++)
		frame_unref(dirty[i]);
	ktest_probe = must_be_zero;
	CHECK(pmap_map(&a, VA, frame_alloc(FRAME_USER), RW, NULL) == PMAP_OK);
	ktest_probe = NULL;
	end();
}

TEST(hazard_5_large_pages_are_refused)
{
	begin();
	const vaddr_t direct = KERNEL_BASE + 0x00400000;
	CHECK(pmap_unmap(&a, direct, NULL) == PMAP_EINVAL);
	CHECK(pmap_protect(&a, direct, PROT_READ) == PMAP_EINVAL);
	CHECK(pmap_lookup(&a, direct) == NULL);
	end();
}

TEST(hazard_7_windows_are_not_the_users_to_write)
{
	begin();
	CHECK(!pte_user(vpd[PDX(PT_base)]));
	if (PDE_USER_WINDOW) {
		pde_t user = vpd[PDX(UPT_base)];
		CHECK(pte_present(user) && pte_user(user) && !(pte_prot(user) & PROT_WRITE));
		CHECK(pte_addr(user) == a.directory);
	} else {
		CHECK(!pte_present(vpd[PDX(UPT_base)]));
	}
	end();
}

TEST(hazard_8_each_directory_names_itself)
{
	begin();
	pmap_open_alt(&b);
	CHECK(pte_addr(apd[PDX(PT_base)]) == b.directory);
	pmap_close_alt();
	pmap_load(&b);
	CHECK(pmap_map(&b, VA, page(1), RW, NULL) == PMAP_OK);
	pmap_load(&a);
	CHECK(pmap_lookup(&a, VA) == NULL);
	end();
}

TEST(hazard_9_accessed_and_dirty_are_masked)
{
	begin();
	CHECK(pmap_map(&a, VA, page(1), RW, NULL) == PMAP_OK);
	*word(VA) = 3;
	paddr_t table = pte_addr(vpd[PDX(VA)]);
	CHECK(pte_same(vpd[PDX(VA)], pde_table(table)));
	CHECK(pte_same(vpt[VPN(VA)], pte_leaf(pte_addr(vpt[VPN(VA)]), RW)));
	CHECK(!pte_same(pde_table(table), pde_table(table + PAGE_SIZE)));
	end();
}

/*
 * TCG forgets global translations, too, when CR3 is loaded; Bochs and real machines don't. On MIPS a pair is global when
 * both halves say so: hence two tables side by side.
 */
TEST(hazard_10_the_window_is_not_global)
{
	begin();
	paddr_t pa = page(1), pb = page(2);
	CHECK(pmap_map(&a, VA, pa, RW, NULL) == PMAP_OK && pmap_map(&a, VA ^ PDE_SPAN, page(3), RW, NULL) == PMAP_OK);
	CHECK(*word(VA) == 1 && *word(VA ^ PDE_SPAN) == 3);
	pmap_load(&b);
	CHECK(pmap_map(&b, VA, pb, RW, NULL) == PMAP_OK && pmap_map(&b, VA ^ PDE_SPAN, page(4), RW, NULL) == PMAP_OK);
	pmap_load(&a);
	CHECK(pte_addr(vpt[VPN(VA)]) == pa && *word(VA) == 1);
	pmap_load(&b);
	CHECK(pte_addr(vpt[VPN(VA)]) == pb && *word(VA) == 2);
	CHECK(pte_addr(vpd[PDX(PT_base)]) == b.directory);
	pmap_load(&a);
	end();
}

TEST(hazard_11_windows_are_refused)
{
	/* No sums here: PD_base plus something is a user address in the last slot. */
	static const vaddr_t refused[] = { PT_base, PD_base, ROUND_DOWN(PDE_self, PAGE_SIZE), APT_base, UPT_base, UPD_base,
		SELFMAP_TABLE(PT_base, PDX(VA)), SELFMAP_TABLE(APT_base, PDX(VA)), SELFMAP_TABLE(UPT_base, PDX(VA)) };
	begin();
	CHECK(pmap_map(&a, VA, page(1), RW, NULL) == PMAP_OK);
	paddr_t pa = page(2);
	for (unsigned i = 0; i < ARRAY_LEN(refused); i++) {
		pte_t there = pmap_entry(refused[i]);
		CHECK(pmap_lookup(&a, refused[i]) == NULL);
		CHECK(pmap_unmap(&a, refused[i], NULL) == PMAP_EINVAL);
		CHECK(pmap_protect(&a, refused[i], PROT_READ) == PMAP_EINVAL);
		CHECK(pmap_map(&a, refused[i], pa, RW, NULL) == PMAP_EINVAL);
		pmap_reap(&a, refused[i]);
		CHECK(pte_same(pmap_entry(refused[i]), there));
	}
	frame_unref(pa);
	end();
}

TEST(hazard_12_the_last_slot_is_shown)
{
	begin();
	CHECK(pmap_map(&a, VA, page(1), RW, NULL) == PMAP_OK);
	pmap_print_map();
	CHECK(pmap_pages_shown > 3); /* the page, its table, the directory, and the kernel's */
	end();
}

TEST(hazard_13_a_table_stays_while_it_is_used)
{
	begin();
	CHECK(pmap_map(&a, VA, page(1), RW, NULL) == PMAP_OK);
	CHECK(pmap_map(&a, NEXT_REGION, page(2), RW, NULL) == PMAP_OK);
	CHECK(pmap_unmap(&a, VA, NULL) == PMAP_OK);
	CHECK(*word(NEXT_REGION) == 2);
	end();
}

TEST(hazard_15_global_pairs)
{
	begin();
	const vaddr_t even = KSLOT_base + 0x100000, odd = even + PAGE_SIZE;
	paddr_t first = page(1), second = page(2), third = page(3);
	pmap_kernel_map(even, first, RW);
	CHECK(*word(even) == 1);
	pmap_load(&b); /* the entry is cached under a's number, unless it is really global */
	pmap_kernel_map(odd, second, RW);
	CHECK(*word(odd) == 2 && *word(even) == 1);
	pmap_kernel_unmap(even);
	CHECK(*word(odd) == 2); /* its neighbour */
	pmap_kernel_map(even, third, RW);
	CHECK(*word(even) == 3);
	pmap_load(&a);
	CHECK(*word(even) == 3 && *word(odd) == 2);
	pmap_kernel_unmap(even);
	pmap_kernel_unmap(odd);
	frame_unref(first);
	frame_unref(second);
	frame_unref(third);
	end();
}

TEST(hazard_16_the_other_directory_goes_through_the_second_window)
{
	begin();
	pmap_open_alt(&b);
	CHECK(pmap_map(&b, VA, page(1), RW, NULL) == PMAP_OK);
	CHECK(pmap_lookup(&a, VA) == NULL && pte_present(apt[VPN(VA)]));
	pmap_close_alt();
	end();
}

TEST(hazard_19_the_second_window_is_fresh)
{
	begin();
	paddr_t pb = page(2), pc = page(3);
	pmap_open_alt(&b);
	CHECK(pmap_map(&b, VA, pb, RW, NULL) == PMAP_OK && pte_addr(apt[VPN(VA)]) == pb);
	pmap_close_alt();
	pmap_open_alt(&c);
	CHECK(pmap_map(&c, VA, pc, RW, NULL) == PMAP_OK && pte_addr(apt[VPN(VA)]) == pc);
	pmap_close_alt();
	pmap_open_alt(&b);
	CHECK(pte_addr(apt[VPN(VA)]) == pb);
	pmap_close_alt();
	end();
}

/* Only where the user window is a directory entry can the kernel look through it. */
TEST(hazard_21_the_user_window_shows_the_new_table)
{
	begin();
	volatile pte_t *user = (volatile pte_t *)SELFMAP_PTE_OF(UPT_base, VA);
	if (PDE_USER_WINDOW) {
		CHECK(pmap_map(&a, VA, page(1), RW, NULL) == PMAP_OK && pte_present(*user));
		CHECK(pmap_unmap(&a, VA, NULL) == PMAP_OK);
		paddr_t kept = frame_alloc_zero(FRAME_KERNEL);
		memset(frame_ptr(kept), 0x5a, PAGE_SIZE);
		paddr_t pa = page(2);
		CHECK(pmap_map(&a, VA, pa, RW, NULL) == PMAP_OK);
		CHECK(pte_addr(*user) == pa);
		frame_unref(kept);
	}
	end();
}
