/* boot/mips/entry.S: the first instructions of the kernel on Malta. The firmware has loaded it into kseg0. (lab 1) */
#define zero $0
#define a0 $4
#define t0 $8
#define t1 $9
#define sp $29
#define fp $30
#define ra $31

	.set noreorder
	.section .boot, "ax"

/* a0: number of arguments; a1: their addresses; a2: environment; a3: bytes of memory. (YAMON's convention) */
	.globl start
start:
	lui t0, 0x0040 /* BEV: EBase may be written while the boot ROM's vectors are in force */
	mtc0 t0, $12
	ehb
	lui t1, %hi(vectors)
	addiu t1, t1, %lo(vectors)
	mtc0 t1, $15, 1
	ehb
	mtc0 zero, $13 /* Cause: one vector for interrupts and exceptions */
	mtc0 zero, $12 /* Status: kernel mode, interrupts off, our vectors */
	ehb

	lui t0, %hi(bss_start)
	addiu t0, t0, %lo(bss_start)
	lui t1, %hi(kernel_end)
	addiu t1, t1, %lo(kernel_end)
1:	sw zero, 0(t0)
	addiu t0, t0, 4
	bne t0, t1, 1b
	nop

	lui sp, %hi(kernel_stack_top)
	addiu sp, sp, %lo(kernel_stack_top)
	move fp, zero
	jal boot_info
	nop
	jal kernel_init
	nop
	.globl start_end
start_end:
1:	b 1b
	nop
