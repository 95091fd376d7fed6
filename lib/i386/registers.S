/* lib/i386/registers.S: registers that the kernel must keep. (lab 3) */
#include <syscall.h>

/* Patterns for eax, ecx, edx, ebx, esi, edi, ebp: 1 to 7. */
#define PATTERN(n) $(0x1234567*n)

.macro check number, pattern, register
	cmp \pattern, \register
	mov $\number + 1, %eax /* flags stay */
	jne done
.endm

.macro enter
	push %ebx
	push %esi
	push %edi
	push %ebp
.endm

.macro fill
	mov PATTERN(3), %edx
	mov PATTERN(4), %ebx
	mov PATTERN(5), %esi
	mov PATTERN(6), %edi
	mov PATTERN(7), %ebp
.endm

.macro check_filled
	check 3, PATTERN(3), %edx
	check 4, PATTERN(4), %ebx
	check 5, PATTERN(5), %esi
	check 6, PATTERN(6), %edi
	check 7, PATTERN(7), %ebp
.endm

	.section .text.probe_registers, "ax", @progbits
	.globl probe_registers_spin, probe_registers_call
/* ecx counts; its own value is checked by the count itself. The direction flag, too, is the program's. */
probe_registers_spin:
	enter
	fill
	mov 20(%esp), %ecx
	mov PATTERN(1), %eax
	std
1:	dec %ecx
	jnz 1b
	pushf
	cld
	cmp PATTERN(1), %eax
	mov $2, %eax
	jne flags_done
	testl $0x400, (%esp)
	mov $9, %eax
	jz flags_done
	add $4, %esp
	check_filled
	xor %eax, %eax
done:
	pop %ebp
	pop %edi
	pop %esi
	pop %ebx
	ret
flags_done:
	add $4, %esp
	jmp done

probe_registers_call:
	enter
	fill
	mov PATTERN(2), %ecx
	mov $1, %eax /* getpid */
	std
	int $SYSCALL_VECTOR
	pushf
	cld
	testl $0x400, (%esp)
	mov $9, %eax
	jz flags_done
	add $4, %esp
	check 2, PATTERN(2), %ecx
	check_filled
	xor %eax, %eax
	jmp done

	.section .text.probe_loop, "ax", @progbits
	.globl probe_loop
probe_loop:
	mov 4(%esp), %ecx
1:	dec %ecx
	jnz 1b
	ret
