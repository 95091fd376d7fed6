/* lib/include/libgen.h: the parts of a path. (lab 3) */
#ifndef LIB_LIBGEN_H
#define LIB_LIBGEN_H

/* Both may change path, and return a part of it or a constant. */
char *basename(char *path);
char *dirname(char *path);

#endif
