/* inc/i386/lab.h: LAB_TODO for the PC's assembler, 32-bit code. It needs no stack, and works before paging is on. (all labs) */
#include "../lab.h"

#ifdef __ASSEMBLER__
#define LAB_TODO(exercise) LAB_TODO_AT(exercise, __LINE__)
#define LAB_TODO_AT(exercise, line) movl $991f, %esi; jmp lab_todo_here; 991: LAB_TEXT(exercise, line)
#endif
