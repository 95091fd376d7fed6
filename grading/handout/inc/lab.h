/* inc/lab.h: what stands where you have not written anything yet. Every source is compiled as if it included this file
 * first. LAB_TODO(2.4) stops the machine, or the program, and says which exercise it waits for: put your code there. (all labs)
 */
#ifndef INC_LAB_H
#define INC_LAB_H

#ifdef __ASSEMBLER__
/* inc/<machine>/lab.h has LAB_TODO; this is what it stores. */
#define LAB_NUMBER_TEXT(n) #n
#define LAB_TEXT(exercise, line) .asciz #exercise; .ascii " is not written yet: "; .ascii __FILE__; .asciz LAB_NUMBER_TEXT(:line)
#else
#define LAB_TODO(exercise) lab_todo(#exercise, __FILE__, __LINE__)
void lab_todo(const char *exercise, const char *file, int line) __attribute__((noreturn));
#endif

#endif
