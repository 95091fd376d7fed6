/* user/t_env.c: tests the environment: what the first program has, what is set, what children see. (lab 4) */
#include "test.h"

#define MANY 200

static bool is(const char *name, const char *value)
{
	const char *found = getenv(name);

	return value ? found && strcmp(found, value) == 0 : !found;
}

static int count(void)
{
	int n = 0;

	while (environ[n])
		n++;
	return n;
}

static void check_set(void)
{
	static char mine[] = "MINE=1", also_mine[] = "MINE=2";

	CHECK_IS(setenv("A", "1", 0), 0);
	CHECK(is("A", "1"));
	CHECK_IS(setenv("A", "2", 0), 0);
	CHECK(is("A", "1"));
	CHECK_IS(setenv("A", "longer than it was", 1), 0);
	CHECK(is("A", "longer than it was"));
	CHECK_IS(setenv("A", getenv("A") + 7, 1), 0); /* a part of itself */
	CHECK(is("A", "than it was"));
	CHECK_IS(setenv("AB", "", 1), 0);
	CHECK(is("AB", "") && is("A", "than it was") && is("ABC", NULL));
	CHECK_IS(putenv(mine), 0);
	CHECK(is("MINE", "1"));
	mine[5] = '7';
	CHECK(is("MINE", "7"));
	CHECK_IS(putenv(also_mine), 0);
	CHECK(is("MINE", "2"));
	CHECK_IS(setenv("MINE", "3", 1), 0);
	CHECK(is("MINE", "3") && mine[5] == '7' && also_mine[5] == '2');
	CHECK_IS(putenv("MINE"), 0);
	CHECK(is("MINE", NULL));
	CHECK_IS(unsetenv("AB"), 0);
	CHECK_IS(unsetenv("AB"), 0);
	CHECK(is("AB", NULL) && is("A", "than it was"));
	CHECK_IS(unsetenv("A"), 0);
}

static void check_errors(void)
{
	int before = count();

	CHECK_ERROR(setenv("", "x", 1), EINVAL);
	CHECK_ERROR(setenv("a=b", "x", 1), EINVAL);
	CHECK_ERROR(setenv(NULL, "x", 1), EINVAL);
	CHECK_ERROR(unsetenv(""), EINVAL);
	CHECK_ERROR(unsetenv("a=b"), EINVAL);
	CHECK_ERROR(putenv("=x"), EINVAL);
	CHECK(is("", NULL) && is("PATH=", NULL));
	CHECK_IS(count(), before);
}

static void check_many(void)
{
	char name[16], value[16];
	int before = count();

	for (int turn = 0; turn < 3; turn++)
		for (int i = 0; i < MANY; i++) {
			snprintf(name, sizeof(name), "V%d", i);
			snprintf(value, sizeof(value), "%d", i * turn);
			CHECK_IS(setenv(name, value, 1), 0);
		}
	CHECK_IS(count(), before + MANY);
	CHECK_IS(test_run("t_env", "V150", "300"), 0);
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "V%d", i);
		CHECK_IS(atoi(getenv(name)), i * 2);
		CHECK_IS(unsetenv(name), 0);
	}
	CHECK_IS(count(), before);
}

/* Arrays of the program's own. */
static void check_replaced(void)
{
	char **was = environ, *own[] = { "X=1", "Y=2", "X=3", NULL };

	environ = own;
	CHECK(is("X", "1") && is("PATH", NULL));
	CHECK_IS(unsetenv("X"), 0);
	CHECK(is("X", NULL) && is("Y", "2"));
	CHECK_IS(setenv("Z", "3", 1), 0);
	CHECK(is("Z", "3") && is("Y", "2"));
	CHECK_IS(test_run("t_env", "Z", "3"), 0);
	environ = NULL;
	CHECK(is("Z", NULL));
	CHECK_IS(unsetenv("Z"), 0);
	CHECK_IS(test_run("t_env", "PATH", NULL), 0);
	CHECK_IS(setenv("Q", "q", 1), 0);
	CHECK(is("Q", "q"));
	environ = was;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return !is(argv[1], argc > 2 ? argv[2] : NULL);
	CHECK(is("PATH", "/bin") && is("HOME", "/") && is("TERM", "vt100"));
	CHECK_IS(test_run("t_env", "PATH", "/bin"), 0);
	check_set();
	check_errors();
	check_many();
	check_replaced();
	return test_end("environment");
}
