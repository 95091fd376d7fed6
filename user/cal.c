/* user/cal.c: a month's calendar, or a year's: cal [[month] year]. (lab 3) */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WIDTH 20 /* of a month */
#define WEEKS 6

static int days_in(int year, int month)
{
	struct tm tm = { .tm_year = year - 1900, .tm_mon = month + 1, .tm_mday = 0, .tm_hour = 12 };

	mktime(&tm); /* the day before the next month's first */
	return tm.tm_mday;
}

static int first_weekday(int year, int month)
{
	struct tm tm = { .tm_year = year - 1900, .tm_mon = month, .tm_mday = 1, .tm_hour = 12 };

	mktime(&tm);
	return tm.tm_wday;
}

/* One week, always WIDTH wide. */
static void week(int year, int month, int number, char *to)
{
	int day = 1 - first_weekday(year, month) + 7 * number, days = days_in(year, month);

	for (int i = 0; i < 7; i++, day++, to += 3) {
		if (day < 1 || day > days)
			strcpy(to, "   ");
		else
			sprintf(to, "%2d ", day);
	}
	to[-1] = 0;
}

static void title(int year, int month, const char *format, char *to)
{
	struct tm tm = { .tm_year = year - 1900, .tm_mon = month, .tm_mday = 1 };
	char text[32];
	int n = strftime(text, sizeof(text), format, &tm), left = (WIDTH - n) / 2;

	sprintf(to, "%*s%s%*s", left, "", text, WIDTH - n - left, "");
}

/* So many months side by side. */
static void months(int year, int first, int count, const char *format)
{
	char text[64];

	for (int line = -2; line < WEEKS; line++) {
		for (int i = 0; i < count; i++) {
			if (line == -2)
				title(year, first + i, format, text);
			else if (line == -1)
				strcpy(text, "Su Mo Tu We Th Fr Sa");
			else
				week(year, first + i, line, text);
			printf("%s%s", text, i + 1 < count ? "  " : "\n");
		}
	}
}

static int number(const char *text, int from, int to, const char *what)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*end || end == text || n < from || n > to)
		errx(2, "%s: a %s is a number from %d to %d", text, what, from, to);
	return n;
}

int main(int argc, char **argv)
{
	time_t now = time(NULL);
	struct tm tm;

	localtime_r(&now, &tm);
	int year = argc > 1 ? number(argv[argc - 1], 1, 9999, "year") : tm.tm_year + 1900;
	if (argc > 3)
		errx(2, "usage: cal [[month] year]");
	if (argc != 2) {
		months(year, argc > 2 ? number(argv[1], 1, 12, "month") - 1 : tm.tm_mon, 1, "%B %Y");
		return 0;
	}
	printf("%*d\n", 3 * WIDTH / 2 + 4, year);
	for (int i = 0; i < 12; i += 3)
		months(year, i, 3, "%B");
	return 0;
}
