/* lib/test_time.c: host test: dates against the host's gmtime, timegm and strftime. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static struct tm *(*const host_gmtime_r)(const time_t *, struct tm *) = gmtime_r;
static time_t (*const host_timegm)(struct tm *) = timegm;
static size_t (*const host_strftime)(char *, size_t, const char *, const struct tm *) = strftime;

#define difftime our_difftime
#define gmtime our_gmtime
#define gmtime_r our_gmtime_r
#define localtime our_localtime
#define localtime_r our_localtime_r
#define mktime our_mktime
#define timegm our_timegm
#define strftime our_strftime
#define asctime our_asctime
#define asctime_r our_asctime_r
#define ctime our_ctime
#define ctime_r our_ctime_r
struct tm *gmtime(const time_t *), *gmtime_r(const time_t *, struct tm *), *localtime(const time_t *);
#include "calendar.c"
size_t strftime(char *buf, size_t size, const char *fmt, const struct tm *tm);
#include "strftime.c"

static unsigned failures, checks;

static bool same(const struct tm *a, const struct tm *b)
{
	return a->tm_sec == b->tm_sec && a->tm_min == b->tm_min && a->tm_hour == b->tm_hour && a->tm_mday == b->tm_mday &&
	       a->tm_mon == b->tm_mon && a->tm_year == b->tm_year && a->tm_wday == b->tm_wday && a->tm_yday == b->tm_yday;
}

static void check(bool ok, const char *what, time_t t)
{
	checks++;
	if (!ok && failures++ < 10)
		printf("FAIL time: %s of %lld\n", what, (long long)t);
}

static void try(time_t t, uint64_t random)
{
	static const char fmt[] = "%a %A %b %B %C %d %e %H %I %j %m %M %p %S %u %U %w %W %y %Y %G %V %k %l %s%n%t%% %c %D %F %r %R %T %x %X %h";
	struct tm a, b;
	char text_a[400], text_b[400];

	our_gmtime_r(&t, &a);
	host_gmtime_r(&t, &b);
	check(same(&a, &b), "gmtime", t);
	check(our_timegm(&a) == t, "timegm", t);
	our_strftime(text_a, sizeof(text_a), fmt, &a);
	host_strftime(text_b, sizeof(text_b), fmt, &b);
	check(strcmp(text_a, text_b) == 0, "strftime", t);
	size_t length = strlen(text_a);
	check(our_strftime(text_a, length, fmt, &a) == 0 && our_strftime(text_a, length + 1, fmt, &a) == length, "strftime's room", t);
	a.tm_mon += (int)(random % 200) - 100;
	a.tm_mday += (int)(random >> 8 & 0xfff) - 2000;
	a.tm_sec += (int)(random >> 20 & 0xfffff);
	b = a;
	check(our_timegm(&a) == host_timegm(&b) && same(&a, &b), "timegm, out of order", t);
}

int main(void)
{
	uint64_t x = 88172645463325252u;

	for (int i = 0; i < 10000; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		try((int32_t)x, x >> 32);
		try((int64_t)(x % 40000000000u) - 10000000000, x >> 24);
	}
	try(0, 0);
	try(951782400, 0); /* 29 February 2000 */
	try(-1, 0);
	printf("%s time (%u of %u checks)\n", failures ? "FAIL" : "PASS", checks - failures, checks);
	return failures != 0;
}
