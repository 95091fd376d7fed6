/* lib/include/time.h: what time it is, and waiting for a later one. (lab 3) */
#ifndef LIB_TIME_H
#define LIB_TIME_H

#include <stddef.h>
#include <clock.h>
#include <sys/types.h>

#define CLOCKS_PER_SEC 1000000

time_t time(time_t *where); /* seconds since 1970; where may be null */
clock_t clock(void);        /* the time this process has used, in CLOCKS_PER_SEC; in steps of a clock tick */

int clock_gettime(clockid_t which, struct timespec *now); /* CLOCK_REALTIME, CLOCK_MONOTONIC */
int clock_getres(clockid_t which, struct timespec *step);
/* Not shorter than asked for. EINTR: a signal came before; *left (may be null) is what remained. */
int nanosleep(const struct timespec *time, struct timespec *left);

/* A date, in UTC, which is local time, too. */
struct tm {
	int tm_sec, tm_min, tm_hour, tm_mday; /* mday from 1, the others from 0 */
	int tm_mon, tm_year;                  /* months from 0, years since 1900 */
	int tm_wday, tm_yday, tm_isdst;       /* days since Sunday, since 1 January; 0 */
};

double difftime(time_t later, time_t earlier);
struct tm *gmtime(const time_t *time); /* the same room each time */
struct tm *gmtime_r(const time_t *time, struct tm *tm);
struct tm *localtime(const time_t *time);
struct tm *localtime_r(const time_t *time, struct tm *tm);
time_t mktime(struct tm *tm);          /* fields may lie outside their ranges, and are put in order */
time_t timegm(struct tm *tm);
/* Length without NUL; 0: size bytes were not enough. */
size_t strftime(char *buf, size_t size, const char *fmt, const struct tm *tm) __attribute__((format(strftime, 3, 0)));
char *asctime(const struct tm *tm);
char *asctime_r(const struct tm *tm, char *buf); /* 26 bytes */
char *ctime(const time_t *time);
char *ctime_r(const time_t *time, char *buf);

#endif
