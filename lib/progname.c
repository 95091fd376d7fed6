/* lib/progname.c: what this program was called as. Programs that don't ask have no memory for it. (lab 3) */
#include <unistd.h>

const char *__progname = "?";
