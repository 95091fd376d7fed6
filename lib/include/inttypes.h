/* lib/include/inttypes.h: printf conversions for the types of <stdint.h>. (lab 1) */
#ifndef LIB_INTTYPES_H
#define LIB_INTTYPES_H

#include <stdint.h>

/* int32_t is int or long, as the compiler chose: h, none and ll are right for every one of them; l is not. */
#define PRId8 "hhd"
#define PRIu8 "hhu"
#define PRIx8 "hhx"
#define PRId16 "hd"
#define PRIu16 "hu"
#define PRIx16 "hx"
#define PRId32 "d"
#define PRIu32 "u"
#define PRIx32 "x"
#define PRId64 "lld"
#define PRIu64 "llu"
#define PRIx64 "llx"
#define PRIxPTR "x"

#endif
