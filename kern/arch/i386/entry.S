/* kern/arch/i386/entry.S: the way into the kernel and out of it. (lab 3)
 *
 * From user mode the CPU starts at TSS.esp0, which trap_set_thread has put at the end of the thread's struct trapframe:
 * so CPU and stub push straight into the thread, and then turn to the one kernel stack, which is empty at every entry.
 * In kernel mode (idle, or a bug) the same words go to the stack in use.
 * Only cs, ss and the flags are the program's to lose: ds and es are set at each entry and stay so, fs and gs at each switch.
 */
#include <syscall.h>
#include "shared.h"

#define CPU_CURRENT cpu0
#define CPU_RESCHED cpu0 + 4
#define VECTORS 48
#define HAS_ERROR_CODE 0x00227d00 /* 8, 10-14, 17, 21 */

	.text

/* One stub of 16 bytes for each vector: push an error code where the CPU didn't, and the vector. */
	.globl trap_stubs
	.balign 16
trap_stubs:
	.set vector, 0
	.rept VECTORS
	.balign 16
	.if !((HAS_ERROR_CODE >> vector) & 1) || vector > 31
	pushl $0
	.endif
	pushl $vector
	jmp trap_common
	.set vector, vector + 1
	.endr

trap_common:
	pushal
	mov $SEL_UDATA, %eax
	mov %eax, %ds
	mov %eax, %es
	cld
	mov %esp, %edi
	lea -TF_PUSHED(%esp), %eax
	testl $EFLAGS_VM, TF_EFLAGS(%edi)
	jnz trap_in_vm86
	testb $3, TF_CS(%edi)
	jz trap_in_kernel
	mov $KSTACK_top, %esp
	xor %ebp, %ebp /* a backtrace ends here */
	call trap_user
	jmp trap_exit

trap_in_vm86:
	lea -TF_PUSHED(%edi), %eax
	mov $KSTACK_top, %esp
	xor %ebp, %ebp
	call trap_vm86
	call schedule

/* ebp stays: the backtrace goes on into what was interrupted. */
trap_in_kernel:
	call trap_kernel
	mov %edi, %esp
	popal
	add $8, %esp
	iret

/*
 * int $0x30. Number in eax, arguments in ebx, ecx, edx, esi; the kernel's C functions take theirs in eax, edx, ecx and
 * on the stack. The call may have stopped the thread, or ended it: then cpu0.resched is set.
 */
	.globl syscall_entry
	.balign 16
syscall_entry:
	pushl $0
	pushl $SYSCALL_VECTOR
	pushal
	mov $SEL_UDATA, %edi
	mov %edi, %ds
	mov %edi, %es
	cld
	mov %esp, %edi
	testl $EFLAGS_VM, TF_EFLAGS(%edi) /* with IOPL 3, calls come from there, too */
	jnz trap_in_vm86
	mov $KSTACK_top, %esp
	xor %ebp, %ebp
	cmp $SYSCALL_COUNT, %eax
	jae no_such_call
	push %esi
	mov %eax, %esi
	mov %ebx, %eax
	xchg %ecx, %edx
	call *syscall_table(, %esi, 4)
	mov %eax, TF_EAX(%edi)
trap_exit:
	cmpl $0, CPU_RESCHED
	jne trap_schedule
	mov %edi, %esp
	popal
	add $8, %esp
	iret
trap_schedule:
	call schedule
/* Every register is in the frame already. */
	.globl sys_fork
sys_fork:
	jmp fork_current
/* These never return here. */
	.irp name, port_send, port_receive, port_call, port_reply_receive
	.globl sys_\name
sys_\name:
	jmp \name
	.endr
no_such_call:
	movl $-38, TF_EAX(%edi) /* -ENOSYS */
	jmp trap_exit

/* void trap_return(struct thread *thread): load its registers and go. The thread begins with its trap frame. */
	.globl trap_return, trap_return_message
trap_return_message:
	lea TF_GS_LOW(%eax), %edx /* trap_set_thread, without a call */
	mov TF_GS_LOW(%eax), %ecx
	mov %edx, tss + 4
	mov TF_GS_LOW + 4(%eax), %edx
	mov %ecx, gdt + SEL_THREAD - 3
	mov %edx, gdt + SEL_THREAD + 1
trap_return:
	lea TF_PUSHED(%eax), %esp
	mov $SEL_UDATA, %eax
	mov %eax, %fs
	mov $SEL_THREAD, %eax
	mov %eax, %gs
	popal
	add $8, %esp
	iret
