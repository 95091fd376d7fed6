/* kern/mem/ktest_pmap.c: kernel tests of the pmap: each operation, each error, and failure without effects. (lab 2; those called fault_: lab 4) */
#include <mem/range.h>
#include <mem/shared.h>
#include <core/core.h>
#include <string.h>

#define VA 0x10000000u     /* a page in region 0x40 */
#define RW (PROT_READ | PROT_WRITE)

static struct pmap a, b;
static uint32_t before;

static void begin(void)
{
	before = frames_free;
	CHECK(pmap_create(&a) == PMAP_OK);
	pmap_load(&a);
}

static void end(void)
{
	CHECK(frame_audit() == 0);
	pmap_destroy(&a);
	CHECK(this_cpu()->pmap == &kernel_pmap);
	CHECK(frames_free == before);
	CHECK(frame_audit() == 0);
}

static volatile uint32_t *word(vaddr_t va)
{
	return (volatile uint32_t *)va;
}

TEST(pmap_self_entry)
{
	begin();
	CHECK(pte_addr(vpd[PDX(PT_base)]) == a.directory);
	CHECK(*(volatile pde_t *)PDE_self == vpd[PDX(PT_base)]);
	CHECK((vaddr_t)&vpt[VPN(PDE_self)] == PDE_self);
	end();
}

TEST(pmap_map_shows_the_frame)
{
	begin();
	paddr_t pa = frame_alloc(FRAME_USER), found;
	unsigned prot;
	*(uint32_t *)frame_ptr(pa) = 0x11223344;
	CHECK(pmap_map(&a, VA, pa, RW, NULL) == PMAP_OK);
	CHECK(*word(VA) == 0x11223344);
	*word(VA + 4) = 0x55667788;
	CHECK(((uint32_t *)frame_ptr(pa))[1] == 0x55667788);
	CHECK(pmap_translate(&a, VA + 0x123, &found, &prot) == PMAP_OK && found == pa + 0x123 && prot == RW);
	CHECK(pte_addr(vpt[VPN(VA)]) == pa);
	CHECK(frame_of(pte_addr(vpd[PDX(VA)]))->used == 1);
	end();
}

TEST(pmap_map_again_is_an_error)
{
	begin();
	paddr_t pa = frame_alloc(FRAME_USER), other = frame_alloc(FRAME_USER);
	pte_t was = 0;
	CHECK(pmap_map(&a, VA, pa, RW, NULL) == PMAP_OK);
	CHECK(pmap_map(&a, VA, other, PROT_READ, &was) == PMAP_EEXIST);
	CHECK(pte_addr(was) == pa && pte_addr(vpt[VPN(VA)]) == pa);
	CHECK(frame_of(pa)->refs == 1 && frame_of(other)->refs == 1);
	CHECK(pmap_map_demand(&a, VA, RW) == PMAP_EEXIST);
	frame_unref(other);
	end();
}

TEST(pmap_unmap_returns_page_and_table)
{
	begin();
	uint32_t empty = frames_free;
	paddr_t pa = frame_alloc(FRAME_USER);
	pte_t was = 0;
	CHECK(pmap_unmap(&a, VA, NULL) == PMAP_ENOENT);
	CHECK(pmap_map(&a, VA, pa, RW, NULL) == PMAP_OK);
	CHECK(pmap_unmap(&a, VA + PAGE_SIZE, NULL) == PMAP_ENOENT);
	CHECK(pmap_unmap(&a, VA, &was) == PMAP_OK && pte_addr(was) == pa);
	CHECK(frames_free == empty && !pte_present(vpd[PDX(VA)]));
	CHECK(pmap_unmap(&a, VA, NULL) == PMAP_ENOENT);
	end();
}

TEST(pmap_lookup_never_allocates)
{
	begin();
	uint32_t empty = frames_free;
	CHECK(pmap_lookup(&a, VA) == NULL && frames_free == empty);
	enum pmap_error e;
	volatile pte_t *pte = pmap_lookup_create(&a, VA, &e);
	CHECK(pte == &vpt[VPN(VA)] && frames_free == empty - 1 && pmap_lookup(&a, VA) == pte);
	pmap_reap(&a, VA);
	CHECK(pmap_lookup(&a, VA) == NULL && frames_free == empty);
	end();
}

TEST(pmap_protect)
{
	begin();
	paddr_t pa = frame_alloc(FRAME_USER), found;
	unsigned prot;
	CHECK(pmap_protect(&a, VA, RW) == PMAP_ENOENT);
	CHECK(pmap_map(&a, VA, pa, RW, NULL) == PMAP_OK);
	*word(VA) = 77;
	CHECK(pmap_protect(&a, VA, PROT_READ) == PMAP_OK);
	CHECK(pmap_translate(&a, VA, &found, &prot) == PMAP_OK && prot == PROT_READ);
	CHECK(pmap_protect(&a, VA, PROT_NONE) == PMAP_OK);
	CHECK(pmap_translate(&a, VA, &found, &prot) == PMAP_ENOENT);
	CHECK(pte_kind(vpt[VPN(VA)]) == PTE_HELD && frame_of(pa)->refs == 1);
	CHECK(frame_audit() == 0);
	CHECK(pmap_protect(&a, VA, RW) == PMAP_OK && *word(VA) == 77);
	frame_ref(pa); /* somebody else holds it too: a private page becomes copy-on-write */
	CHECK(pmap_protect(&a, VA, RW) == PMAP_OK);
	CHECK(pmap_translate(&a, VA, &found, &prot) == PMAP_OK && (prot & PTE_COW));
	frame_unref(pa);
	end();
}

TEST(fault_demand_and_copy_on_write)
{
	begin();
	paddr_t pa, found;
	unsigned prot;
	CHECK(pmap_map_demand(&a, VA, RW) == PMAP_OK);
	uint32_t empty = frames_free;
	CHECK(fault_resolve(VA + 8, ACCESS_READ) && *word(VA) == 0 && frames_free == empty - 1);
	*word(VA) = 5;
	CHECK(pmap_translate(&a, VA, &pa, &prot) == PMAP_OK && prot == RW);
	frame_ref(pa); /* a second owner, as after a fork */
	CHECK(pmap_protect(&a, VA, RW) == PMAP_OK);
	CHECK(fault_resolve(VA, ACCESS_WRITE));
	CHECK(pmap_translate(&a, VA, &found, &prot) == PMAP_OK && found != pa && prot == RW && *word(VA) == 5);
	*word(VA) = 6;
	CHECK(*(uint32_t *)frame_ptr(pa) == 5 && frame_of(pa)->refs == 1);
	frame_unref(pa);
	CHECK(!fault_resolve(VA + PAGE_SIZE, ACCESS_READ));
	CHECK(pmap_protect(&a, VA, PROT_READ) == PMAP_OK && !fault_resolve(VA, ACCESS_WRITE));
	end();
}

TEST(pmap_refuses_what_is_not_the_users)
{
	static const vaddr_t wrong[] = { 0, UTOP, UPT_base, UPT_base + 0x1ff000, ULIM, KERNEL_BASE + 0x100000,
					 PT_base, PD_base, APT_base, KSLOT_base, 0xFFFFF000, VA + 1, VA + 0xfff };
	begin();
	uint32_t empty = frames_free;
	paddr_t found;
	unsigned prot;
	enum pmap_error e;
	for (unsigned i = 0; i < ARRAY_LEN(wrong); i++) {
		CHECK(pmap_map(&a, wrong[i], 0x200000, RW, NULL) == PMAP_EINVAL);
		CHECK(pmap_map_demand(&a, wrong[i], RW) == PMAP_EINVAL);
		CHECK(pmap_unmap(&a, wrong[i], NULL) == PMAP_EINVAL);
		CHECK(pmap_protect(&a, wrong[i], RW) == PMAP_EINVAL);
		CHECK(pmap_lookup(&a, wrong[i]) == NULL);
		CHECK(pmap_lookup_create(&a, wrong[i], &e) == NULL && e == PMAP_EINVAL);
		if (wrong[i] % PAGE_SIZE == 0)
			CHECK(pmap_translate(&a, wrong[i], &found, &prot) == PMAP_EINVAL);
	}
	CHECK(frames_free == empty);
	end();
}

/* Every allocation in map and create fails once; nothing may be different afterwards. */
TEST(pmap_failure_has_no_effects)
{
	begin();
	paddr_t pa = frame_alloc(FRAME_USER);
	uint32_t empty = frames_free;
	frame_fail_after = 1;
	CHECK(pmap_map(&a, VA, pa, RW, NULL) == PMAP_ENOMEM);
	CHECK(frames_free == empty && !pte_present(vpd[PDX(VA)]) && frame_of(pa)->refs == 1);
	CHECK(frame_of(a.directory)->used == 0);
	frame_fail_after = 1;
	CHECK(pmap_create(&b) == PMAP_ENOMEM && frames_free == empty);
	frame_fail_after = 0;
	frame_unref(pa);
	end();
}

TEST(fault_without_a_frame_has_no_effects)
{
	begin();
	CHECK(pmap_map_demand(&a, VA, RW) == PMAP_OK);
	uint32_t empty = frames_free;
	frame_fail_after = 1;
	CHECK(!fault_resolve(VA, ACCESS_WRITE) && frames_free == empty && pte_kind(vpt[VPN(VA)]) == PTE_DEMAND);
	frame_fail_after = 0;
	end();
}

TEST(pmap_counts_and_bounds)
{
	begin();
	static const unsigned places[] = { 500, 3, 1023, 700, 0 };
	struct frame *table = NULL;
	for (unsigned i = 0; i < ARRAY_LEN(places); i++)
		CHECK(pmap_map_demand(&a, VA + places[i] * PAGE_SIZE, RW) == PMAP_OK);
	table = frame_of(pte_addr(vpd[PDX(VA)]));
	CHECK(table->used == 5 && table->low == 0 && table->high == 1023);
	CHECK(frame_of(a.directory)->used == 1 && frame_of(a.directory)->low == PDX(VA));
	for (unsigned i = 0; i < ARRAY_LEN(places); i++) {
		CHECK(table->used == 5 - i);
		CHECK(pmap_unmap(&a, VA + places[i] * PAGE_SIZE, NULL) == PMAP_OK);
	}
	CHECK(frame_of(a.directory)->used == 0);
	end();
}

TEST(pmap_first_and_last_page)
{
	begin();
	const vaddr_t ends[] = { PAGE_SIZE, UTOP - PAGE_SIZE };
	for (unsigned i = 0; i < 2; i++) {
		paddr_t pa = frame_alloc_zero(FRAME_USER);
		CHECK(pmap_map(&a, ends[i], pa, RW, NULL) == PMAP_OK);
		*word(ends[i] + PAGE_SIZE - 4) = 99 + i;
		CHECK(((uint32_t *)frame_ptr(pa))[1023] == 99 + i);
	}
	end();
}

TEST(pmap_two_spaces_and_the_second_window)
{
	begin();
	paddr_t pa = frame_alloc_zero(FRAME_USER), pb = frame_alloc_zero(FRAME_USER);
	*(uint32_t *)frame_ptr(pa) = 0xaaaa;
	*(uint32_t *)frame_ptr(pb) = 0xbbbb;
	CHECK(pmap_map(&a, VA, pa, RW, NULL) == PMAP_OK && *word(VA) == 0xaaaa);
	CHECK(pmap_create(&b) == PMAP_OK);
	pmap_open_alt(&b);
	CHECK(pte_addr(apd[PDX(PT_base)]) == b.directory);
	CHECK(pmap_map(&b, VA, pb, PROT_READ, NULL) == PMAP_OK);
	CHECK(pte_addr(apt[VPN(VA)]) == pb && pte_addr(vpt[VPN(VA)]) == pa && *word(VA) == 0xaaaa);
	pmap_close_alt();
	CHECK(!pte_present(vpd[PDX(APT_base)]));
	pmap_load(&b);
	CHECK(*word(VA) == 0xbbbb && pte_addr(vpt[VPN(VA)]) == pb);
	pmap_load(&a);
	CHECK(*word(VA) == 0xaaaa);
	pmap_destroy(&b);
	end();
}

/* More address spaces than the machine has numbers for (MIPS: 255 ASIDs), each with its own word at one address. */
TEST(pmap_many_spaces)
{
	enum { SPACES = 600 };
	static struct pmap many[SPACES];
	uint32_t empty = frames_free;
	for (unsigned i = 0; i < SPACES; i++) {
		paddr_t pa = frame_alloc_zero(FRAME_USER);
		*(uint32_t *)frame_ptr(pa) = i;
		CHECK(pmap_create(&many[i]) == PMAP_OK);
		pmap_load(&many[i]);
		CHECK(pmap_map(&many[i], VA, pa, RW, NULL) == PMAP_OK && *word(VA) == i);
	}
	for (unsigned round = 0; round < 2; round++)
		for (unsigned i = 0; i < SPACES; i++) {
			pmap_load(&many[i * 7 % SPACES]);
			CHECK(*word(VA) == i * 7 % SPACES + round);
			*word(VA) += 1;
		}
	CHECK(frame_audit() == 0);
	pmap_load(&kernel_pmap);
	for (unsigned i = 0; i < SPACES; i++)
		pmap_destroy(&many[i]);
	CHECK(frames_free == empty);
}

TEST(pmap_many_regions)
{
	begin();
	for (unsigned k = 1; k < PDX(UTOP); k += 37)
		CHECK(pmap_map(&a, (k << PDE_SHIFT) + k * PAGE_SIZE, frame_alloc(FRAME_USER), RW, NULL) == PMAP_OK);
	CHECK(frame_audit() == 0);
	pmap_open_alt(&kernel_pmap);
	pmap_close_alt();
	end(); /* destroy: every table goes back */
}

/* 4 MB for which one entry stands: counted, copied, parted, and given back. */
TEST(fault_one_entry_for_many_pages)
{
	const vaddr_t va = VA & -PDE_SPAN, last = va + 4 * PDE_SPAN;
	const pte_t demand = pte_absent(PTE_DEMAND, 0, RW);
	begin();
	uint32_t empty = frames_free;
	CHECK(range_is_free(va, last) && range_prepare(va, last, true) == PMAP_OK && range_set(va, last, demand) == last);
	CHECK(frames_free == empty && frame_of(a.directory)->used == 4 && range_is_mapped(va, last));
	CHECK(pmap_lookup(&a, va) == NULL && pmap_entry(va + PAGE_SIZE) == demand && frame_audit() == 0);
	CHECK(pmap_map_demand(&a, va, RW) == PMAP_EEXIST && frames_free == empty);
	CHECK(fault_resolve(va + 5 * PAGE_SIZE, ACCESS_WRITE) && *word(va + 5 * PAGE_SIZE) == 0);
	CHECK(frame_of(pte_addr(vpd[PDX(va)]))->used == ENTRIES && frames_free == empty - 2 && frame_audit() == 0);
	CHECK(pmap_unmap(&a, va + PDE_SPAN + PAGE_SIZE, NULL) == PMAP_OK); /* out of the middle of the second */
	CHECK(frame_of(pte_addr(vpd[PDX(va) + 1]))->used == ENTRIES - 1 && !range_is_mapped(va, last));
	CHECK(range_protect(va + 2 * PDE_SPAN, last, PROT_READ) == last && pte_prot(vpd[PDX(va) + 3]) == PROT_READ);
	CHECK(!fault_resolve(va + 2 * PDE_SPAN, ACCESS_WRITE) && !pte_present(vpd[PDX(va) + 2]));
	CHECK(range_find(va, last, PAGE_SIZE, PAGE_SIZE) == va + PDE_SPAN + PAGE_SIZE);
	CHECK(range_find(va, last, 2 * PAGE_SIZE, PAGE_SIZE) == 0);
	for (vaddr_t at = va; at < last;)
		at = range_set(at, last, 0);
	CHECK(frames_free == empty && frame_of(a.directory)->used == 0);
	CHECK(range_find(va, last, PDE_SPAN, PDE_SPAN) == last - PDE_SPAN);
	CHECK(range_find(va + PAGE_SIZE, last, 4 * PDE_SPAN, PAGE_SIZE) == 0);
	end();
}

/* Without a frame nothing changes, wherever it is missing. */
TEST(fault_ranges_fail_without_effects)
{
	const vaddr_t va = VA & -PDE_SPAN, last = va + 2 * PDE_SPAN;
	begin();
	uint32_t empty = frames_free;
	for (unsigned n = 1; n <= 2; n++) {
		frame_fail_after = n;
		CHECK(range_prepare(va + PAGE_SIZE, last - PAGE_SIZE, true) == PMAP_ENOMEM);
		CHECK(frames_free == empty && frame_of(a.directory)->used == 0);
	}
	CHECK(range_set(va, last, pte_absent(PTE_DEMAND, 0, RW)) == last);
	frame_fail_after = 1;
	CHECK(pmap_unmap(&a, va, NULL) == PMAP_ENOMEM && frames_free == empty && !pte_present(vpd[PDX(va)]));
	frame_fail_after = 1;
	CHECK(pmap_protect(&a, va, PROT_READ) == PMAP_ENOMEM && frames_free == empty);
	frame_fail_after = 1;
	CHECK(!fault_resolve(va, ACCESS_WRITE) && fault_lacks_memory(va, ACCESS_WRITE) && frames_free == empty);
	frame_fail_after = 2; /* the table comes, the page does not: what the entries say is the same */
	CHECK(!fault_resolve(va, ACCESS_WRITE) && pte_kind(vpt[VPN(va)]) == PTE_DEMAND);
	frame_fail_after = 0;
	end();
}

/* One object in two address spaces: the second finds the first one's page. It ends with the last entry that names it. */
TEST(fault_shared_object)
{
	const vaddr_t va = VA & -PDE_SPAN, last = va + PDE_SPAN;
	begin();
	uint32_t empty = frames_free;
	uint32_t number = mapping_create(va);
	CHECK(number != 0);
	pte_t object = pte_absent(PTE_OBJECT, number, RW | PTE_SHARED);
	CHECK(range_set(va, last, object) == last);
	mapping_unref(number, 1);
	CHECK(frame_audit() == 0 && pmap_create(&b) == PMAP_OK);
	unsigned next = 0;
	CHECK(pmap_fork(&b, &next) == PMAP_OK && next == PDX(UTOP) && frame_audit() == 0);
	CHECK(fault_resolve(va + PAGE_SIZE, ACCESS_WRITE));
	*word(va + PAGE_SIZE) = 77;
	paddr_t pa = pte_addr(vpt[VPN(va) + 1]);
	CHECK(frame_of(pa)->refs == 2 && frame_audit() == 0); /* the object's and the entry's */
	pmap_load(&b);
	CHECK(fault_resolve(va + PAGE_SIZE, ACCESS_READ) && *word(va + PAGE_SIZE) == 77);
	CHECK(pte_addr(vpt[VPN(va) + 1]) == pa && frame_of(pa)->refs == 3 && frame_audit() == 0);
	for (vaddr_t at = va; at < last;)
		at = range_set(at, last, 0);
	CHECK(frame_of(pa)->refs == 2 && frame_audit() == 0);
	pmap_load(&a);
	pmap_destroy(&b);
	for (vaddr_t at = va; at < last;)
		at = range_set(at, last, 0);
	CHECK(frames_free == empty);
	end();
}
