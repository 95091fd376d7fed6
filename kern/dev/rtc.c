/* kern/dev/rtc.c: the PC's clock chip (MC146818), which runs on a battery; Malta has one, too. (lab 3) */
#include <arch/port.h>
#include <dev/dev.h>

#define INDEX 0x70
#define DATA 0x71

enum { SECOND = 0, MINUTE = 2, HOUR = 4, DAY = 7, MONTH = 8, YEAR = 9, STATUS_A = 10, STATUS_B = 11 };
#define A_UPDATING 0x80 /* the registers may change while they are read */
#define B_24_HOURS 0x02
#define B_BINARY 0x04   /* else two decimal digits in each */
#define HOUR_PM 0x80    /* where hours go from 1 to 12 */
#define PATIENCE 100000
#define DAYS_TO_2000 10957 /* from 1970 */

struct date {
	uint8_t second, minute, hour, day, month, year;
};

static uint8_t read(unsigned which)
{
	outb(INDEX, which);
	return inb(DATA);
}

static struct date read_date(void)
{
	for (unsigned i = 0; i < PATIENCE && (read(STATUS_A) & A_UPDATING); i++)
		;
	return (struct date){ read(SECOND), read(MINUTE), read(HOUR), read(DAY), read(MONTH), read(YEAR) };
}

static unsigned decode(uint8_t value, uint8_t format)
{
	return format & B_BINARY ? value : (value >> 4) * 10 + value % 16;
}

static unsigned decode_hour(uint8_t value, uint8_t format)
{
	if (format & B_24_HOURS)
		return decode(value, format);
	return decode(value & ~HOUR_PM, format) % 12 + (value & HOUR_PM ? 12 : 0);
}

/* Years are 2000 to 2099: every fourth is a leap year. */
static uint32_t seconds_of(const struct date *date, uint8_t format)
{
	static const uint16_t before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	unsigned year = decode(date->year, format), month = decode(date->month, format) - 1;
	if (year > 99 || month > 11)
		return 0;
	uint32_t days = DAYS_TO_2000 + year * 365 + (year + 3) / 4 + before[month] + (month > 1 && year % 4 == 0) +
		decode(date->day, format) - 1;
	return ((days * 24 + decode_hour(date->hour, format)) * 60 + decode(date->minute, format)) * 60 +
		decode(date->second, format);
}

uint32_t rtc_read(void)
{
	struct date once, again = read_date();
	unsigned i = 0;
	do {
		once = again;
		again = read_date();
	} while (once.second != again.second && i++ < PATIENCE); /* no update went in between */
	return seconds_of(&again, read(STATUS_B));
}
