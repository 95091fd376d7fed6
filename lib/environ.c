/* lib/environ.c: the environment's array. Programs that don't use it have no memory for it. (lab 3) */
#include <unistd.h>

char **environ;
