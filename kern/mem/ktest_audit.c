/* kern/mem/ktest_audit.c: kernel tests of the audit: it sees each kind of disagreement, which is made here on purpose. (lab 2) */
#include <mem/entry.h>
#include <core/core.h>

#define VA 0x10000000u /* a page in region 0x40 */

static struct pmap a;
static paddr_t page;
static pte_t *pde, *pte; /* of VA, in the direct map */
static uint32_t before;

/* One page, in one table. The pmap is not loaded: what is done to its entries does nobody harm. */
static void begin(void)
{
	before = frames_free;
	CHECK(pmap_create(&a) == PMAP_OK);
	pmap_load(&a);
	page = frame_alloc(FRAME_USER);
	CHECK(pmap_map(&a, VA, page, PROT_READ | PROT_WRITE, NULL) == PMAP_OK);
	pmap_load(&kernel_pmap);
	pde = (pte_t *)frame_ptr(a.directory) + PDX(VA);
	pte = (pte_t *)frame_ptr(pte_addr(*pde)) + VPN(VA) % ENTRIES;
	CHECK(frame_audit() == 0);
}

/* All has been mended. */
static void end(void)
{
	CHECK(frame_audit() == 0);
	pmap_destroy(&a);
	CHECK(frames_free == before);
}

/* The audit's count while *what is other than it should be. */
#define WITH(what, value) ({                        \
	__typeof__(what) was_ = (what);             \
	(what) = (value);                           \
	unsigned found_ = frame_audit();            \
	(what) = was_;                              \
	found_;                                     \
})

TEST(audit_counts_a_pages_owners)
{
	begin();
	struct frame *f = frame_of(page);
	CHECK(WITH(f->refs, 2) == 1);           /* leaked */
	CHECK(WITH(f->refs, 0) == 1);           /* freed too early */
	CHECK(WITH(f->kind, FRAME_KERNEL) == 1); /* mapped, but not as a page */
	CHECK(WITH(f->kind, FRAME_FREE) == 3);  /* and with an owner, and not counted as free */
	end();
}

TEST(audit_compares_a_tables_record)
{
	begin();
	struct frame *f = frame_of(pte_addr(*pde)), was = *f;
	f->used = 2;
	CHECK(frame_audit() == 1);
	*f = was;
	f->low = f->high = 1; /* the entry is number 0 */
	CHECK(frame_audit() == 1);
	*f = was;
	CHECK(WITH(f->refs, 2) == 3);            /* not looked into: then nobody names its page, nor the table itself */
	CHECK(WITH(f->kind, FRAME_KERNEL) == 2); /* the same, but for the table */
	end();
}

TEST(audit_looks_at_the_directory)
{
	begin();
	pde_t *self = (pde_t *)frame_ptr(a.directory) + PDX(PT_base);
	CHECK(WITH(*self, 0) == 1);
	CHECK(WITH(a.there[0], a.there[0] ^ 2) == 1);
	CHECK(WITH(*pde, 0) == 4);              /* its bit, the number of entries, the table leaked, the page leaked */
	CHECK(WITH(pde[1], *pde) == 3);         /* its bit, the number of entries, and linked twice */
	CHECK(WITH(*pde, pde_table(frame_at(frame_count))) == 3); /* no table of ours, and the other one and its page leaked */
	end();
}

TEST(audit_knows_what_an_entry_may_name)
{
	begin();
	paddr_t none = frame_at(frame_count);
	CHECK(WITH(*pte, pte_leaf(none, PROT_READ)) == 2);                     /* no frame of ours, and the page is leaked */
	CHECK(WITH(*pte, pte_absent(PTE_OBJECT, 4095, PROT_READ)) == 2);       /* no mapping */
	CHECK(WITH(*pte, pte_absent(PTE_OBJECT, 0x7ffff, PROT_READ)) == 2);
	uint32_t number = mapping_create(VA);
	CHECK(number && frame_audit() == 1);                                   /* nobody names it */
	mapping_unref(number, 1);
	end();
}

TEST(audit_counts_the_free_frames)
{
	CHECK(WITH(frames_free, frames_free + 1) == 1);
	CHECK(frame_audit() == 0);
}
