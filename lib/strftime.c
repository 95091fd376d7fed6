/* lib/strftime.c: dates as text, in English. (lab 3) */
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char days[] = "Sunday\0   Monday\0   Tuesday\0  Wednesday\0Thursday\0 Friday\0   Saturday";
static const char months[] = "January\0  February\0 March\0    April\0    May\0      June\0     July\0     August\0   September\0"
	"October\0  November\0 December";
#define NAME 10 /* bytes from one to the next */

static const char *day_name(const struct tm *tm) { return (unsigned)tm->tm_wday < 7 ? days + NAME * tm->tm_wday : "?"; }
static const char *month_name(const struct tm *tm) { return (unsigned)tm->tm_mon < 12 ? months + NAME * tm->tm_mon : "?"; }

/* The week of the year, by which day weeks begin with (0: Sunday). */
static int week(const struct tm *tm, int first)
{
	return (tm->tm_yday + 7 - (tm->tm_wday + 7 - first) % 7) / 7;
}

static int days_in(int year)
{
	return 365 + (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

/* ISO 8601: the week belongs to the year of its Thursday: the last one (-1), this one (0), or the next. */
static int iso_week(const struct tm *tm, int *number)
{
	int thursday = tm->tm_yday + 3 - (tm->tm_wday + 6) % 7, year = tm->tm_year + 1900, off = 0;

	if (thursday < 0) {
		off = -1;
		thursday += days_in(year - 1);
	} else if (thursday >= days_in(year)) {
		off = 1;
		thursday -= days_in(year);
	}
	*number = thursday / 7 + 1;
	return off;
}

/* Into text of n bytes; those that are made of others give their format. */
static const char *convert(char c, const struct tm *tm, char *text, size_t n)
{
	int year = tm->tm_year + 1900, hour12 = (tm->tm_hour + 11) % 12 + 1, iso;

	switch (c) {
	case 'a': snprintf(text, n, "%.3s", day_name(tm)); return NULL;
	case 'A': snprintf(text, n, "%s", day_name(tm)); return NULL;
	case 'b': case 'h': snprintf(text, n, "%.3s", month_name(tm)); return NULL;
	case 'B': snprintf(text, n, "%s", month_name(tm)); return NULL;
	case 'C': snprintf(text, n, "%02d", year / 100); return NULL;
	case 'd': snprintf(text, n, "%02d", tm->tm_mday); return NULL;
	case 'e': snprintf(text, n, "%2d", tm->tm_mday); return NULL;
	case 'H': snprintf(text, n, "%02d", tm->tm_hour); return NULL;
	case 'I': snprintf(text, n, "%02d", hour12); return NULL;
	case 'G': snprintf(text, n, "%d", year + iso_week(tm, &iso)); return NULL;
	case 'V': iso_week(tm, &iso); snprintf(text, n, "%02d", iso); return NULL;
	case 'k': snprintf(text, n, "%2d", tm->tm_hour); return NULL;
	case 'l': snprintf(text, n, "%2d", hour12); return NULL;
	case 's': snprintf(text, n, "%lld", (long long)timegm(&(struct tm){ tm->tm_sec, tm->tm_min, tm->tm_hour, tm->tm_mday,
		tm->tm_mon, tm->tm_year })); return NULL;
	case 'j': snprintf(text, n, "%03d", tm->tm_yday + 1); return NULL;
	case 'm': snprintf(text, n, "%02d", tm->tm_mon + 1); return NULL;
	case 'M': snprintf(text, n, "%02d", tm->tm_min); return NULL;
	case 'p': snprintf(text, n, "%s", tm->tm_hour < 12 ? "AM" : "PM"); return NULL;
	case 'S': snprintf(text, n, "%02d", tm->tm_sec); return NULL;
	case 'u': snprintf(text, n, "%d", tm->tm_wday ? tm->tm_wday : 7); return NULL;
	case 'U': snprintf(text, n, "%02d", week(tm, 0)); return NULL;
	case 'w': snprintf(text, n, "%d", tm->tm_wday); return NULL;
	case 'W': snprintf(text, n, "%02d", week(tm, 1)); return NULL;
	case 'y': snprintf(text, n, "%02d", (year % 100 + 100) % 100); return NULL;
	case 'Y': snprintf(text, n, "%d", year); return NULL;
	case 'z': snprintf(text, n, "+0000"); return NULL;
	case 'Z': snprintf(text, n, "UTC"); return NULL;
	case 'n': snprintf(text, n, "\n"); return NULL;
	case 't': snprintf(text, n, "\t"); return NULL;
	case '%': snprintf(text, n, "%%"); return NULL;
	case 'c': return "%a %b %e %H:%M:%S %Y";
	case 'D': case 'x': return "%m/%d/%y";
	case 'F': return "%Y-%m-%d";
	case 'r': return "%I:%M:%S %p";
	case 'R': return "%H:%M";
	case 'T': case 'X': return "%H:%M:%S";
	default: snprintf(text, n, "%%%c", c); return NULL;
	}
}

size_t strftime(char *buf, size_t size, const char *fmt, const struct tm *tm)
{
	size_t at = 0;
	char text[24];

	for (; *fmt; fmt++) {
		if (*fmt != '%' || !fmt[1]) {
			text[0] = *fmt;
			text[1] = 0;
		} else {
			const char *made_of = convert(*++fmt, tm, text, sizeof(text));
			if (made_of) {
				size_t n = strftime(buf + at, size - at, made_of, tm);
				if (!n)
					return 0;
				at += n;
				continue;
			}
		}
		size_t n = strlen(text);
		if (n >= size - at)
			return 0;
		memcpy(buf + at, text, n + 1);
		at += n;
	}
	if (at < size)
		buf[at] = 0;
	return at;
}

char *asctime_r(const struct tm *tm, char *buf)
{
	strftime(buf, 26, "%c\n", tm);
	return buf;
}

char *asctime(const struct tm *tm)
{
	static char text[26];

	return asctime_r(tm, text);
}

char *ctime(const time_t *time) { return asctime(localtime(time)); }

char *ctime_r(const time_t *time, char *buf)
{
	struct tm tm;

	return asctime_r(gmtime_r(time, &tm), buf);
}
