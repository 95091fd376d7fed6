/* inc/syscall.h: the system calls: numbers, and the constants their arguments use. (lab 3)
 *
 * Calling convention. i386: int $0x30, number in eax, arguments in ebx, ecx, edx, esi, edi, result in eax.
 * MIPS: syscall, number in v0, arguments in a0..a3, result in v0; the kernel keeps s0-s8, gp, sp, ra, and zeroes the rest.
 * A result from -4095 to -1 is a negated error number of error.h.
 */
#ifndef INC_SYSCALL_H
#define INC_SYSCALL_H

#define SYSCALL_VECTOR 0x30 /* i386 */

/* number, name; the kernel's function is sys_<name>, the library's stub sys_<name> too */
#define SYSCALL_LIST(S)                                                                      \
	S(0, exit)     /* (int status): never returns */                                     \
	S(1, getpid)   /* (): process id */                                                  \
	S(2, yield)    /* (): 0, after every runnable thread of this priority had its turn */ \
	S(3, write)    /* (int fd, const void *buf, size_t n): bytes written */              \
	S(4, read)     /* (int fd, void *buf, size_t n): bytes read, 0 at end of input */    \
	S(5, spawn)    /* (const char *name, char *const argv[]): process id of the child */ \
	S(6, wait)     /* (int pid or -1, int *status, int options): pid that ended */       \
	S(7, sleep)    /* (uint32_t milliseconds): 0 */                                      \
	S(8, page_map) /* (void *va, size_t bytes, int prot): 0; fresh zeroed memory */      \
	S(9, page_unmap)   /* (void *va, size_t bytes): 0 */                                 \
	S(10, page_protect) /* (void *va, size_t bytes, int prot): 0 */                      \
	S(11, poweroff)    /* (int status): never returns */                                 \
	S(12, program)     /* (unsigned index, char *name, size_t n): length of the index-th program's name */ \
	S(13, fork)        /* (): process id of the child, a copy of the caller; 0 in the child */

#define SYSCALL_COUNT 14 /* assembly needs it as a plain number */

#ifndef __ASSEMBLER__
enum {
#define SYSCALL_ENUM(number, name) SYS_##name = number,
	SYSCALL_LIST(SYSCALL_ENUM)
#undef SYSCALL_ENUM
};
#define SYSCALL_ONE(number, name) +1
_Static_assert(SYSCALL_COUNT == 0 SYSCALL_LIST(SYSCALL_ONE), "SYSCALL_COUNT counts the list");
#undef SYSCALL_ONE
#endif

/* page_map, page_protect: prot. Readable is implied by the other two: no machine here can keep them apart. */
#define PROT_NONE 0
#define PROT_READ 1
#define PROT_WRITE 2
#define PROT_EXEC 4

#define WNOHANG 1 /* wait: return 0 at once when no child has ended yet */

/* wait: *status is the exit status (0..255) << 8, or the number of the signal-like cause that ended the process. */
#define STATUS_EXIT(code) (((code)&0xff) << 8)
#define STATUS_KILLED 11 /* ended by the kernel: a fault nobody handled */

#define WRITE_MAX 4096 /* bytes that one write takes; write() of the library calls again for the rest */
#define ARG_MAX 3072 /* bytes that a program's arguments may take, strings and their pointers together */

#endif
