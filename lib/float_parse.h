/* lib/float_parse.h: text as floating point, for strtod, strtof and scanf. (lab 3) */
#ifndef LIB_FLOAT_PARSE_H
#define LIB_FLOAT_PARSE_H

#include <stdint.h>

/* A format: bits of the mantissa with its leading one, the exponent of the smallest normal number, the exponent field. */
struct float_kind {
	int mantissa, exponent_min, exponent_bits;
};

/* The nearest number of that kind, as its bits without sign; *end: behind it (text: there is none). ERANGE may be set. */
uint64_t __float_parse(const char *text, char **end, const struct float_kind *kind, int *negative);

#endif
