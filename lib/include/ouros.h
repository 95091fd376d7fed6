/* lib/include/ouros.h: what only OurOS has: spawn, memory by the page, this process's page tables. (lab 3)
 * Each call returns -1 and sets errno when it fails, unless it says otherwise.
 */
#ifndef LIB_OUROS_H
#define LIB_OUROS_H

#include <info.h>
#include <memlayout.h>
#include <signals.h>
#include <syscall.h>
#include <sys/types.h>
#include <machine.h>

/*
 * Start program name of the archive ("ls" or "/bin/ls") as a child; argv ends with a null pointer, and so does envp,
 * which is environ if not given. Its process id.
 */
pid_t spawn(const char *name, char *const argv[]);
pid_t spawnve(const char *name, char *const argv[], char *const envp[]);
/* As spawn; from its first instruction the child is in that process group (EPERM: there is none), or in SPAWN_OWN_GROUP. */
pid_t spawn_in(pid_t group, const char *name, char *const argv[]);

/* Pages va .. va + bytes, both multiples of PAGE_SIZE. 0, or -1: then nothing has changed. */
int page_map(void *va, size_t bytes, int prot);     /* zeroed, and taking no memory before the first touch */
int page_unmap(void *va, size_t bytes);
int page_protect(void *va, size_t bytes, int prot);

int yield(void) __asm__("sys_yield");                                         /* 0; let the others run first */
int poweroff(int status); /* switch the machine off; EPERM: only its first process may */

/*
 * Threads, as the kernel knows them; <pthread.h> makes them comfortable. entry(argument) runs on the stack that ends at
 * sp (the library writes to it what this machine's functions expect there); the thread register is block, whose first
 * word must hold its own address, and which must be as large as syscall.h's THREAD_BLOCK.
 */
int thread_create(void (*entry)(uint32_t), void *sp, uint32_t argument, void *block); /* its id */
/* The calling thread ends; *word (may be null) becomes 0 and one futex waiter is woken when its stack is free. */
int thread_exit(uint32_t *word);
int thread_register(void *block);
pid_t gettid(void) __asm__("sys_gettid");
/* Wait for a word to change, or wake those who wait: syscall.h's FUTEX_*. */
int futex(volatile uint32_t *word, int op, uint32_t value, uint32_t deadline);

/*
 * Priorities go from 1, which always runs first, to 6; programs start with 4, or their parent's. Weight: how long a turn is
 * among threads of one priority, in hundredths of a second (1 to 50; at first 5; 0: as it is). Of a thread of this
 * process or of a child; tid 0: the caller. ESRCH, EINVAL; EPERM: somebody else's, or a priority above 4, which only the
 * machine's first process can give.
 */
int set_priority(int tid, int priority, int weight);

/* About the thread that comes after this one in the kernel's list (0: the first). Its id, 0: there is none. */
int thread_info(int after, struct thread_info *info);
uint32_t uptime(void); /* milliseconds since boot, modulo 2^32: what deadlines are made of */

/*
 * The calling thread's own page faults: those that the kernel has no answer to go to handler, on the stack given (2048
 * bytes at least: a fault in the handler takes more of it; nothing else's stack should end right below). It maps the page, or changes the context, and returns; if the
 * page's entry has not changed by then, and the fault comes again, it is a SIGSEGV. Calls that meet such a page in a
 * buffer begin anew after the handler has run. A child of fork has the same handler. handler null: none.
 */
typedef void fault_fn(siginfo_t *fault, struct context *context); /* si_addr, si_access (0 read, 1 write, 2 jump) */
int fault_handler(fault_fn *handler, void *stack, size_t size);

/*
 * A process made by hand: proc_create's child has the caller's registers and descriptors (it returns 0 there), no memory,
 * and does not run before proc_start. page_share: syscall.h; child 0: the caller itself. The child finds the stack as it is
 * when that is shared: lib/ufork.c says how to come back from proc_create then.
 */
pid_t proc_create(void) __asm__("sys_proc_create"); /* or a negated error number */
int page_share(pid_t child, void *va, void *from, int prot);
int proc_start(pid_t child);
/* fork, made of these, for programs with one thread: the copies on write are the program's own work. */
pid_t ufork(void);

/* The index-th program of the archive, sorted by name. Length of its name, which is cut off at n - 1 characters. */
int program_name(unsigned index, char *name, size_t n);

/*
 * Go on where context says (<signals.h>): a handler's last act; its own argument, changed or not. Returns only with an
 * error. What no program may have, it does not get: it faults there, or keeps what it has.
 */
int context_return(const struct context *context);

/*
 * Ports: threads of one process or of several pass messages to each other (inc/syscall.h: Messages). The first argument
 * of all but the first is a descriptor. For port_send, port_call and the replies it may be combined with PORT_PAGES,
 * PORT_DESCRIPTORS and PORT_TIMED: what the message carries, and that waiting ends at the deadline that port_window gave.
 * Errors beside EBADF and EINVAL: EPIPE, the port, the one who was to answer, or the last right to send is gone; ESRCH,
 * nobody to reply to; EDEADLK, only threads that wait for this one could receive; ETIMEDOUT; EINTR; EFAULT, a page that
 * is not there; ENOSPC, the receiver takes fewer pages; EMFILE, it has no room for the descriptors; ENOMEM, a page to be shared has
 * too many owners.
 */
struct message {
	uint32_t badge;   /* received: of the right that it was sent through; 0: an answer, or port_notify's bits */
	uint32_t word[3];
};
int port_create(int flags);                                 /* flags 0. The right to receive; spawned programs don't get it */
int port_right(int fd, uint32_t badge);                     /* of a port: the right to send to it */
int port_answer(void);                                      /* the right to answer this thread's caller, once, by port_send */
int port_send(int fd, const struct message *m);             /* 0: somebody has received it */
int port_receive(int fd, struct message *m, uint32_t deadline); /* PORT_CALLED or PORT_NOTIFIED, and what it carries */
int port_call(int fd, struct message *m);                   /* sends *m; *m is the answer, the result says what it carries */
int port_reply_receive(int fd, struct message *m);          /* answers the caller of the last message, then as port_receive */
int port_reply(int carries, const struct message *m);       /* only answers; 0, or PORT_PAGES, PORT_DESCRIPTORS */
int port_notify(int fd, uint32_t bits);                     /* ORs them into what the receiver will find; never waits */
int port_window(void *va, unsigned pages, uint32_t deadline); /* this thread takes pages there, in place of what is there */

/*
 * This process's page tables, read-only: uvpt[VPN(va)] is va's page-table entry, uvpd[PDX(va)] its directory entry.
 * Look at uvpd first: there is something to read in uvpt only where a table is. <machine.h> says what an entry means.
 */
#define uvpt ((const volatile uint32_t *)UPT_base)
#define uvpd ((const volatile uint32_t *)UPD_base)

#endif
