/* lib/locale.c: the only locale is "C". (lab 3) */
#include <locale.h>
#include <string.h>

char *setlocale(int category, const char *locale)
{
	if (category < LC_CTYPE || category > LC_ALL)
		return NULL;
	if (locale && *locale && strcmp(locale, "C") != 0 && strcmp(locale, "POSIX") != 0)
		return NULL;
	return (char *)"C";
}

struct lconv *localeconv(void)
{
	static struct lconv c = { (char *)".", (char *)"", (char *)"" };

	return &c;
}
