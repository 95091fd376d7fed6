/* lib/ouros.c: system calls as C functions: those that only OurOS has. (lab 3) */
#include "call.h"
#include <ouros.h>
#include <unistd.h>

pid_t spawn(const char *name, char *const argv[]) { return CALL(spawn, name, argv, environ); }
pid_t spawnve(const char *name, char *const argv[], char *const envp[]) { return CALL(spawn, name, argv, envp); }
pid_t spawn_in(pid_t group, const char *name, char *const argv[]) { return CALL4(spawn, name, argv, environ, group); }
int page_map(void *va, size_t bytes, int prot) { return CALL(page_map, va, bytes, prot); }
int page_unmap(void *va, size_t bytes) { return CALL(page_unmap, va, bytes, 0); }
int page_protect(void *va, size_t bytes, int prot) { return CALL(page_protect, va, bytes, prot); }
int context_return(const struct context *context) { return CALL(context_return, context, 0, 0); }
int proc_start(pid_t child) { return CALL(proc_start, child, 0, 0); }
int page_share(pid_t child, void *va, void *from, int prot) { return CALL4(page_share, child, va, from, prot); }
int program_name(unsigned index, char *name, size_t n) { return CALL(program, index, name, n); }
int set_priority(int tid, int priority, int weight) { return CALL(set_priority, tid, priority, weight); }
int thread_info(int after, struct thread_info *info) { return CALL(thread_info, after, info, sizeof(*info)); }
int poweroff(int status) { return CALL(poweroff, status, 0, 0); }
