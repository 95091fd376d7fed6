/* user/bc.c: a calculator: each line an expression, or name = expression; an error skips its line. (lab 3)
 * + - * / % ^ and parentheses; sqrt, sin, cos, atan, exp, ln, abs, int; the names pi, e, and ans, the last result.
 */
#include <ctype.h>
#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME 16
#define NAMES 64

static jmp_buf next_line;
static const char *at; /* what is not yet read of the line */
static int depth;
static struct {
	char name[NAME];
	double value;
} variables[NAMES] = { { "ans", 0 }, { "pi", 3.14159265358979323846 }, { "e", 2.7182818284590452354 } };

static double power(double x, double y) { return pow(x, y); }

static const struct {
	const char *name;
	double (*of)(double x);
} functions[] = { { "sqrt", sqrt }, { "sin", sin }, { "cos", cos }, { "atan", atan }, { "exp", exp }, { "ln", log },
	{ "abs", fabs }, { "int", trunc } };

static void fail(const char *why) __attribute__((noreturn));

static void fail(const char *why)
{
	fprintf(stderr, "bc: %s at \"%s\"\n", why, at);
	longjmp(next_line, 1);
}

/* Is c what comes next? Then it is read. */
static int accept(char c)
{
	at += strspn(at, " \t");
	if (*at != c || !c)
		return 0;
	at++;
	return 1;
}

static void name(char *to)
{
	size_t n = 0;

	while (isalnum((unsigned char)*at) || *at == '_') {
		if (n == NAME - 1)
			fail("the name is too long");
		to[n++] = *at++;
	}
	to[n] = 0;
}

static double *variable(const char *name, int make)
{
	for (int i = 0; i < NAMES; i++) {
		if (strcmp(variables[i].name, name) == 0)
			return &variables[i].value;
		if (make && !variables[i].name[0]) {
			strcpy(variables[i].name, name);
			return &variables[i].value;
		}
	}
	fail(make ? "too many names" : "nothing has this name,");
}

static double sum(void);

static double in_parentheses(void)
{
	double x;

	if (++depth > 100)
		fail("too many parentheses");
	x = sum();
	if (!accept(')'))
		fail("a ) is missing");
	depth--;
	return x;
}

static double atom(void)
{
	char word[NAME], *end;
	double x;

	if (accept('('))
		return in_parentheses();
	if (isalpha((unsigned char)*at)) {
		name(word);
		for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
			if (strcmp(word, functions[i].name) == 0) {
				if (!accept('('))
					fail("a ( is missing");
				return functions[i].of(in_parentheses());
			}
		return *variable(word, 0);
	}
	x = strtod(at, &end);
	if (end == at || !(isdigit((unsigned char)*at) || *at == '.'))
		fail("no number");
	at = end;
	return x;
}

static double factor(void)
{
	double x;

	if (accept('-')) {
		if (++depth > 100)
			fail("too many signs");
		x = -factor();
		depth--;
		return x;
	}
	x = atom();
	return accept('^') ? power(x, factor()) : x;
}

static double product(void)
{
	double x = factor(), y;

	for (;;) {
		if (accept('*')) {
			x *= factor();
			continue;
		}
		int divide = accept('/');
		if (!divide && !accept('%'))
			return x;
		y = factor();
		if (y == 0)
			fail("division by zero");
		x = divide ? x / y : fmod(x, y);
	}
}

static double sum(void)
{
	double x = product();

	for (;;) {
		if (accept('+'))
			x += product();
		else if (accept('-'))
			x -= product();
		else
			return x;
	}
}

/* name = expression, or an expression, whose value is shown. */
static void calculate(const char *line)
{
	char word[NAME];
	double x;

	depth = 0;
	at = line;
	accept(' ');
	if (isalpha((unsigned char)*at))
		name(word);
	if (at > line && accept('=')) {
		x = sum();
	} else {
		at = line;
		x = sum();
		word[0] = 0;
	}
	accept(' ');
	if (*at)
		fail("what is this");
	if (word[0])
		*variable(word, 1) = x;
	else
		printf("%.10g\n", *variable("ans", 1) = x);
}

int main(void)
{
	static char line[1024];
	volatile int errors = 0;

	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\r\n")] = 0;
		if (!line[strspn(line, " \t")])
			continue;
		if (setjmp(next_line) == 0)
			calculate(line);
		else
			errors++;
	}
	return errors > 0 || fflush(stdout) == EOF;
}
