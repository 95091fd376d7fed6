/* lib/include/sys/mman.h: memory by the page, as on Unix. page_map of <ouros.h> is what lies below. (lab 3) */
#ifndef LIB_SYS_MMAN_H
#define LIB_SYS_MMAN_H

#include <sys/types.h>
#include <syscall.h> /* PROT_*, MAP_* */

#define MAP_ANON MAP_ANONYMOUS
#define MAP_FAILED ((void *)-1)

/* Fresh zeroed memory: MAP_ANONYMOUS and MAP_PRIVATE or MAP_SHARED (one page for all after fork), for there are no files
 * to map. A taken hint is passed over; with MAP_FIXED the address is a must, and what was there before goes. */
void *mmap(void *hint, size_t bytes, int prot, int flags, int fd, off_t offset);
int munmap(void *va, size_t bytes); /* holes in the range are no error */
int mprotect(void *va, size_t bytes, int prot);

#endif
