/* lib/file.h: what a FILE is: for the files of lib/ that make up <stdio.h>. (lab 3) */
#ifndef LIB_FILE_H
#define LIB_FILE_H

#include "lock.h"
#include <stdbool.h>
#include <stdio.h>

/* What changes. It is all zero at first and takes no room in a program's file; what does not change is constant. */
struct __stream {
	bool eof, error;
	unsigned used;  /* bytes in buf: written but not out yet, or read but not all taken */
	unsigned taken; /* reading: bytes of buf that have been handed out */
	struct lock lock; /* held for each call, so that what threads print at one time does not mix */
	char buf[BUFSIZ];
};

struct __file {
	int fd;
	bool at_once; /* written without waiting for the end of a line */
	struct __stream *stream;
};

void __flush_all(void);

#endif
