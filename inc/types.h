/* inc/types.h: integer types and small helpers that kernel, library and programs share. (all labs) */
#ifndef INC_TYPES_H
#define INC_TYPES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>


#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define ROUND_DOWN(x, unit) ((x) & ~((unit)-1)) /* unit: a power of two */
#define ROUND_UP(x, unit) (((x) + (unit)-1) & ~((unit)-1))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define CONTAINER_OF(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

#endif
