/* lib/include/locale.h: the only locale is "C". (lab 3) */
#ifndef LIB_LOCALE_H
#define LIB_LOCALE_H

#include <stddef.h>

#define LC_CTYPE 0
#define LC_NUMERIC 1
#define LC_TIME 2
#define LC_COLLATE 3
#define LC_MONETARY 4
#define LC_MESSAGES 5
#define LC_ALL 6

char *setlocale(int category, const char *locale); /* "C"; null: there is no such locale */

struct lconv {
	char *decimal_point, *thousands_sep, *grouping;
};
struct lconv *localeconv(void);

#endif
