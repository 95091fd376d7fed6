/* lib/file.h: what a FILE is: for the files of lib/ that make up <stdio.h>. (lab 3) */
#ifndef LIB_FILE_H
#define LIB_FILE_H

#include "lock.h"
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/* What changes. It is all zero at first and takes no room in a program's file; what does not change is constant. */
struct __stream {
	bool eof, error;
	bool writing;    /* what buf holds has been written, and is not out yet; else it has been read */
	unsigned char mode; /* _IOFBF, _IOLBF, _IONBF; 0: not asked for, and not yet seen what there is at the other end */
	unsigned used;   /* bytes in buf */
	unsigned taken;  /* reading: how many of them have been handed out */
	struct lock lock; /* held for each call, so that what threads print at one time does not mix */
	char *buf;       /* setvbuf's, or own; null before the first use */
	size_t size;
	char own[BUFSIZ];
};

struct __file {
	int fd;          /* -1: the functions below take its place */
	bool readable, writable, at_once; /* at_once: written without waiting for the end of a line, unless setvbuf says so */
	struct __stream *stream;
	ssize_t (*read)(FILE *f, char *to, size_t n);
	ssize_t (*write)(FILE *f, const char *from, size_t n);
	int (*close)(FILE *f);
	void *cookie;    /* theirs */
};

/* One that was opened; all of them are in a list, so that exit can write what they hold. */
struct __opened {
	struct __file file; /* its address is the FILE's */
	struct __stream stream;
	struct __opened *next;
	int child;          /* popen: the process at the other end */
};

/* Null where nothing is ever opened. */
__attribute__((weak)) extern struct __opened *__opened;
__attribute__((weak)) extern struct lock __opened_lock;

/* From now on it is in the list. Null and ENOMEM; *how is copied. */
FILE *__stream_new(const struct __file *how);
/* "r", "w", "a" and so on. False and EINVAL: something else. */
bool __stream_mode(const char *mode, struct __file *how);
/* => f is locked. Before its first use: choose its buffer, and when it is written. */
void __stream_prepare(FILE *f);

int __flush(FILE *f);        /* => f is locked */
void __flush_all(void);      /* whatever has been written to any stream */
void __flush_lines(void);    /* stdout, when somebody may be reading its lines: before waiting for input */

#endif
