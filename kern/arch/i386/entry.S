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
	/*
	 * [lab 3.3, 1 point] From user mode: void trap_user(struct trapframe *), whose argument is in eax. It runs
	 * on the kernel's stack, from KSTACK_top down, and a backtrace ends here: ebp is 0.
	 */
	mov $KSTACK_top, %esp
	xor %ebp, %ebp /* backtraces end here */
	call trap_user
	/* [end of lab 3.3] */
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
	/*
	 * [lab 3.3, 2 points] A system call: esp is where it is in trap_common (tss.esp0). Make the same frame: an
	 * error code, the vector, all registers; segments and direction as there. Then edi points to its first
	 * pushed word. eax, ebx, ecx, edx, esi are still the program's at the end.
	 */
	pushl $0
	pushl $SYSCALL_VECTOR
	pushal
	mov $SEL_UDATA, %edi
	mov %edi, %ds
	mov %edi, %es
	cld
	mov %esp, %edi
	/* [end of lab 3.3] */
	testl $EFLAGS_VM, TF_EFLAGS(%edi) /* with IOPL 3, calls come from there, too */
	jnz trap_in_vm86
	/*
	 * [lab 3.3, 3 points] On the kernel's stack, ebp 0: call syscall_table[number] with the four arguments,
	 * and put its result where popal finds it. The program chose all five values: a number from SYSCALL_COUNT
	 * on goes to no_such_call. edi is kept by C functions, as ebx, esi and ebp are.
	 */
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
	/* [end of lab 3.3] */
trap_exit:
	/*
	 * [lab 3.3, 2 points] Back to the program whose frame edi points to, with all its registers; unless
	 * cpu0.resched is set: then to trap_schedule. The vector and the error code are not for iret.
	 */
	cmpl $0, CPU_RESCHED
	jne trap_schedule
	mov %edi, %esp
	popal
	add $8, %esp
	iret
	/* [end of lab 3.3] */
trap_schedule:
	call sched_quick
	test %eax, %eax
	jnz trap_return_message
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
	/*
	 * [lab 3.3, 1 point] eax: the thread. Another one may have run: fs and gs are loaded, too (SEL_UDATA,
	 * SEL_THREAD). Then as above.
	 */
	lea TF_PUSHED(%eax), %esp
	mov $SEL_UDATA, %eax
	mov %eax, %fs
	mov $SEL_THREAD, %eax
	mov %eax, %gs
	popal
	add $8, %esp
	iret
	/* [end of lab 3.3] */
