/* lib/forward.h: the body of a function with "...": its v- form, which takes a va_list named ap, does the work. (lab 3) */
#ifndef LIB_FORWARD_H
#define LIB_FORWARD_H

#include <stdarg.h>

/* For functions whose last named argument is fmt. */
#define FORWARD(call)   \
	va_list ap;     \
	int n;          \
	va_start(ap, fmt); \
	n = call;       \
	va_end(ap);     \
	return n

#endif
