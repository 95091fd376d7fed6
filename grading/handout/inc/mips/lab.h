/* inc/mips/lab.h: LAB_TODO for MIPS' assembler. Four instructions, which need no stack and no other register than a0: there
 * is room for them in the TLB refill vector, too. (all labs) */
#include "../lab.h"

#ifdef __ASSEMBLER__
#define LAB_TODO(exercise) LAB_TODO_AT(exercise, __LINE__)
#define LAB_TODO_AT(exercise, line)                                                                     \
	.set push; .set noreorder; lui $4, %hi(991f); addiu $4, $4, %lo(991f); j lab_todo_here; nop; .set pop; \
	.pushsection .rodata; 991: LAB_TEXT(exercise, line); .popsection
#endif
