/* inc/syscall.h: the system calls: numbers, and the constants their arguments use. (lab 3)
 *
 * Calling convention. i386: int $0x30, number in eax, arguments in ebx, ecx, edx, esi, result in eax.
 * MIPS: syscall, number in v0, arguments in a0..a3, result in v0; the kernel keeps s0-s8, gp, sp, ra, and zeroes the rest.
 * A result from -4095 to -1 is a negated error number of error.h.
 */
#ifndef INC_SYSCALL_H
#define INC_SYSCALL_H

#define SYSCALL_VECTOR 0x30 /* i386 */

/* number, name, how many arguments; the kernel's function is sys_<name>, the library's stub sys_<name> too */
#define SYSCALL_LIST(S)                                                                                   \
	S(0, exit, 1)          /* (int status): the process ends, all its threads; never returns */       \
	S(1, getpid, 0)        /* (): process id */                                                       \
	S(2, yield, 0)         /* (): 0, after every runnable thread of this priority had its turn */     \
	S(3, write, 3)         /* (int fd, const void *buf, size_t n): bytes written */                   \
	S(4, read, 3)          /* (int fd, void *buf, size_t n): bytes read, 0 at end of input */         \
	S(5, spawn, 4)         /* (const char *name, char *const argv[], char *const envp[], int group): child's pid */ \
	S(6, wait, 3)          /* (int pid, int *status, int options): pid that ended */                  \
	S(7, sleep, 1)         /* (uint32_t milliseconds): 0; how many are left when a signal came */         \
	S(8, page_map, 3)      /* (void *va, size_t bytes, int prot): 0; fresh zeroed memory */           \
	S(9, page_unmap, 2)    /* (void *va, size_t bytes): 0 */                                          \
	S(10, page_protect, 3) /* (void *va, size_t bytes, int prot): 0 */                                \
	S(11, poweroff, 1)     /* (int status): never returns; EPERM in all but the first process */          \
	S(12, program, 3)      /* (unsigned index, char *name, size_t n): length of the index-th program's name */ \
	S(13, fork, 0)         /* (): process id of the child, a copy of the caller; 0 in the child */    \
	S(14, exec, 3)         /* (const char *name, char *const argv[], char *const envp[]): only returns an error */ \
	S(15, brk, 1)          /* (void *end): the heap's end from now on; NULL asks */                   \
	S(16, mmap, 4)         /* (void *hint, size_t bytes, int prot, int flags): where */               \
	S(17, munmap, 2)       /* (void *va, size_t bytes): 0; holes are no error */                      \
	S(18, page_share, 4)   /* (int pid, void *va, void *from, int prot): va names the caller's page, too: below */ \
	S(19, proc_create, 0)  /* (): pid of a held child with the caller's registers and no memory; 0 in it */ \
	S(20, proc_start, 1)   /* (int pid): 0; a held child runs */                                      \
	S(21, fault_handler, 4) /* (void *entry, void *stack, size_t size, uint32_t argument): 0; entry NULL: none */\
	S(22, context_return, 1) /* (const struct context *): goes on there */                            \
	S(23, kill, 2)         /* (int pid, int signal): 0 */                                             \
	S(24, sigaction, 3)    /* (int signal, const struct sigaction *, struct sigaction *was): 0 */     \
	S(25, sigmask, 3)      /* (int how, const sigset_t *, sigset_t *was): 0 */                        \
	S(26, sigsuspend, 1)   /* (const sigset_t *): -EINTR */                                           \
	S(27, sigpending, 1)   /* (sigset_t *): 0 */                                                      \
	S(28, alarm, 1)        /* (uint32_t milliseconds): what was left of the last one */               \
	S(29, getppid, 0)      /* (): the parent's pid, 0: none */                                        \
	S(30, setpgid, 2)      /* (int pid, int group): 0 */                                              \
	S(31, getpgid, 1)      /* (int pid): its group */                                                 \
	S(32, console_group, 2) /* (int fd, int group): 0; which group the keyboard's signals go to */    \
	S(33, times, 1)        /* (struct tms *): ticks since boot */                                     \
	S(34, clock, 2)        /* (int which, struct timespec *): 0 */                                    \
	S(35, thread_create, 4) /* (void *entry, void *sp, uint32_t argument, void *tls): thread id */    \
	S(36, thread_exit, 1)  /* (uint32_t *word): set to 0 and one waiter woken, when the thread is gone */ \
	S(37, gettid, 0)       /* (): thread id */                                                        \
	S(38, thread_kill, 2)  /* (int tid, int signal): 0 */                                             \
	S(39, futex, 4)        /* (uint32_t *word, int op, uint32_t value, uint32_t deadline) */          \
	S(40, set_priority, 3) /* (int tid, int priority, int weight): 0; tid 0: the caller; weight 0: as it is */ \
	S(41, thread_info, 3)  /* (int after, struct thread_info *, size_t): tid of the next thread, 0 at the end */ \
	S(42, pipe, 2)         /* (int fds[2], int flags): 0 */                                           \
	S(43, dup, 2)          /* (int fd, int to): to; -1: the lowest free one */                        \
	S(44, close, 1)        /* (int fd): 0 */                                                          \
	S(45, fcntl, 3)        /* (int fd, int command, int argument) */                                  \
	S(46, poll, 3)         /* (struct pollfd *, unsigned n, int milliseconds): how many are ready */  \
	S(47, port_create, 1)  /* (int flags): descriptor of a new port */                                \
	S(48, port_right, 2)   /* (int fd, uint32_t badge): descriptor that can only send to it; -1: only answer the caller */ \
	S(49, port_send, 4)    /* (int fd, w0, w1, w2): 0 when a receiver has it */                       \
	S(50, port_receive, 4) /* (int fd, uint32_t deadline): a message; "Messages", below */            \
	S(51, port_call, 4)    /* (int fd, w0, w1, w2): the answer, a message */                          \
	S(52, port_reply_receive, 4) /* (int fd, w0, w1, w2): answers the last caller; the next message */ \
	S(53, port_notify, 2)  /* (int fd, uint32_t bits): 0; never waits */                              \
	S(54, port_window, 3)  /* (void *va, unsigned pages, uint32_t deadline): 0; for this thread's messages */ \
	S(55, thread_register, 1) /* (void *tls): 0 */                                                    \
	S(56, sigaltstack, 2)  /* (const stack_t *, stack_t *was): 0 */

#define SYSCALL_COUNT 57 /* assembly needs it as a plain number */

#ifndef __ASSEMBLER__
enum {
#define SYSCALL_ENUM(number, name, args) SYS_##name = number,
	SYSCALL_LIST(SYSCALL_ENUM)
#undef SYSCALL_ENUM
};
#define SYSCALL_ONE(number, name, args) +1
_Static_assert(SYSCALL_COUNT == 0 SYSCALL_LIST(SYSCALL_ONE), "SYSCALL_COUNT counts the list");
#undef SYSCALL_ONE
#endif

/*
 * page_share: pid is a child made by proc_create and not started, or 0, the caller itself. prot: page_protect's; to share
 * a page for writing, the caller must be able to write to it. Where a directory entry stands for 4 MB (uvpd says so) and
 * both addresses are multiples of that, all of it is shared. PROT_COPY, in place of PROT_WRITE: private pages are marked,
 * on both sides, and read-only: the program's fault handler is to copy them at the first write.
 */
#define PROT_COPY 8

/* page_map, page_protect: prot. Readable is implied by the other two: no machine here can keep them apart. */
#define PROT_NONE 0
#define PROT_READ 1
#define PROT_WRITE 2
#define PROT_EXEC 4

/* mmap: flags. MAP_ANONYMOUS, and one of the first two, must be given. */
#define MAP_SHARED 1  /* after fork, too: one page for all */
#define MAP_PRIVATE 2
#define MAP_FIXED 16  /* exactly there; what was there before goes */
#define MAP_ANONYMOUS 32

#define SPAWN_OWN_GROUP (-1) /* spawn: the child begins a process group; 0: it is in its parent's */

#define WNOHANG 1    /* wait: return 0 at once when no child has ended yet */
#define WUNTRACED 2  /* of a child that was stopped, too */
#define WCONTINUED 8 /* of a stopped one that went on, too */

/*
 * wait: *status is the exit status (0..255) << 8, or the number of the signal that ended the process; of one that lives:
 * the signal that stopped it << 8 | 0x7f, or STATUS_CONTINUED.
 */
#define STATUS_STOPPED(signal) ((signal) << 8 | 0x7f)
#define STATUS_CONTINUED 0xffff
#define STATUS_IS_STOPPED(status) (((status)&0xff) == 0x7f)
#define STATUS_EXIT(code) (((code)&0xff) << 8)
#define STATUS_KILLED 11 /* SIGSEGV: a bad address nobody handled */

/*
 * The thread register: i386 gs (gs:0 is the first byte of the block), MIPS gp. It holds the address that thread_create or
 * thread_register was given. A program's first thread has a block at the end of its stack, of so many bytes, all zero but
 * for the first word, which holds the block's own address, so that i386 can find it.
 */
#define THREAD_BLOCK 128

/* futex: what to do with the word. Any address that is a multiple of 4; shared pages are one for all who map them. */
#define FUTEX_WAIT 0    /* until woken: 0; -EAGAIN when the word is not value, -ETIMEDOUT past the deadline, -EINTR */
#define FUTEX_WAKE 1    /* up to value of those who wait, first come first: how many */
#define FUTEX_REQUEUE 2 /* wake one; all others wait for the word at the address given as deadline from now on: how many */

/*
 * Locks whose owner runs with the priority of whoever waits for it. The word holds the owner's thread id, 0: free, and
 * FUTEX_WAITERS when somebody waits: then the owner must not just write 0 to it.
 */
#define FUTEX_LOCK 3    /* 0; -EOWNERDEAD: it is the caller's now, its owner has ended; -EDEADLK, -ETIMEDOUT, -EINTR */
#define FUTEX_UNLOCK 4  /* 0: it is the most urgent waiter's now; -EPERM: it was not the caller's */
#define FUTEX_WAITERS 0x80000000

#define CLOCK_HZ 100   /* ticks a second */
#define WRITE_MAX 4096 /* bytes that one write to the console takes; write() of the library calls again for the rest */
#define ARG_MAX 16384  /* bytes that a program's arguments and environment may take, strings and pointers together */
#define OPEN_MAX 64    /* descriptors of a process */

/*
 * A deadline is a time in milliseconds since boot, as clock() of ouros.h gives it; times are compared modulo 2^32.
 * 0: none.
 */

/*
 * Messages: three words. Whoever receives one finds it in registers (i386: badge ebx, words ecx, edx, esi; MIPS: a0, a1, a2, a3),
 * and as the call's result bits that say what it is. The descriptor's bits from 16 up say what a message carries.
 */
#define PORT_CALLED 1u           /* received: the sender waits for an answer */
#define PORT_NOTIFIED 2u         /* received: no message; word 0 has the bits of port_notify since the last time */
#define PORT_PAGES 0x10000      /* word 2 names pages, at the receiver those of its window where they are now */
#define PORT_DESCRIPTORS 0x20000u /* word 1 names descriptors, at the receiver its own */
#define PORT_TIMED 0x40000u      /* wait no longer than to the deadline that port_window gave */
#define PORT_NONE 0xffff        /* port_reply_receive: in the descriptor's place: answer, receive nothing */

/*
 * Word 2: va | flags | pages - 1. Without flags the pages move, and the sender keeps fresh zeroed ones in their place; shared
 * ones both have from then on. Read-only: the receiver can't write them.
 */
#define PORT_PAGES_MAX 16u
#define PORT_SHARE 0x100u
#define PORT_READ_ONLY 0x200u
/* Word 1: up to four descriptors, six bits each, the first lowest; how many; do they leave the sender? */
#define PORT_DESCRIPTOR_COUNT(word) ((word) >> 24 & 7)
#define PORT_DESCRIPTOR(word, n) ((word) >> (n) * 6 & 63)
#define PORT_ONE_DESCRIPTOR(fd) ((fd) | 1u << 24)
#define PORT_MOVE 0x08000000u

#endif
