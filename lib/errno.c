/* lib/errno.c: the last error, and its sentence. (lab 3) */
#include "call.h"
#include "thread.h"
#include <errno.h>
#include <string.h>

int *__errno(void)
{
	return &self()->error;
}

long __failed(long result)
{
	errno = -result;
	return -1;
}

char *strerror(int error)
{
	switch (error) {
#define ERROR_TEXT(name, number, text) case number: return text;
	ERROR_LIST(ERROR_TEXT)
	case 0: return "no error";
	default: return "unknown error";
	}
}

int strerror_r(int error, char *buf, size_t size)
{
	return strlcpy(buf, strerror(error), size) < size ? 0 : ERANGE;
}
