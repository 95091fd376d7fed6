/* kern/arch/i386/ktest_mmu.c: tests of the i386 entries and flushes. (lab 2) */
#include <mem/pmap.h>
#include <core/core.h>

#define VA (KSLOT_base + 0x00200000)
#define RW (PROT_READ | PROT_WRITE)
#define PROTS 32 /* all that PROT_*, PTE_SHARED and PTE_COW can say together */

TEST(mmu_entries_say_what_they_were_told)
{
	for (unsigned prot = 0; prot < PROTS; prot++) {
		unsigned writable = prot & PTE_COW ? prot & ~PROT_WRITE : prot;
		pte_t leaf = pte_leaf(0xabcde000, prot), absent = pte_absent(PTE_SWAP, 0xabcde, prot);
		CHECK(pte_present(leaf) && pte_user(leaf) && pte_addr(leaf) == 0xabcde000);
		CHECK(pte_prot(leaf) == (writable | PROT_READ));
		CHECK(!pte_user(pte_kernel(0x1000, prot)) && !pte_large(leaf));
		CHECK(!pte_present(absent) && pte_kind(absent) == PTE_SWAP && pte_payload(absent) == 0xabcde);
		CHECK(pte_prot(absent) == prot);
	}
	CHECK((pte_absent(PTE_HELD, 0, RW) & (7 << 6)) == 0);
}

TEST(mmu_same_leaves_out_only_what_the_hardware_sets)
{
	CHECK(pte_same(pte_leaf(0x1000, RW), pte_leaf(0x1000, RW) | PTE_A | PTE_D));
	CHECK(!pte_same(pte_leaf(0x1000, RW), pte_leaf(0x1000, PROT_READ)));
	CHECK(!pte_same(pte_absent(PTE_DEMAND, 0, RW), pte_absent(PTE_HELD | PTE_DEMAND, 0, RW))); /* bit 5, as A is */
}

/* QEMU forgets global entries at a CR3 reload, so only the bit itself can be looked at there. */
TEST(hazard_10_entries_of_tables_are_not_global)
{
	CHECK(!((pde_table(0x1000) | pde_window(0x1000) | pde_user_window(0x1000)) & PTE_G));
	for (unsigned i = 0; i < ENTRIES; i++)
		CHECK(!pte_present(vpd[i]) || pte_large(vpd[i]) || !(vpd[i] & PTE_G));
}

TEST(mmu_no_identity_map_and_a_guarded_stack)
{
	CHECK(!pte_present(vpd[0]));
	for (vaddr_t va = KSTACK_bottom - KSTACK_GUARD; va < KSTACK_bottom; va += PAGE_SIZE)
		CHECK(!pte_present(vpt[VPN(va)]));
	for (vaddr_t va = KSTACK_bottom; va < KSTACK_top; va += PAGE_SIZE)
		CHECK(pte_present(vpt[VPN(va)]) && !pte_user(vpt[VPN(va)]));
	CHECK(!pte_present(vpt[VPN(KSTACK_top)]));
}

/* Plain stores, which a compiler may drop when it sees nothing between them that could look. */
TEST(hazard_14_the_store_comes_before_the_flush)
{
	uint32_t seen;
	paddr_t first = frame_alloc_zero(FRAME_KERNEL), second = frame_alloc_zero(FRAME_KERNEL);
	pte_t *pte = (pte_t *)&vpt[VPN(VA)];
	*(uint32_t *)frame_ptr(first) = 1;
	*(uint32_t *)frame_ptr(second) = 2;
	pmap_kernel_map(VA, first, RW);
	*pte = pte_kernel(second, RW);
	tlb_forget(VA);
	asm volatile("mov (%1), %0" : "=r"(seen) : "r"(VA));
	*pte = 0;
	tlb_forget(VA);
	CHECK(seen == 2);
	frame_unref(first);
	frame_unref(second);
}
