/* lib/i386/setjmp.S: setjmp and longjmp: ebx, esi, edi, ebp, esp of the caller, return address. (lab 3) */
	.section .text.setjmp, "ax", @progbits
	.globl setjmp, longjmp
setjmp:
	mov 4(%esp), %edx
	mov (%esp), %ecx
	mov %ebx, 0(%edx)
	mov %esi, 4(%edx)
	mov %edi, 8(%edx)
	mov %ebp, 12(%edx)
	lea 4(%esp), %eax
	mov %eax, 16(%edx)
	mov %ecx, 20(%edx)
	xor %eax, %eax
	ret

longjmp:
	mov 4(%esp), %edx
	mov 8(%esp), %eax
	test %eax, %eax
	jnz 1f
	inc %eax
1:	mov 0(%edx), %ebx
	mov 4(%edx), %esi
	mov 8(%edx), %edi
	mov 12(%edx), %ebp
	mov 16(%edx), %esp
	jmp *20(%edx)
