/* kern/mem/shared.c: memory that several address spaces share: objects, their pages, the mappings entries name. (lab 4) */
#include <mem/shared.h>
#include <mem/frame.h>
#include <mem/pool.h>
#include <core/core.h>

#define MAPPING_MAX 4096 /* at one time; 0 is none of them */
#define BUCKETS 4096

/* An anonymous object is mapped once, and all further entries are copies of those: so it and its mapping are one. */
struct mapping {
	uint32_t refs;           /* entries that name it */
	uint32_t first;          /* the virtual page number of the object's page 0 */
	uint32_t counted;        /* the audit's scratch */
	struct page_of *pages;   /* those that were touched */
};

/* One page of an object: it holds a reference to the frame. */
struct page_of {
	struct page_of *chain;   /* the next one in its bucket */
	struct page_of *next;    /* of the same object */
	uint32_t object, page;
	paddr_t pa;
};

static struct mapping *mappings[MAPPING_MAX];
static uint32_t mapping_count, last_number;
static struct page_of *buckets[BUCKETS];
static struct pool mapping_pool = { .size = ROUND_UP(sizeof(struct mapping), 8) };
static struct pool page_pool = { .size = ROUND_UP(sizeof(struct page_of), 8) };

static struct page_of **bucket(uint32_t object, uint32_t page)
{
	return &buckets[(object * 0x9e3779b1u + page) % BUCKETS];
}

static struct mapping *mapping_of(uint32_t number)
{
	if (number >= MAPPING_MAX || !mappings[number])
		panic("an entry names mapping %u, which is not there", number);
	return mappings[number];
}

uint32_t mapping_create(vaddr_t va)
{
	if (mapping_count == MAPPING_MAX - 1)
		return 0;
	struct mapping *m = pool_alloc(&mapping_pool);
	if (!m)
		return 0;
	do
		last_number = last_number % (MAPPING_MAX - 1) + 1;
	while (mappings[last_number]);
	mappings[last_number] = m;
	mapping_count++;
	m->refs = 1;
	m->first = VPN(va);
	return last_number;
}

void mapping_ref(uint32_t number, uint32_t entries)
{
	mapping_of(number)->refs += entries;
}

static void forget_page(struct page_of *p)
{
	struct page_of **link = bucket(p->object, p->page);
	while (*link != p)
		link = &(*link)->chain;
	*link = p->chain;
	frame_unref(p->pa);
	pool_free(&page_pool, p);
}

void mapping_unref(uint32_t number, uint32_t entries)
{
	struct mapping *m = mapping_of(number);
	ASSERT(m->refs >= entries);
	m->refs -= entries;
	if (m->refs)
		return;
	for (struct page_of *p = m->pages, *next; p; p = next) {
		next = p->next;
		forget_page(p);
	}
	mappings[number] = NULL;
	mapping_count--;
	pool_free(&mapping_pool, m);
}

/* A page that nobody has touched before. */
static struct page_of *new_page(struct mapping *m, uint32_t object, uint32_t page)
{
	struct page_of *p = pool_alloc(&page_pool), **link = bucket(object, page);
	if (!p)
		return NULL;
	paddr_t pa = frame_alloc_zero(FRAME_USER);
	if (!pa) {
		pool_free(&page_pool, p);
		return NULL;
	}
	*p = (struct page_of){ .chain = *link, .next = m->pages, .object = object, .page = page, .pa = pa };
	*link = m->pages = p;
	return p;
}

paddr_t mapping_frame(uint32_t number, vaddr_t va)
{
	struct mapping *m = mapping_of(number);
	uint32_t page = VPN(va) - m->first;
	struct page_of *p = *bucket(number, page);
	while (p && (p->object != number || p->page != page))
		p = p->chain;
	if (!p && !(p = new_page(m, number, page)))
		return 0;
	return frame_ref(p->pa) ? p->pa : 0;
}

bool mapping_count_entry(uint32_t number)
{
	if (number >= MAPPING_MAX || !mappings[number])
		return false;
	mappings[number]->counted++;
	return true;
}

unsigned mapping_audit(void (*count_page)(paddr_t pa, vaddr_t va))
{
	unsigned faults = 0;
	for (uint32_t n = 0; n < MAPPING_MAX; n++) {
		struct mapping *m = mappings[n];
		if (!m)
			continue;
		for (struct page_of *p = m->pages; p; p = p->next)
			count_page(p->pa, (m->first + p->page) << PAGE_SHIFT);
		if (m->counted != m->refs) {
			printf("audit: mapping %u has %u references, but %u entries name it\n", n, m->refs, m->counted);
			faults++;
		}
		m->counted = 0;
	}
	return faults;
}
