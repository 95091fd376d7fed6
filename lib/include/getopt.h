/* lib/include/getopt.h: options with long names. (lab 3) */
#ifndef LIB_GETOPT_H
#define LIB_GETOPT_H

#include <unistd.h> /* getopt */

struct option {
	const char *name;
	int has_arg;
	int *flag; /* null: val is what getopt_long returns; else it is stored there, and 0 returned */
	int val;
};
#define no_argument 0
#define required_argument 1
#define optional_argument 2 /* --name=argument */

/* A long name may be cut off where that leaves no doubt. *index (may be null) becomes the option's. */
int getopt_long(int argc, char *const argv[], const char *options, const struct option *names, int *index);

extern const char *__getopt_at; /* for lib/: in a word of several letters */

#endif
