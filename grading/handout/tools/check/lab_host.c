/* tools/check/lab_host.c: linked to the tests that run on your computer: they have come to something that is not written
 * yet. (all labs) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void lab_todo(const char *exercise, const char *file, int line)
{
	fflush(NULL);
	printf("lab %.*s, exercise %s is not written yet: %s:%d\n", (int)strcspn(exercise, "."), exercise, exercise, file, line);
	fflush(NULL);
	_Exit(1);
}
