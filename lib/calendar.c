/* lib/calendar.c: seconds since 1970 and dates. Local time is UTC. (lab 3) */
#include <time.h>

#define DAY 86400
#define DAYS_400_YEARS 146097
#define DAYS_TO_1970 719468 /* from 1 March of the year 0 */

double difftime(time_t later, time_t earlier) { return (double)later - (double)earlier; }

static int floor_divide(int64_t a, int64_t b, int64_t *rest)
{
	int64_t q = a / b - (a % b < 0);

	*rest = a - q * b;
	return (int)q;
}

/* Days since 1970, of a month (0 is January) that may lie outside its year. Years begin in March: leap days come last. */
static int64_t days_from(int64_t year, int month, int day)
{
	int64_t in_era, m;

	year += floor_divide((int64_t)month - 2, 12, &m);
	int era = floor_divide(year, 400, &in_era);
	return (int64_t)era * DAYS_400_YEARS + in_era * 365 + in_era / 4 - in_era / 100 + (153 * m + 2) / 5 + day - 1 - DAYS_TO_1970;
}

struct tm *gmtime_r(const time_t *time, struct tm *tm)
{
	int64_t second, in_era;
	int days = floor_divide(*time, DAY, &second);
	int era = floor_divide((int64_t)days + DAYS_TO_1970, DAYS_400_YEARS, &in_era);
	int e = (int)in_era, year = (e - e / 1460 + e / 36524 - e / 146096) / 365;
	int day = e - (365 * year + year / 4 - year / 100), month = (5 * day + 2) / 153; /* since 1 March */

	*tm = (struct tm){ .tm_hour = second / 3600, .tm_min = second / 60 % 60, .tm_sec = second % 60 };
	tm->tm_mday = day - (153 * month + 2) / 5 + 1;
	tm->tm_mon = (month + 2) % 12;
	tm->tm_year = era * 400 + year + (month >= 10) - 1900;
	tm->tm_wday = ((days % 7) + 4 + 7) % 7;
	tm->tm_yday = days - days_from((int64_t)tm->tm_year + 1900, 0, 1);
	return tm;
}

struct tm *gmtime(const time_t *time)
{
	static struct tm tm;

	return gmtime_r(time, &tm);
}

struct tm *localtime_r(const time_t *time, struct tm *tm) { return gmtime_r(time, tm); }
struct tm *localtime(const time_t *time) { return gmtime(time); }

/* Fields outside their ranges count on; then *tm is put in order. */
time_t mktime(struct tm *tm)
{
	int64_t days = days_from((int64_t)tm->tm_year + 1900, tm->tm_mon, 1) + tm->tm_mday - 1;
	time_t time = days * DAY + tm->tm_hour * (int64_t)3600 + tm->tm_min * (int64_t)60 + tm->tm_sec;

	gmtime_r(&time, tm);
	return time;
}

time_t timegm(struct tm *tm) { return mktime(tm); }
