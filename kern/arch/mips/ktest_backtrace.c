/* kern/arch/mips/ktest_backtrace.c: kernel tests of backtraces through a program's functions, of which no symbol tells. (lab 1) */
#include <mem/pmap.h>
#include <core/core.h>
#include <string.h>

#define CODE 0x00400000u /* a page, and one behind it; none before it */
#define STACK 0x10000000u
#define FROM (CODE + 0x800) /* a place that a call may return to */

#define JR_RA 0x03e00008u
#define MAKE_FRAME(n) (0x27bd0000u | (uint16_t)-(n)) /* addiu sp, sp, -n */
#define DROP_FRAME(n) (0x27bd0000u | (n))
#define SAVE_RA(n) (0xafbf0000u | (n))               /* sw ra, n(sp) */
#define SAVE_FP(n) (0xafbe0000u | (n))
#define WORK 0x00000021u                             /* addu zero, zero, zero */

static uint32_t *code, *stack; /* those pages, in the direct map */

static uint32_t *page_at(struct pmap *pmap, vaddr_t va)
{
	paddr_t pa = frame_alloc_zero(FRAME_USER);

	CHECK(pmap_map(pmap, va, pa, PROT_READ | PROT_WRITE, NULL) == PMAP_OK);
	return frame_ptr(pa);
}

/* The caller of what was interrupted at pc, with sp at STACK + 0x100, ra and fp as given. pc 0: none is believed. */
static struct stack_frame caller(vaddr_t pc, vaddr_t ra)
{
	struct trapframe tf = { .pc = pc };
	struct stack_frame f;

	tf.r[REG_SP] = STACK + 0x100;
	tf.r[REG_RA] = ra;
	tf.r[REG_FP] = 0xf9;
	backtrace_start_trap(&f, &tf);
	return backtrace_next(&f) ? f : (struct stack_frame){ .pc = 0 };
}

static void check_caller(vaddr_t pc, vaddr_t ra, vaddr_t is, vaddr_t sp, uint32_t fp)
{
	struct stack_frame f = caller(pc, ra);

	CHECK(f.pc == is);
	CHECK(!is || (f.sp == sp && f.fp == fp));
	if (f.pc != is || (is && (f.sp != sp || f.fp != fp)))
		printf("  from 0x%08x: pc 0x%08x sp 0x%08x fp 0x%08x\n", pc, f.pc, f.sp, f.fp);
}

static void check_all(void)
{
	static const uint32_t text[] = {
		/* 00 */ MAKE_FRAME(32), SAVE_RA(28), SAVE_FP(24), WORK, WORK,
		/* 14 */ JR_RA, DROP_FRAME(32),
		/* 1c */ WORK, WORK, /* a function without a frame */
		/* 24 */ JR_RA, WORK,
		/* 2c */ MAKE_FRAME(16), SAVE_RA(12), WORK, DROP_FRAME(16), JR_RA, WORK,
	};
	const vaddr_t sp = STACK + 0x100;

	memcpy(code, text, sizeof(text));
	stack[(0x100 + 28) / 4] = FROM;
	stack[(0x100 + 24) / 4] = 0xf8;
	stack[(0x100 + 12) / 4] = FROM + 4;
	check_caller(CODE, FROM, FROM, sp, 0xf9);               /* no frame yet */
	check_caller(CODE + 4, FROM + 16, FROM + 16, sp + 32, 0xf9); /* it is there, nothing is saved */
	check_caller(CODE + 0xc, 4, FROM, sp + 32, 0xf8);       /* both are */
	check_caller(CODE + 0x10, 4, FROM, sp + 32, 0xf8);
	check_caller(CODE + 0x1c, FROM, FROM, sp, 0xf9);        /* not the function before */
	check_caller(CODE + 0x20, FROM, FROM, sp, 0xf9);
	check_caller(CODE + 0x34, 4, FROM + 4, sp + 16, 0xf9);
	check_caller(CODE + 0x3c, FROM + 8, FROM + 8, sp, 0xf9); /* an early return: the frame is gone */
	check_caller(CODE + 0x20, 0x20000000, 0, 0, 0);         /* ra is no code: the end */
	check_caller(CODE + 0x20, (vaddr_t)&check_all, 0, 0, 0); /* programs are not called by the kernel */
	check_caller(CODE + 0x20, CODE + 0x20, 0, 0, 0);        /* a ring */
	check_caller(0x20000000, FROM, 0, 0, 0);                /* no code */
	memset(code, 0, PAGE_SIZE);
	check_caller(CODE + 0x40, FROM, FROM, sp, 0xf9);        /* nothing that a function begins with, up to the end of what is there */
}

TEST(backtrace_reads_programs)
{
	uint32_t before = frames_free;
	struct pmap a;

	CHECK(pmap_create(&a) == PMAP_OK);
	pmap_load(&a);
	code = page_at(&a, CODE);
	stack = page_at(&a, STACK);
	check_all();
	pmap_destroy(&a);
	CHECK(frames_free == before);
}
