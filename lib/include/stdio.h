/* lib/include/stdio.h: formatted input and output on streams. (lab 3) */
#ifndef LIB_STDIO_H
#define LIB_STDIO_H

#include <stdarg.h>
#include <stddef.h>
#include <sys/types.h>

#define EOF (-1)
#define BUFSIZ 1024
#define FOPEN_MAX 64
#define FILENAME_MAX 256

typedef const struct __file FILE;
extern FILE *const stdin, *const stdout, *const stderr;
#define stdin stdin
#define stdout stdout
#define stderr stderr

/*
 * stdout is written a line at a time where it is the console, so that the lines of several programs do not mix, and else
 * when its buffer is full; stderr at once. setvbuf changes that: buf, which may be null, must live as long as the stream.
 */
#define _IOFBF 1
#define _IOLBF 2
#define _IONBF 3
int setvbuf(FILE *f, char *buf, int mode, size_t size); /* 0; EINVAL: no such mode */
void setbuf(FILE *f, char *buf);                        /* of BUFSIZ bytes; null: written at once */
void setlinebuf(FILE *f);

/* mode: r, w, a, and + for both; null and errno. There are no files yet: ENOENT, but for what lib/open.c knows. */
FILE *fopen(const char *path, const char *mode);
FILE *fdopen(int fd, const char *mode); /* fclose closes fd, too */
int fclose(FILE *f);
FILE *popen(const char *command, const char *mode); /* "r": reads what the shell's command writes; "w": it reads */
int pclose(FILE *f);                                /* the command's status, as of waitpid */
/* *text is *length characters and a NUL after each fflush, and after fclose: then it is the caller's to free. */
FILE *open_memstream(char **text, size_t *length);
FILE *fmemopen(void *buf, size_t size, const char *mode); /* buf may be null: it comes from malloc */

int printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int fprintf(FILE *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int vprintf(const char *fmt, va_list ap);
int vfprintf(FILE *f, const char *fmt, va_list ap);
int snprintf(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);
int sprintf(char *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int vsprintf(char *buf, const char *fmt, va_list ap);
int dprintf(int fd, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int vdprintf(int fd, const char *fmt, va_list ap);
int asprintf(char **text, const char *fmt, ...) __attribute__((format(printf, 2, 3))); /* *text comes from malloc */
int vasprintf(char **text, const char *fmt, va_list ap);

/* d i u o x c s [ n p a e f g; widths, *, lengths. How many were stored; EOF: the input ended before the first. */
int scanf(const char *fmt, ...) __attribute__((format(scanf, 1, 2)));
int fscanf(FILE *f, const char *fmt, ...) __attribute__((format(scanf, 2, 3)));
int sscanf(const char *text, const char *fmt, ...) __attribute__((format(scanf, 2, 3)));
int vscanf(const char *fmt, va_list ap);
int vfscanf(FILE *f, const char *fmt, va_list ap);
int vsscanf(const char *text, const char *fmt, va_list ap);

int putchar(int c);
int putc(int c, FILE *f);
int fputc(int c, FILE *f);
int puts(const char *s); /* and a newline */
int fputs(const char *s, FILE *f);
size_t fwrite(const void *p, size_t size, size_t n, FILE *f);
int fflush(FILE *f); /* null: all. EOF: it did not work, and ferror says so from then on */
void perror(const char *what);

/* Reading from any stream shows first what waits in stdout for the console. */
int getchar(void);
int getc(FILE *f);
int fgetc(FILE *f);
int ungetc(int c, FILE *f); /* one character */
char *fgets(char *buf, int size, FILE *f);
size_t fread(void *p, size_t size, size_t n, FILE *f);
/* *line is null or from malloc, and grows. How many characters, with the delimiter; -1: the end, or an error */
ssize_t getline(char **line, size_t *size, FILE *f);
ssize_t getdelim(char **line, size_t *size, int end, FILE *f);

int feof(FILE *f);
int ferror(FILE *f);
void clearerr(FILE *f);
int fileno(FILE *f);

/* Several calls together: no other thread's come between. The others take and release that lock, too. */
void flockfile(FILE *f);
void funlockfile(FILE *f);
int getc_unlocked(FILE *f);
int getchar_unlocked(void);
int putc_unlocked(int c, FILE *f);
int putchar_unlocked(int c);

#endif
