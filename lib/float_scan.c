/* lib/float_scan.c: scanf's %f: what may belong to a number is taken, then strtod and strtof read it. (lab 3) */
#include "scan.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX 1000 /* characters; a longer one is none */

struct text {
	struct scan *from;
	int c;  /* the next character, not in it yet; EOF */
	int n;
	char text[NUMBER_MAX + 1];
};

static void take(struct text *t)
{
	if (t->n < NUMBER_MAX)
		t->text[t->n] = t->c;
	t->n++;
	t->c = __scan_get(t->from);
}

static bool take_one_of(struct text *t, const char *set)
{
	if (t->c == EOF || !t->c || !strchr(set, t->c))
		return false;
	take(t);
	return true;
}

static void take_digits(struct text *t, bool hex)
{
	while (t->c != EOF && (hex ? isxdigit(t->c) : isdigit(t->c)))
		take(t);
}

/* As far as it is the beginning of this word. */
static bool take_word(struct text *t, const char *word)
{
	while (*word && t->c != EOF && tolower(t->c) == *word) {
		take(t);
		word++;
	}
	return !*word;
}

static void take_name(struct text *t)
{
	if (take_word(t, "nan") && take_one_of(t, "(")) {
		while (t->c != EOF && (isalnum(t->c) || t->c == '_'))
			take(t);
		take_one_of(t, ")");
	} else if (t->n < 3 && take_word(t, "inf") && t->c != EOF && tolower(t->c) == 'i') {
		take_word(t, "inity");
	}
}

static void take_number(struct text *t)
{
	bool hex = take_one_of(t, "0") && take_one_of(t, "xX");

	take_digits(t, hex);
	if (take_one_of(t, "."))
		take_digits(t, hex);
	if (take_one_of(t, hex ? "pP" : "eE")) {
		take_one_of(t, "+-");
		take_digits(t, false);
	}
}

static void store_float(void *to, char length, const char *text, char **end)
{
	double d = 0;
	float f = 0;

	if (length)
		d = strtod(text, end);
	else
		f = strtof(text, end);
	if (!to)
		return;
	if (length == 'L')
		*(long double *)to = d;
	else if (length)
		*(double *)to = d;
	else
		*(float *)to = f;
}

bool scan_float(struct scan *s, char length, void *to)
{
	struct text t = { .from = s, .n = 0 };
	char *end;

	t.c = __scan_get(s);
	take_one_of(&t, "+-");
	if (t.c != EOF && isalpha(t.c))
		take_name(&t);
	else
		take_number(&t);
	__scan_unget(s, t.c);
	if (t.n > NUMBER_MAX)
		return false;
	t.text[t.n] = 0;
	strtod(t.text, &end);
	if (!t.n || *end)
		return false; /* "1e+", "infin": what was taken is gone */
	store_float(to, length, t.text, &end);
	return true;
}
