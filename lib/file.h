/* lib/file.h: what a FILE is: for the files of lib/ that make up <stdio.h>. (lab 3) */
#ifndef LIB_FILE_H
#define LIB_FILE_H

#include <stdbool.h>
#include <stdio.h>

struct __file {
	int fd;
	bool at_once;     /* written without waiting for the end of a line */
	bool eof, error;
	unsigned used;    /* bytes in buf: written but not out yet, or read but not all taken */
	unsigned taken;   /* reading: bytes of buf that have been handed out */
	char buf[BUFSIZ];
};

void __flush_all(void);

#endif
