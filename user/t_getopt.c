/* user/t_getopt.c: tests options on the command line, and dates. (lab 3) */
#include "test.h"
#include <time.h>

/* What getopt finds, written down: letters, arguments in brackets, then where the words begin. */
static const char *options(const char *letters, int argc, char *const argv[])
{
	static char text[128];
	int c, n = 0;

	optind = 1;
	opterr = 0;
	while ((c = getopt(argc, argv, letters)) != -1) {
		text[n++] = c;
		if (c == '?' || c == ':')
			text[n++] = optopt;
		else if (optarg)
			n += snprintf(text + n, sizeof(text) - n, "[%s]", optarg);
		optarg = NULL;
	}
	snprintf(text + n, sizeof(text) - n, " %d", optind);
	return text;
}

#define CHECK_OPTIONS(letters, want, ...)                                                            \
	do {                                                                                         \
		char *argv[] = { "x", __VA_ARGS__, NULL };                                           \
		const char *found = options(letters, sizeof(argv) / sizeof(*argv) - 1, argv);        \
		if (strcmp(found, want) != 0) {                                                      \
			printf("FAIL: %s: \"%s\", not \"%s\"\n", letters, found, want);              \
			test_failures++;                                                             \
		}                                                                                    \
	} while (0)

int main(void)
{
	char text[64];
	time_t leap = 951827696;
	struct tm tm = { .tm_year = 100, .tm_mon = 1, .tm_mday = 30 };

	CHECK_OPTIONS("ab:c", "ab[5]c 4", "-ab", "5", "-c", "file", "-a");
	CHECK_OPTIONS("ab:c", "b[5]ac 3", "-b5", "-ac");
	CHECK_OPTIONS("ab:", "a 3", "-a", "--", "-b");
	CHECK_OPTIONS("ab:", "?za 2", "-za");
	CHECK_OPTIONS("ab:", "?b 2", "-b");
	CHECK_OPTIONS(":ab:", ":b 2", "-b");
	CHECK_OPTIONS("a", " 1", "-");
	CHECK_OPTIONS("a", " 1", "word", "-a");

	CHECK_IS(strftime(text, sizeof(text), "%F %T %a %j", gmtime(&leap)), 27);
	CHECK(strcmp(text, "2000-02-29 12:34:56 Tue 060") == 0);
	CHECK(strcmp(ctime(&leap), "Tue Feb 29 12:34:56 2000\n") == 0);
	CHECK_IS(mktime(&tm), 951868800); /* 30 February is 1 March */
	CHECK_IS(tm.tm_mon * 100 + tm.tm_mday, 201);
	CHECK(difftime(leap, leap - 60) == 60);
	return test_end("options and dates");
}
